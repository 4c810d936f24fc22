"""People who work here: who they are and what their role lets them do."""

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from sqlalchemy import Index, Text, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import object_session
from sqlmodel import Field, SQLModel, col

from models.columns import defaulting, document, identity, moment, reference, stamped
from models.errors import BrokenInput
from models.notice import CHANNEL, Hearing

if TYPE_CHECKING:
    from models.database import Work
    from models.passwords import Passwords

LOCALES, THEMES = ("ru", "en"), ("auto", "light", "dark")
HUES = 8
LINES = (1, 2)


class Role(StrEnum):
    MANAGER = "manager"
    TEAM_LEAD = "team_lead"
    DESIGNER = "designer"
    ADMIN = "admin"
    OPS = "ops"


class Team(SQLModel, table=True):
    __tablename__ = "team"

    id: int = identity()
    name: str = Field(unique=True)
    shifts: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": "false"},
        description="its people work in shifts",
    )
    off_shift: str = defaulting("stay", description="an OffShift: what becomes of their leads")

    @classmethod
    async def named(cls, session: AsyncSession, name: str) -> "Team | None":
        query = select(Team).where(col(Team.name) == name)
        return (await session.execute(query)).scalar_one_or_none()


class User(SQLModel, table=True):
    """A person with a sign-in. `line` is 1 or 2; `locale` ru or en."""

    __tablename__ = "user_account"
    __table_args__ = (
        Index("plan_due", "plan_due_at", postgresql_where=text("plan_due_at is not null")),
        Index("going_off", "id", postgresql_where=text("going_off is not null")),
    )

    id: int = identity()
    login: str = Field(unique=True, description="an e-mail address, lower case")
    name: str
    password: str | None = Field(default=None, description="argon2id; empty until first set")
    role: Role = Field(default=Role.MANAGER, sa_type=Text)
    team_id: int | None = reference("team.id")
    line: int | None = None
    locale: str = "ru"
    time_zone: str = "Europe/Moscow"
    theme: str = "auto"
    shows_events: bool = Field(
        default=True,
        sa_column_kwargs={"server_default": "true"},
        description="what happened, between the messages",
    )
    hearing: dict[str, Any] = document()
    quiet_until: datetime | None = moment()
    notices_seen_at: datetime | None = moment()
    on_shift_at: datetime | None = moment()
    shift_plan: list[dict[str, Any]] = document(list)
    plan_due_at: datetime | None = moment()
    going_off: str | None = Field(default=None, description="an OffShift that is not done yet")
    created_at: datetime = stamped()
    disabled_at: datetime | None = moment()

    @classmethod
    async def named(cls, session: AsyncSession, login: str) -> "User | None":
        query = select(User).where(col(User.login) == login.strip().lower())
        return (await session.execute(query)).scalar_one_or_none()

    @property
    def actor(self) -> str:
        """Their name in the timeline."""
        return f"user:{self.id}"

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def hue(self) -> int:
        return hue(self.id or 0)

    @property
    def work(self) -> "Work":
        session = object_session(self)
        assert session is not None, "the person belongs to a unit of work"
        found: Work = session.info["work"]
        return found

    async def set_password(self, password: str, *, passwords: "Passwords", now: datetime) -> None:
        """Every session of theirs ends. Raises BrokenInput."""
        self.password = await passwords.hash(password)
        await self._sign_out(now)

    async def change_role(self, role: Role, *, now: datetime) -> None:
        """What they may do is another thing now: they sign in again."""
        if self.role != role:
            self.role = role
            await self._sign_out(now)

    async def disable(self, *, now: datetime) -> None:
        if self.disabled_at is None:
            self.disabled_at, self.on_shift_at, self.going_off = now, None, None
            await self._sign_out(now)

    def prefer(
        self, *, locale: str | None = None, theme: str | None = None, time_zone: str | None = None
    ) -> None:
        """How pages look to them. Raises BrokenInput."""
        known = {"locale": (locale, LOCALES), "theme": (theme, THEMES),
                 "time_zone": (time_zone, available_timezones())}  # fmt: skip
        for field, (value, allowed) in known.items():
            if value is not None and value not in allowed:
                raise BrokenInput("There is no such choice", {field: "Choose one from the list"})
        self.locale, self.theme = locale or self.locale, theme or self.theme
        self.time_zone = time_zone or self.time_zone

    @property
    def hears(self) -> Hearing:
        return Hearing.model_validate(self.hearing)

    async def hear(self, hearing: Hearing) -> None:
        """From now on notices are heard like this, in all their browsers."""
        chosen = hearing.model_dump(mode="json")
        if self.hearing != chosen:
            self.hearing = chosen
            await self._notices_changed()

    async def be_quiet(self, until: datetime | None) -> None:
        """No sound and no browser notice until then; None ends it. The bell goes on counting."""
        if self.quiet_until != until:
            self.quiet_until = until
            await self._notices_changed()

    async def see_notices(self, until: datetime) -> None:
        """All that happened until then is seen; what was seen once stays seen."""
        if self.notices_seen_at is None or self.notices_seen_at < until:
            self.notices_seen_at = until
            await self._notices_changed()

    async def _notices_changed(self) -> None:
        """Their other browsers look once this is committed."""
        await self.work.execute(select(func.pg_notify(CHANNEL, str(self.id))))

    async def _sign_out(self, now: datetime) -> None:
        from models.session import end  # sessions know people, people only this verb

        await end(self.work, user_id=self.id or 0, now=now)


def initials(name: str) -> str:
    """Two letters for a circle: of the first and last word, else of the only one."""
    words = re.findall(r"\w+", name)
    letters = words[0][0] + words[-1][0] if len(words) > 1 else "".join(words)[:2]
    return letters.upper() or "?"


def hue(number: int) -> int:
    """A colour 1-8 to remember somebody by; it means nothing."""
    return number % HUES + 1
