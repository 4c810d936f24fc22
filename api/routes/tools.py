"""Which tools of the composer the people of a line or a team have."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import Response

from api.deps import Db, require, worded
from api.language import gettext as _
from api.rendering import render
from models.tool import Tool, Whose, give_tool, taken_from
from models.user import LINES, Role, Team, User

router = APIRouter(prefix="/tools", dependencies=[Depends(worded)])

Decides = Annotated[User, Depends(require(Role.ADMIN, Role.TEAM_LEAD))]
Number = Annotated[int | None, Query(ge=1, le=2**31)]


@router.get("")
async def index(request: Request, data: Db, person: Decides) -> Response:
    async with data.reading() as session:
        around = await _matrix(session, person)
    return render(request, "tools/index", **around)


@router.put("/{tool}")
async def update(
    request: Request,
    data: Db,
    person: Decides,
    tool: Tool,
    line: Number = None,
    team: Number = None,
    has: Annotated[bool, Form()] = False,
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        whose = Whose(line) if line else Whose(team_id=team)
        await give_tool(work, tool, whose, has=has, by=person)
    async with data.reading() as session:
        around = await _matrix(session, person)
    return render(request, "tools/_matrix", **around)


def called(tool: Tool) -> str:
    return {
        Tool.VOICE: _("Voice messages"),
        Tool.TEMPLATES: _("Templates"),
        Tool.QUICK_ACTIONS: _("Quick actions"),
    }[tool]


async def _matrix(session: AsyncSession, person: User) -> dict[str, Any]:
    """Rows of (name, whose, query): the lines, and the teams that the person decides for."""
    query = select(Team).order_by(col(Team.name))
    if person.role != Role.ADMIN:
        query = query.where(col(Team.id) == person.team_id)
    teams = list((await session.execute(query)).scalars())
    rows = [(_("Line %(number)s") % {"number": one}, Whose(one), f"line={one}") for one in LINES]
    rows += [(one.name, Whose(team_id=one.id), f"team={one.id}") for one in teams]
    return {"rows": rows, "tools": list(Tool), "called": called, "taken": await taken_from(session)}
