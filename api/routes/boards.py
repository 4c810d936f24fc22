"""The board of deals: columns of a pipeline's stages, cards that are carried between them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import lists
from api.deps import Db, LeadId, Now, SignedIn, Viewed, worded
from api.driving import Talker
from api.language import gettext as _
from api.language import reader
from api.rendering import render
from models.errors import Outrun
from models.queries import deals
from models.queries.desk import Desk, desk
from models.queries.people import TALKING
from models.queries.view import View
from models.stage import Stage
from models.user import User

router = APIRouter(prefix="/deals", dependencies=[Depends(worded)])

Cursor = Annotated[str, Query(max_length=200)]
Key = Annotated[str, Query(max_length=100)]
LeadIds = Annotated[list[int], Query(max_length=100)]
Stood = Annotated[str, Form(max_length=100)]


@router.get("")
async def index(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    async with data.reading() as session:
        around = await _board(session, person, view, now=now)
        chips = await lists.chips(session, view.but(pipeline=None), around["known"].tags)
    return render(request, "deals/index", chips=chips, **around)


@router.get("/columns")
async def columns(
    request: Request,
    data: Db,
    person: SignedIn,
    view: Viewed,
    now: Now,
    typed: bool = False,
) -> Response:
    """All of them as they are now: for a search, and after a silence."""
    async with data.reading() as session:
        around = await _board(session, person, view, now=now)
    headers = {"HX-Replace-Url": view.at("/deals")} if typed else {}
    return render(request, "deals/_view", headers=headers, **around)


@router.get("/column")
async def more(
    request: Request,
    data: Db,
    person: SignedIn,
    view: Viewed,
    now: Now,
    key: Key,
    after: Cursor,
) -> Response:
    """The next page of one."""
    async with data.reading() as session:
        known = await desk(session)
        stage = known.stage(key)
        if stage is None:
            raise Stage.missing()
        found = await deals.found_by(session, person, view)
        column = await deals.column(session, person, view, stage, found=found, after=after, now=now)
    return render(request, "deals/_more", column=column, **_around(known, person, view))


@router.get("/tallies")
async def tallies(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    """How many stand in each column and what they have paid: of all, not of what is shown."""
    async with data.reading() as session:
        stages = deals.stages_of(view, await desk(session))
        found = await deals.tallies(session, person, view, stages, now=now)
    return render(request, "deals/_tallies", tallies=found, whole=deals.altogether(found))


@router.get("/cards")
async def cards(
    request: Request, data: Db, person: SignedIn, view: Viewed, now: Now, lead: LeadIds
) -> Response:
    """Of leads that have just changed: where they stand, or that they are not on the board."""
    async with data.reading() as session:
        around = await _changed(session, person, view, lead, now=now)
    return render(request, "deals/_cards", **around)


@router.get("/filter")
async def panel(request: Request, data: Db, person: SignedIn, view: Viewed, now: Now) -> Response:
    async with data.reading() as session:
        around = await lists.panel(session, person, view, now=now)
    return render(request, "leads/_filter", at="/deals", **around)


@router.put("/{lead_id}/stage")
async def move(
    request: Request,
    data: Db,
    person: Talker,
    view: Viewed,
    now: Now,
    lead_id: LeadId,
    to: Stood,
    was: Stood,
) -> Response:
    """From the stage that the board showed. Somebody else may have been quicker."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        if lead.stage_key not in (was, to):
            raise Outrun("Somebody has just moved it elsewhere")
        moved = lead.stage_key != to
        await lead.move_to(to, by=person.actor)
    async with data.reading() as session:
        around = await _changed(session, person, view, [lead_id], now=now)
    stage: Stage = around["known"].stage(to)
    said = f"{lead.name}: {stage.name(reader().locale)}"
    query = urlencode([*view.pairs, ("to", was), ("was", to)])
    back = {
        "text": said, "icon": "flag", "act": _("Bring back"),
        "path": f"/deals/{lead_id}/return?{query}",
    }  # fmt: skip
    told = {"HX-Trigger": json.dumps({"toast": back})}
    return render(request, "deals/_cards", headers=told if moved else {}, **around)


@router.post("/{lead_id}/return")
async def restore(
    request: Request,
    data: Db,
    person: Talker,
    view: Viewed,
    now: Now,
    lead_id: LeadId,
    to: Key,
    was: Key,
) -> Response:
    """Back to where it was, unless it has been moved since."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        if lead.stage_key != was:
            raise Outrun("Somebody has just moved it elsewhere")
        await lead.move_to(to, by=person.actor)
    async with data.reading() as session:
        around = await _changed(session, person, view, [lead_id], now=now)
    return render(request, "deals/_cards", **around)


async def _board(
    session: AsyncSession, person: User, view: View, *, now: datetime
) -> dict[str, Any]:
    known = await desk(session)
    found = await deals.columns(session, person, view, deals.stages_of(view, known), now=now)
    return {"columns": found, **_around(known, person, view)}


async def _changed(
    session: AsyncSession, person: User, view: View, ids: Sequence[int], *, now: datetime
) -> dict[str, Any]:
    known = await desk(session)
    here = {one.key for one in deals.stages_of(view, known)}
    found = await deals.cards(session, person, view, ids, now=now)
    inside = [one for one in found if one.stage in here]
    gone = set(ids) - {one.chat.lead.id for one in inside}
    return {"inside": inside, "gone": sorted(gone), **_around(known, person, view)}


def _around(known: Desk, person: User, view: View) -> dict[str, Any]:
    return {
        "known": known, "view": view, "pipeline": deals.pipeline_of(view, known),
        "moves": person.role in TALKING,
    }  # fmt: skip
