"""Everybody who works here: invited, changed, let go; and the teams. An administrator's page."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.deps import Db, LeadId, Now, require, settings, worded
from api.language import gettext as _
from api.rendering import render
from models import staff
from models.database import Database
from models.deed import assignee
from models.errors import Missing
from models.queries.people import TALKING
from models.queries.staff import members, teams
from models.session import Invitation
from models.settings import Settings
from models.user import LINES, LOCALES, Role, User

router = APIRouter(prefix="/people", dependencies=[Depends(worded)])

Admin = Annotated[User, Depends(require(Role.ADMIN))]
Chosen = Annotated[Settings, Depends(settings)]
AT_ONCE = 200  # leads of a leaver in one unit of work


class Written:
    """What the form says; an empty choice is none."""

    def __init__(
        self,
        name: Annotated[str, Form(max_length=200)] = "",
        role: Annotated[Role, Form()] = Role.MANAGER,
        line: Annotated[str, Form(max_length=2)] = "",
        team: Annotated[str, Form(max_length=12)] = "",
    ) -> None:
        self.values: dict[str, Any] = {
            "name": name, "role": role,
            "line": _number(line),
            "team_id": _number(team),
        }  # fmt: skip


Given = Annotated[Written, Depends()]


@router.get("")
async def index(request: Request, data: Db, person: Admin, again: bool = False) -> Response:
    if again:  # what was begun is left
        return await _changed(request, data)
    async with data.reading() as session:
        around = await _everybody(session)
    return render(request, "staff/index", **around)


@router.get("/new")
async def new(request: Request, data: Db, person: Admin) -> Response:
    return await _form(request, data, None)


@router.post("")
async def create(
    request: Request,
    data: Db,
    person: Admin,
    now: Now,
    chosen: Chosen,
    given: Given,
    login: Annotated[str, Form(max_length=200)] = "",
    locale: Annotated[str, Form(max_length=2)] = "ru",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        made, secret = await staff.invite(
            work, login=login, locale=locale if locale in LOCALES else "ru", now=now,
            **given.values,
        )  # fmt: skip
    return await _changed(request, data, invited=made, link=_link(chosen, secret))


@router.get("/{number}/edit")
async def edit(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    return await _form(request, data, number)


@router.put("/{number}")
async def update(
    request: Request, data: Db, person: Admin, now: Now, number: LeadId, given: Given
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await staff.change(work, number, now=now, **given.values)
    return await _changed(request, data)


@router.post("/{number}/invitation")
async def invite_again(
    request: Request, data: Db, person: Admin, now: Now, chosen: Chosen, number: LeadId
) -> Response:
    """Another link to choose a password with: for who lost theirs, or the link."""
    async with data.unit_of_work(silent=True) as work:
        invited = await staff.locked(work, number)
        secret = Invitation.issue(work, invited, now=now)
    return await _changed(request, data, invited=invited, link=_link(chosen, secret))


@router.get("/{number}/leaving")
async def leaving(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    """What becomes of their leads is asked first."""
    return await _form(request, data, number, leaving=True)


@router.post("/{number}/leaving")
async def let_go(
    request: Request,
    data: Db,
    person: Admin,
    now: Now,
    number: LeadId,
    heir: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Signed out first, so that nothing new comes to them; then their leads go on, part by part."""
    async with data.unit_of_work(silent=True) as work:
        gone = await staff.let_go(work, number, by=person, now=now)
        await assignee(work, _number(heir))  # who leaves is nobody's heir
    moved = 0
    while True:
        async with data.unit_of_work() as work:
            to = await assignee(work, _number(heir))
            ids = await staff.leads_of(work, number, most=AT_ONCE)
            for lead_id in ids:
                lead = await work.locked_lead(lead_id)
                lead.assign(to, by=person.actor, at=now)
                await lead.hand_tasks(of=number, to=to, by=person.actor, now=now)
        moved += len(ids)
        if len(ids) < AT_ONCE:
            break
    said = _("%(name)s is disabled, leads moved: %(count)s") % {"name": gone.name, "count": moved}
    back = {"act": _("Let in again"), "path": f"/people/{number}/return"}
    return await _changed(request, data, toast={"text": said, "icon": "lock", **back})


@router.post("/{number}/return")
async def restore(request: Request, data: Db, person: Admin, number: LeadId) -> Response:
    async with data.unit_of_work(silent=True) as work:
        (await staff.locked(work, number)).disabled_at = None
    return await _changed(request, data)


@router.post("/teams")
async def create_team(
    request: Request, data: Db, person: Admin, name: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await staff.name_team(work, name)
    return await _changed(request, data)


@router.put("/teams/{number}")
async def rename_team(
    request: Request,
    data: Db,
    person: Admin,
    number: LeadId,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    async with data.unit_of_work(silent=True) as work:
        await staff.name_team(work, name, number)
    return await _changed(request, data)


async def _everybody(session: AsyncSession) -> dict[str, Any]:
    return {
        "members": await members(session), "teams": await teams(session), "link": "",
        "invited": None,
    }  # fmt: skip


async def _form(
    request: Request, data: Database, number: int | None, *, leaving: bool = False
) -> Response:
    async with data.reading() as session:
        everybody = await members(session)
        one = next((each for each in everybody if each.person.id == number), None)
        known = await teams(session)
    if number is not None and one is None:
        raise Missing("There is no such person")
    heirs = [
        each.person
        for each in everybody
        if each.person.role in TALKING and not each.person.disabled_at and each != one
    ]
    return render(
        request, "staff/_leaving" if leaving else "staff/_form", member=one, heirs=heirs,
        roles=list(Role), lines=LINES, teams=known,
    )  # fmt: skip


async def _changed(
    request: Request,
    data: Database,
    *,
    invited: User | None = None,
    link: str = "",
    toast: dict[str, str] | None = None,
) -> Response:
    async with data.reading() as session:
        around = await _everybody(session) | {"invited": invited, "link": link}
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "staff/_changed", headers=told, **around)


def _number(choice: str) -> int | None:
    """Of a select; none for its empty choice. Raises Missing for what no list of ours offers."""
    if choice and not choice.isdecimal():
        raise Missing("There is no such choice")
    return int(choice) if choice else None


def _link(chosen: Settings, secret: str) -> str:
    return f"{chosen.own_address}/invitations/{secret}"
