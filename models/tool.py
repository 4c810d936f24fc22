"""Which tools of the composer the people of a line or a team have: all, until one is taken away."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Index, Text, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import identity, reference
from models.errors import NotAllowed
from models.user import LINES, Role, Team, User

if TYPE_CHECKING:
    from models.database import Work


class Tool(StrEnum):
    VOICE = "voice"
    TEMPLATES = "templates"
    QUICK_ACTIONS = "quick_actions"


class Whose(NamedTuple):
    """A line or a team: one of the two."""

    line: int | None = None
    team_id: int | None = None

    def may_be_changed(self, by: User) -> bool:
        """An admin decides for all, a team lead for the team."""
        theirs = self.team_id is not None and self.team_id == by.team_id
        return by.role == Role.ADMIN or (by.role == Role.TEAM_LEAD and theirs)


class ToolTaken(SQLModel, table=True):
    """What the people of one line or one team do not have."""

    __tablename__ = "tool_taken"
    __table_args__ = (
        Index(
            "tool_taken_once", "tool", "line", "team_id",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: int = identity()
    tool: Tool = Field(sa_type=Text)
    line: int | None = None
    team_id: int | None = reference("team.id", index=True)

    @property
    def whose(self) -> Whose:
        return Whose(self.line, self.team_id)


def left_to(person: User, taken: Iterable[tuple[str, int | None, int | None]]) -> frozenset[Tool]:
    """What a person has when these, as (tool, line, team), are taken away."""
    gone = {
        tool
        for tool, line, team_id in taken
        if (line is not None and line == person.line)
        or (team_id is not None and team_id == person.team_id)
    }
    return frozenset(set(Tool) - gone)


async def tools_of(session: AsyncSession, person: User) -> frozenset[Tool]:
    query = select(col(ToolTaken.tool), col(ToolTaken.line), col(ToolTaken.team_id))
    return left_to(person, [tuple(row) for row in await session.execute(query)])


async def taken_from(session: AsyncSession) -> dict[Whose, set[Tool]]:
    found: dict[Whose, set[Tool]] = {}
    for one in (await session.execute(select(ToolTaken))).scalars():
        found.setdefault(one.whose, set()).add(Tool(one.tool))
    return found


async def give_tool(work: "Work", tool: Tool, whose: Whose, *, has: bool, by: User) -> None:
    """Said twice nothing changes. Raises NotAllowed."""
    there = await work.session.get(Team, whose.team_id) if whose.team_id else whose.line in LINES
    if not there or not whose.may_be_changed(by):
        raise NotAllowed("Your role may not do this")
    row = {"tool": tool, "line": whose.line, "team_id": whose.team_id}
    if not has:
        await work.execute(insert(ToolTaken).values(row).on_conflict_do_nothing())
        return
    of_them = (
        col(ToolTaken.tool) == tool,
        col(ToolTaken.line).is_not_distinct_from(whose.line),
        col(ToolTaken.team_id).is_not_distinct_from(whose.team_id),
    )
    await work.execute(delete(ToolTaken).where(*of_them))
