"""Ways in: a bot that clients write to, the spots that lead to it, the campaigns behind a link."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, LargeBinary, select
from sqlmodel import Field, SQLModel, col

from models.columns import document, identity, moment, reference, stamped
from models.errors import Missing, Refused
from models.seal import BrokenSeal, open_sealed, reseal, seal

if TYPE_CHECKING:
    from models.database import Work

LONGEST_PAUSE = 60  # seconds


class Bot(SQLModel, table=True):
    """A Telegram bot. `id` is Telegram's, the number before the token's colon."""

    __tablename__ = "bot"

    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    username: str
    name: str
    token: bytes = Field(sa_type=LargeBinary, description="sealed; see models/seal.py")
    transport: str = Field(default="polling", description="polling or webhook")
    path: str = Field(unique=True, description="the webhook's path; never the token")
    secret: bytes = Field(sa_type=LargeBinary, description="sealed webhook secret token")
    update_offset: int = Field(default=0, sa_type=BigInteger, description="the poller's place")
    paused_until: datetime | None = moment()
    probing_until: datetime | None = moment()
    failures: int = 0
    disabled_at: datetime | None = moment()
    disabled_because: str | None = None
    created_at: datetime = stamped()

    @classmethod
    def of(cls, token: str, *, username: str, name: str, transport: str, key: bytes) -> "Bot":
        """A new bot from its token `<id>:<secret>`. Raises Refused for anything else."""
        number, _, rest = token.partition(":")
        if not (number.isdigit() and len(rest) >= 20):
            raise Refused("A bot's token looks like 123456:ABC…, from @BotFather")
        bot = cls(
            id=int(number), username=username, name=name, token=b"", secret=b"",
            transport=transport, path=secrets.token_urlsafe(24),
        )  # fmt: skip
        bot.token = seal(token, key=key, purpose=f"bot.token:{bot.id}")
        bot.secret = seal(secrets.token_urlsafe(32), key=key, purpose=f"bot.secret:{bot.id}")
        return bot

    @classmethod
    async def locked(cls, work: "Work", bot_id: int) -> "Bot":
        """Nobody else changes it until this work ends. Raises Missing.

        Locks are taken in one order everywhere, or two works wait for each other: leads by
        ascending id, then their bot.
        """
        query = select(cls).where(col(cls.id) == bot_id).with_for_update(key_share=True)
        found = await work.execute(query.execution_options(populate_existing=True))
        bot: Bot | None = found.scalar_one_or_none()
        if bot is None:
            raise Missing("There is no such bot")
        return bot

    def open_token(self, key: bytes) -> str:
        return open_sealed(self.token, key=key, purpose=f"bot.token:{self.id}")

    def reseal(self, *, key: bytes, earlier: bytes) -> bool:
        """Both secrets under the present key; whether they were not. Raises BrokenSeal."""
        before = (self.token, self.secret)
        for name in ("token", "secret"):
            purpose = f"bot.{name}:{self.id}"
            sealed = reseal(getattr(self, name), key=key, purpose=purpose, earlier=[earlier])
            setattr(self, name, sealed)
        return before != (self.token, self.secret)

    def opens(self, key: bytes) -> bool:
        """Whether its secrets were sealed with this key."""
        try:
            self.open_token(key), self.open_secret(key)
        except BrokenSeal:
            return False
        return True

    def open_secret(self, key: bytes) -> str:
        return open_sealed(self.secret, key=key, purpose=f"bot.secret:{self.id}")

    def pause(self, *, until: datetime) -> None:
        """Nothing leaves until then; after it one message goes first and decides for all."""
        self.paused_until = max(self.paused_until or until, until)
        self.probing_until = None

    def stumble(self, *, now: datetime) -> datetime:
        """Telegram cannot be reached: back off, up to a minute. Returns when to try again."""
        pause = timedelta(seconds=min(2**self.failures, LONGEST_PAUSE))
        self.failures += 1
        self.pause(until=now + pause)
        return now + pause

    def resume(self) -> None:
        self.paused_until, self.probing_until, self.failures = None, None, 0

    def disable(self, *, because: str, now: datetime) -> None:
        self.disabled_at, self.disabled_because = now, because

    def enable(self) -> None:
        self.disabled_at = self.disabled_because = None
        self.resume()


class Spot(SQLModel, table=True):
    """A way in: bot + link + the process a new lead starts on."""

    __tablename__ = "spot"

    id: int = identity()
    name: str = Field(unique=True)
    bot_id: int = reference("bot.id", nullable=False, index=True)
    process_key: str | None = None
    is_default: bool = Field(default=False, description="for leads who come without a payload")
    line: int = 1
    team_id: int | None = reference("team.id")
    settings: dict = document()  # type: ignore[type-arg]
    created_at: datetime = stamped()


class Campaign(SQLModel, table=True):
    """What a start payload stands for: where the lead came from."""

    __tablename__ = "campaign"

    payload: str = Field(primary_key=True)
    spot_id: int | None = reference("spot.id")
    buyer: str | None = None
    source: str | None = None
    platform: str | None = None
    campaign: str | None = None
    adset: str | None = None
    ad: str | None = None
