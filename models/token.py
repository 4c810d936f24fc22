"""A robot's key to the API: shown once, kept as a hash, with scopes and an end."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, LargeBinary, Text, delete, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import document, identity, moment, reference, stamped
from models.errors import NotSignedIn, Refused
from models.user import User

if TYPE_CHECKING:
    from models.database import Work

PREFIX = "ll_"
SECRET_BYTES = 32
NOTED_EVERY = timedelta(minutes=1)  # how exactly `used_at` is kept
REMEMBERED = timedelta(days=2)  # how long a robot may repeat a call with its key


class Scope(StrEnum):
    READ = "leads:read"
    WRITE = "leads:write"
    TAKEOVER = "takeover"


class Token(SQLModel, table=True):
    """A robot works for the whole house: its scopes say what it may do, and to all leads."""

    __tablename__ = "token"

    id: int = identity()
    name: str
    digest: bytes = Field(sa_type=LargeBinary, unique=True, description="SHA-256 of the secret")
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_by_id: int | None = reference("user_account.id")
    created_at: datetime = stamped()
    expires_at: datetime | None = moment()
    revoked_at: datetime | None = moment()
    used_at: datetime | None = moment()

    @classmethod
    def issue(
        cls,
        name: str,
        scopes: Sequence[str],
        *,
        by: User | None = None,
        expires_at: datetime | None = None,
    ) -> tuple["Token", str]:
        """A new token, still to be added to a unit of work, and its secret `ll_…`: nobody can read
        it again. Raises Refused."""
        if unknown := set(scopes) - set(Scope):
            raise Refused("There is no scope %(scope)s", scope=", ".join(sorted(unknown)))
        if not scopes or not name.strip():
            raise Refused("A token needs a name and at least one scope")
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        token = cls(
            name=name.strip(), digest=_digest(secret), scopes=sorted(set(scopes)),
            created_by_id=by.id if by else None, expires_at=expires_at,
        )  # fmt: skip
        return token, secret

    @classmethod
    async def bearing(
        cls, session: AsyncSession, secret: str, *, now: datetime | None = None
    ) -> "Token":
        """The token whose secret this is. Raises NotSignedIn for one unknown, ended or revoked."""
        digest, now = _digest(secret), now or datetime.now(UTC)
        query = select(cls).where(
            col(cls.digest) == digest,
            col(cls.revoked_at).is_(None),
            or_(col(cls.expires_at).is_(None), col(cls.expires_at) > now),
        )
        found = (await session.execute(query)).scalar_one_or_none()
        # what the index compares is a hash: how long it takes tells nothing about a secret
        if found is None or not secrets.compare_digest(found.digest, digest):
            raise NotSignedIn("The token is not valid, or has run out")
        return found

    @property
    def actor(self) -> str:
        """Its name in the timeline."""
        return f"robot:{self.id}"

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def revoke(self, *, now: datetime) -> None:
        """It opens nothing from this commit on."""
        self.revoked_at = self.revoked_at or now

    def noted(self, now: datetime) -> bool:
        """Whether the row already says that it was used just now."""
        return self.used_at is not None and now - self.used_at < NOTED_EVERY


class TokenCall(SQLModel, table=True):
    """A call that a robot gave a key of its own (`Idempotency-Key`): once done it stays done.

    `asked` is the SHA-256 of what was asked; `answered` is what the answer is made of, ids only.
    """

    __tablename__ = "token_call"

    token_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="token.id")
    key: str = Field(primary_key=True)
    asked: bytes = Field(sa_type=LargeBinary)
    answered: dict[str, Any] = document()
    called_at: datetime = moment(nullable=False)

    @classmethod
    async def earlier(
        cls, session: AsyncSession, token: Token, key: str, *, asked: bytes
    ) -> dict[str, Any] | None:
        """What the same call was answered with; None when it is new. Raises Refused."""
        found = await session.get(cls, (token.id, key))
        if found is None:
            return None
        if found.asked != asked:
            raise Refused("This Idempotency-Key was given to another call")
        return found.answered

    @classmethod
    async def remember(
        cls, work: "Work", token: Token, key: str, *, asked: bytes, answered: dict[str, Any],
        now: datetime,
    ) -> None:  # fmt: skip
        """In the transaction of what was done; forgets those that are too old to be repeated.

        Raises Refused when another call with this key was quicker.
        """
        too_old = delete(cls).where(col(cls.called_at) < now - REMEMBERED)
        await work.execute(too_old.where(col(cls.token_id) == token.id))
        call = insert(cls).values(
            token_id=token.id, key=key, asked=asked, answered=answered, called_at=now
        )
        fresh = call.on_conflict_do_nothing().returning(col(cls.key))
        if (await work.execute(fresh)).first() is None:
            raise Refused("This Idempotency-Key was given to another call")


async def note_use(work: "Work", token: Token, *, now: datetime) -> None:
    await work.execute(update(Token).where(col(Token.id) == token.id).values(used_at=now))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
