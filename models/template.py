"""Ready answers: words by language with macros, files, and for whom they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import defaulting, document, identity, moment, reference, stamped
from models.errors import BrokenInput, Missing, NotAllowed
from models.formatting import to_markup
from models.media import Media, MediaState
from models.process.macros import BadMacro, read_template
from models.process.part import in_language
from models.user import Role, User

if TYPE_CHECKING:
    from models.database import Work

MOST_FILES = 10


class Scope(StrEnum):
    PRIVATE = "private"
    TEAM = "team"
    ALL = "all"


class Template(SQLModel, table=True):
    """`words` maps a language to markup; `files` are {sha256, kind, name, mime, size, width,
    height}, sha256 in hex, size in bytes."""

    __tablename__ = "template"

    id: int = identity()
    scope: Scope = Field(sa_type=Text)
    owner_id: int = reference("user_account.id", nullable=False, index=True)
    team_id: int | None = reference("team.id", index=True)
    folder: str = defaulting("")
    name: str
    words: dict[str, str] = document()
    files: list[dict[str, Any]] = document(list)
    created_at: datetime = stamped()
    deleted_at: datetime | None = moment()

    def change(
        self, *, scope: Scope, folder: str, name: str, words: Mapping[str, str],
        files: Sequence[dict[str, Any]], by: User,
    ) -> None:  # fmt: skip
        """Raises BrokenInput, and NotAllowed for a scope that is not theirs to write for."""
        if scope not in scopes_of(by):
            raise NotAllowed("Your role may not do this")
        words = {language: text.strip() for language, text in words.items() if text.strip()}
        problems = {} if name.strip() else {"name": "Give it a name"}
        for language, text in words.items():
            try:
                read_template(text)
            except BadMacro:
                problems[f"text.{language}"] = "There is a macro that cannot be read"
        if not words and not files:
            problems["text"] = "Neither words nor files"
        if len(files) > MOST_FILES:
            problems["files"] = "At most 10 files in one message"
        if problems:
            raise BrokenInput("The template is not saved", problems)
        self.scope, self.team_id = scope, by.team_id if scope == Scope.TEAM else None
        self.folder, self.name = folder.strip(), name.strip()
        self.words, self.files = words, list(files)

    def may_change(self, person: User) -> bool:
        if self.scope == Scope.PRIVATE:
            return self.owner_id == person.id
        if self.scope == Scope.TEAM and self.team_id != person.team_id:
            return False
        return self.scope in scopes_of(person)

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


async def templates_for(session: AsyncSession, person: User) -> list[Template]:
    """By folder and name; what has no folder comes first."""
    query = select(Template).where(_theirs(person)).order_by(Template.folder, Template.name)
    return list((await session.execute(query)).scalars())


async def template_for(
    session: AsyncSession, template_id: int, person: User, *, deleted: bool = False
) -> Template:
    """Raises Missing for one that is not there and for one that is not theirs to see."""
    query = select(Template).where(Template.id == template_id, _theirs(person, deleted=deleted))
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise Missing("There is no such template")
    return found


async def changeable(
    work: "Work", template_id: int, person: User, *, deleted: bool = False
) -> Template:
    """Raises Missing, NotAllowed."""
    found = await template_for(work.session, template_id, person, deleted=deleted)
    if not found.may_change(person):
        raise NotAllowed("Your role may not do this")
    return found


async def attachment(session: AsyncSession, kept: str, person: User, *, lead_id: int) -> Media:
    """A template's file, `<template>:<sha256>`, to be sent to a lead. Raises Missing."""
    number, _, digest = kept.partition(":")
    template = await template_for(session, int(number) if number.isdigit() else 0, person)
    file = next((one for one in template.files if one["sha256"] == digest), None)
    if file is None:
        raise Missing("The template has no such file any more")
    return Media(
        **(file | {"sha256": bytes.fromhex(digest)}),
        lead_id=lead_id, state=MediaState.READY, uploaded_by_id=person.id,
    )  # fmt: skip


def _theirs(person: User, *, deleted: bool = False) -> ColumnElement[bool]:
    gone = col(Template.deleted_at)
    return and_(
        gone.is_not(None) if deleted else gone.is_(None),
        or_(
            and_(col(Template.scope) == Scope.PRIVATE, col(Template.owner_id) == person.id),
            and_(col(Template.scope) == Scope.TEAM, col(Template.team_id) == person.team_id),
            col(Template.scope) == Scope.ALL,
        ),
    )
