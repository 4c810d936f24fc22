"""What is kept ready for chats, templates, scripts and quick actions: for whom it is, and words by
language with macros."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from sqlalchemy import ColumnElement, Text, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import document, identity, moment, reference, stamped
from models.errors import Missing, NotAllowed
from models.formatting import to_markup
from models.process.macros import BadMacro, read_template
from models.process.part import in_language
from models.user import Role, User

if TYPE_CHECKING:
    from models.database import Work


class Scope(StrEnum):
    PRIVATE = "private"
    TEAM = "team"
    ALL = "all"


class Shared(SQLModel):
    """One's own, the team's or everybody's."""

    id: int = identity()
    scope: Scope = Field(sa_type=Text)
    owner_id: int = reference("user_account.id", nullable=False, index=True)
    team_id: int | None = reference("team.id", index=True)
    name: str
    created_at: datetime = stamped()
    deleted_at: datetime | None = moment()

    @classmethod
    def missing(cls) -> Missing:
        """What is said of one that is not there, or not theirs to see."""
        raise NotImplementedError

    @classmethod
    async def of(
        cls, session: AsyncSession, number: int, person: User, *, deleted: bool = False
    ) -> Self:
        """Raises Missing."""
        query = select(cls).where(col(cls.id) == number, cls.theirs(person, deleted=deleted))
        found: Self | None = (await session.execute(query)).scalar_one_or_none()
        if found is None:
            raise cls.missing()
        return found

    @classmethod
    async def changeable(
        cls, work: "Work", number: int, person: User, *, deleted: bool = False
    ) -> Self:
        """Raises Missing, NotAllowed."""
        found = await cls.of(work.session, number, person, deleted=deleted)
        if not found.may_change(person):
            raise NotAllowed("Your role may not do this")
        return found

    @classmethod
    def theirs(cls, person: User, *, deleted: bool = False) -> ColumnElement[bool]:
        """Those that the person sees."""
        gone = col(cls.deleted_at)
        return and_(
            gone.is_not(None) if deleted else gone.is_(None),
            or_(
                and_(col(cls.scope) == Scope.PRIVATE, col(cls.owner_id) == person.id),
                and_(col(cls.scope) == Scope.TEAM, col(cls.team_id) == person.team_id),
                col(cls.scope) == Scope.ALL,
            ),
        )

    def may_change(self, person: User) -> bool:
        if self.scope == Scope.PRIVATE:
            return self.owner_id == person.id
        if self.scope == Scope.TEAM and self.team_id != person.team_id:
            return False
        return self.scope in scopes_of(person)

    def be_for(self, scope: Scope, *, by: User) -> None:
        """Raises NotAllowed for a scope that is not theirs to write for."""
        if scope not in scopes_of(by):
            raise NotAllowed("Your role may not do this")
        self.scope, self.team_id = scope, by.team_id if scope == Scope.TEAM else None


class Ready(Shared):
    """`words` maps a language to markup."""

    words: dict[str, str] = document()

    def variant(self, wanted: str, *, first: str) -> str:
        """The language whose words are taken."""
        for language in (wanted, first):
            if language in self.words:
                return language
        return next(iter(self.words), "")

    def asks(self, language: str, values: Mapping[str, str]) -> list[str]:
        """The macros that have no value, in their order; one with a default has one."""
        macros = read_template(self.words.get(language, "")).macros
        return list(dict.fromkeys(one.path for one in macros if not one.value(values)))

    def filled(self, language: str, values: Mapping[str, str]) -> str:
        """Markup for the composer: what is put in shows as it is, marks in it are text."""
        plainly = {path: to_markup(value, ()) for path, value in values.items()}
        return read_template(self.words.get(language, "")).render(plainly)

    def preview(self, wanted: str, *, first: str, values: Mapping[str, str]) -> str:
        return read_template(in_language(self.words, wanted, first)).render(values)


def scopes_of(person: User) -> list[Scope]:
    """For whom they may write: anyone for themselves, a team lead for the team."""
    found = [Scope.PRIVATE]
    if person.role in (Role.TEAM_LEAD, Role.ADMIN) and person.team_id is not None:
        found.append(Scope.TEAM)
    if person.role in (Role.ADMIN, Role.DESIGNER):
        found.append(Scope.ALL)
    return found


def written(words: Mapping[str, str]) -> dict[str, str]:
    """Without what is empty."""
    return {language: text.strip() for language, text in words.items() if text.strip()}


def problems_of(words: Mapping[str, str]) -> dict[str, str]:
    """By field of a form."""
    problems = {}
    for language, text in words.items():
        try:
            read_template(text)
        except BadMacro:
            problems[f"text.{language}"] = "There is a macro that cannot be read"
    return problems
