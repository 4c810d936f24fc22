"""A sign-in that lasts: the browser holds a random id, the row holds its SHA-256."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, LargeBinary, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import moment, reference, stamped
from models.user import Team, User

if TYPE_CHECKING:
    from models.database import Work

IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
INVITED_FOR = timedelta(days=3)
NOTED_EVERY = timedelta(minutes=1)  # how exactly `used_at` is kept
ID_BYTES = 32

# Failures that cost nothing, by what they are counted for: an office shares one address.
FREE = {"account": 5, "address": 30}
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class Session(SQLModel, table=True):
    """Ends by itself after 8 hours unused or 7 days; by signing out, a new password, another role
    or being disabled at once."""

    __tablename__ = "session"

    id: bytes = Field(sa_type=LargeBinary, primary_key=True)
    user_id: int = reference("user_account.id", nullable=False, index=True)
    csrf: str
    started_at: datetime = stamped()
    used_at: datetime = stamped()
    ended_at: datetime | None = moment()
    agent: str = ""
    address: str = ""

    @classmethod
    def begin(
        cls, work: "Work", user: User, *, now: datetime, agent: str = "", address: str = ""
    ) -> tuple["Session", str]:
        """The new session and the secret that only the browser keeps."""
        secret = secrets.token_urlsafe(ID_BYTES)
        begun = cls(
            id=digest(secret), user_id=user.id, csrf=secrets.token_urlsafe(ID_BYTES),
            started_at=now, used_at=now, agent=agent[:200], address=address[:64],
        )  # fmt: skip
        work.add(begun)
        return begun, secret

    @classmethod
    async def find(
        cls, session: AsyncSession, secret: str, *, now: datetime
    ) -> tuple["Session", User, Team | None] | None:
        """With whose it is, and their team."""
        query = (
            select(cls, User, Team)
            .join(User, col(User.id) == cls.user_id)
            .outerjoin(Team, col(Team.id) == User.team_id)
        )
        found = (
            await session.execute(query.where(col(cls.id) == digest(secret), alive(now)))
        ).one_or_none()
        return (found[0], found[1], found[2]) if found else None

    @property
    def name(self) -> str:
        """What a page calls it; useless without the secret."""
        return self.id.hex()

    def noted(self, now: datetime) -> bool:
        """Whether the row already says that it was used just now."""
        return now - self.used_at < NOTED_EVERY


class Invitation(SQLModel, table=True):
    """A one-time link with which a person sets their password."""

    __tablename__ = "invitation"

    id: bytes = Field(sa_type=LargeBinary, primary_key=True, description="SHA-256 of the link")
    user_id: int = reference("user_account.id", nullable=False)
    expires_at: datetime = moment(nullable=False)
    used_at: datetime | None = moment()

    @classmethod
    def issue(cls, work: "Work", user: User, *, now: datetime) -> str:
        """The secret of the link `/invitations/<secret>`; good for three days."""
        secret = secrets.token_urlsafe(ID_BYTES)
        work.add(cls(id=digest(secret), user_id=user.id, expires_at=now + INVITED_FOR))
        return secret

    @classmethod
    async def find(
        cls, session: AsyncSession, secret: str, *, now: datetime, lock: bool = False
    ) -> tuple["Invitation", User] | None:
        query = (
            select(cls, User)
            .join(User, col(User.id) == cls.user_id)
            .where(col(cls.id) == digest(secret))
            .where(col(cls.used_at).is_(None), col(cls.expires_at) > now)
            .where(col(User.disabled_at).is_(None))
        )
        found = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
        return (found[0], found[1]) if found else None


class SignInAttempt(SQLModel, table=True):
    """Failures since the last success, per account and per address: they grow the delay."""

    __tablename__ = "sign_in_attempt"

    key: str = Field(primary_key=True)
    failures: int = 0
    last_at: datetime = stamped()

    @property
    def again_at(self) -> datetime:
        """From when on another try is looked at."""
        paid = self.failures - FREE[self.key.partition(":")[0]]
        if paid <= 0:
            return self.last_at
        return self.last_at + min(timedelta(seconds=2 ** min(paid, 20)), LONGEST_DELAY)

    @classmethod
    async def count(
        cls, work: "Work", *, login: str, address: str, now: datetime
    ) -> datetime | None:
        """Counts a try as failed before it is looked at, so that a storm counts in order.

        Returns when the next one may come if this one came too early (it is not counted then).
        """
        keys = _keys(login, address)
        # one after another per key: the rows may not exist yet, so a lock on them is not enough
        for key in keys:
            await work.execute(
                text("select pg_advisory_xact_lock(hashtextextended(:key, 7))"), {"key": key}
            )
        query = select(cls).where(col(cls.key).in_(keys))
        rows = {row.key: row for row in (await work.execute(query)).scalars()}
        again_at: datetime = max([row.again_at for row in rows.values()], default=now)
        if again_at > now:
            return again_at
        for key in keys:
            row = rows.get(key) or cls(key=key, failures=0, last_at=now)
            forgotten = row.last_at < now - FORGOTTEN_AFTER
            row.failures, row.last_at = 1 if forgotten else row.failures + 1, now
            work.add(row)
        return None

    @classmethod
    async def forget(cls, work: "Work", *, login: str, address: str) -> None:
        """The sign-in succeeded."""
        for key in _keys(login, address):
            await work.execute(text("delete from sign_in_attempt where key = :key"), {"key": key})


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def alive(now: datetime) -> ColumnElement[bool]:
    """Sessions that still let their person in; needs `User` joined."""
    return (
        col(Session.ended_at).is_(None)
        & (col(Session.used_at) > now - IDLE)
        & (col(Session.started_at) > now - LONGEST)
        & col(User.disabled_at).is_(None)
    )


async def note_use(work: "Work", found: Session, *, now: datetime) -> None:
    await work.execute(
        update(Session)
        .where(col(Session.id) == found.id, col(Session.used_at) < now)
        .values(used_at=now)
    )


async def end(work: "Work", *, user_id: int, now: datetime, only: bytes | None = None) -> int:
    """Ends a person's sessions, or only that one. Returns how many were running."""
    query = update(Session).where(col(Session.user_id) == user_id, col(Session.ended_at).is_(None))
    if only is not None:
        query = query.where(col(Session.id) == only)
    ended = await work.execute(query.values(ended_at=now).returning(Session.id))
    return len(ended.all())


async def running(session: AsyncSession, user_id: int, *, now: datetime) -> list[Session]:
    """A person's sessions, the latest used first."""
    query = select(Session).join(User, col(User.id) == Session.user_id)
    query = query.where(col(Session.user_id) == user_id, alive(now)).order_by(
        col(Session.used_at).desc()
    )
    return list((await session.execute(query)).scalars())


def _keys(login: str, address: str) -> list[str]:
    return [f"account:{login[:200]}", f"address:{address[:64]}"]
