"""Shifts and distribution: a person's own switch on every page, and the page of team leads."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import sharing
from api.deps import Db, LeadId, Now, SignedIn, require, worded
from api.language import gettext as _
from api.rendering import go, page_path, render
from models import shift, staff
from models.database import Database, Work
from models.distribution import Way, set_up
from models.errors import Missing, NotAllowed, Refused
from models.queries.shifts import Office, offices
from models.shift import DAYS, PLAN, OffShift, may_decide
from models.user import LINES, Role, Team, User

router = APIRouter(dependencies=[Depends(worded)])

Decides = Annotated[User, Depends(require(Role.ADMIN, Role.TEAM_LEAD))]
Number = Annotated[int | None, Query(ge=1, le=2**31)]
Switch = Literal["yes", "no"]
MOST_OPEN = 10_000
ANYWHERE = ("/distribution", "/me")  # pages that show more of it than the rail does


@router.put("/shift")
async def switch(request: Request, data: Db, person: SignedIn, now: Now, on: Switch) -> Response:
    """The person's own."""
    async with data.unit_of_work(silent=True) as work:
        mine = await staff.locked(work, person.id)
        team = await _switch(work, mine, on=on == "yes", now=now)
    if page_path(request) in ANYWHERE:
        return go(request, page_path(request))
    said = _("The shift has begun") if on == "yes" else _("The shift is over")
    if on == "no" and mine.going_off:
        said += f". {sharing.off_shift(mine.going_off)}"
    told = {"HX-Trigger": json.dumps({"toast": {"text": said}})}
    return render(request, "shifts/_switch", headers=told, person=mine, team=team)


@router.get("/distribution")
async def index(request: Request, data: Db, person: Decides) -> Response:
    async with data.reading() as session:
        found = await offices(session, person)
    return render(request, "shifts/index", offices=found, **_choices())


@router.put("/distribution/teams/{number}")
async def choose(
    request: Request,
    data: Db,
    person: Decides,
    number: LeadId,
    shifts: Annotated[bool, Form()] = False,
    off_shift: Annotated[OffShift, Form()] = OffShift.STAY,
) -> Response:
    """Whether the team works in shifts, and what becomes of leads at their end."""
    async with data.unit_of_work(silent=True) as work:
        await shift.choose(work, number, shifts=shifts, off_shift=off_shift, by=person)
    return await _shown(request, data, person, number)


@router.put("/distribution/lines/{line}")
async def distribute(
    request: Request,
    data: Db,
    person: Decides,
    line: int,
    team: Number = None,
    way: Annotated[Way, Form()] = Way.NOBODY,
    most: Annotated[str, Form(max_length=9)] = "",
    handed: Annotated[bool, Form()] = False,
    new: Annotated[bool, Form()] = False,
) -> Response:
    """To whom the leads of a team's line go by themselves, and when."""
    if most and not (most.isdecimal() and 0 < int(most) <= MOST_OPEN):
        raise Refused("A limit is a number from 1 to %(most)s", most=MOST_OPEN)
    if line not in LINES or not (may_decide(person, team)):
        raise NotAllowed("Your role may not do this")
    async with data.unit_of_work(silent=True) as work:
        if team is not None and await work.session.get(Team, team) is None:
            raise Missing("There is no such team")
        found = await set_up(work, team_id=team, line=line)
        found.way, found.most_open = way, int(most) if most else None
        found.on_hand_over, found.on_new = handed, new
    return await _shown(request, data, person, team)


@router.put("/distribution/people/{number}/shift")
async def switch_for(
    request: Request, data: Db, person: Decides, now: Now, number: LeadId, on: Switch
) -> Response:
    """Somebody of the team's."""
    async with data.unit_of_work(silent=True) as work:
        one = await _theirs(work, number, person)
        await _switch(work, one, on=on == "yes", now=now)
    return await _shown(request, data, person, one.team_id)


@router.get("/distribution/people/{number}")
async def show(request: Request, data: Db, person: Decides, number: LeadId) -> Response:
    """Their team as it is: what was begun is left."""
    async with data.reading() as session:
        one = _decided_by(person, await session.get(User, number))
    return await _shown(request, data, person, one.team_id)


@router.get("/distribution/people/{number}/plan")
async def edit_plan(request: Request, data: Db, person: SignedIn, number: LeadId) -> Response:
    async with data.reading() as session:
        one = _decided_by(person, await session.get(User, number))
    plan = {span.day: span for span in shift.plan_of(one)}
    own = page_path(request) == "/me"
    return render(request, "shifts/_plan", one=one, plan=plan, days=range(DAYS), own=own)


@router.put("/distribution/people/{number}/plan")
async def make_plan(
    request: Request, data: Db, person: SignedIn, now: Now, number: LeadId
) -> Response:
    """Days that are ticked, each from when to when in the person's zone."""
    form = await request.form()
    try:
        spans = PLAN.validate_python(
            [
                {"day": day, "begins": form.get(f"begins{day}"), "ends": form.get(f"ends{day}")}
                for day in range(DAYS)
                if form.get(f"day{day}")
            ]
        )
    except ValidationError as error:
        raise Refused("A shift has a beginning and another end, both as 09:00") from error
    async with data.unit_of_work(silent=True) as work:
        one = await _theirs(work, number, person)
        shift.make_plan(one, spans, now=now)
    if page_path(request) == "/me":
        return go(request, "/me")
    return await _shown(request, data, person, one.team_id)


async def _switch(work: Work, person: User, *, on: bool, now: datetime) -> Team | None:
    team = await work.session.get(Team, person.team_id) if person.team_id else None
    if on:
        shift.start(person, team=team, now=now)
    else:
        shift.end(person, team=team)
    return team


async def _theirs(work: Work, number: int, by: User) -> User:
    """Locked. Raises Missing."""
    return _decided_by(by, await staff.locked(work, number))


def _decided_by(by: User, one: User | None) -> User:
    """Oneself, or somebody of a team that `by` decides for. Raises Missing."""
    if one is None or not (one.id == by.id or may_decide(by, one.team_id)):
        raise Missing("There is no such person")
    return one


async def _shown(request: Request, data: Database, person: User, team_id: int | None) -> Response:
    async with data.reading() as session:
        office = await _office(session, person, team_id)
    return render(request, "shifts/_office", office=office, **_choices())


async def _office(session: AsyncSession, person: User, team_id: int | None) -> Office:
    for one in await offices(session, person):
        if (one.team.id if one.team else None) == team_id:
            return one
    raise Missing("There is no such team")


def _choices() -> dict[str, Any]:
    return {"lines": LINES, "ways": list(Way), "policies": list(OffShift)}
