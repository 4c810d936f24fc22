"""One act on many chats of the list: each lead in a unit of work of its own, so that what one
cannot do does not undo the others; and all of it taken back."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from starlette.responses import JSONResponse, Response

from api import deeds, messenger
from api.deps import Db, Now, Viewed, worded
from api.driving import Talker, said
from api.language import gettext as _
from api.rendering import render
from models.database import Database, Work
from models.deed import MOST_LEADS, Deed, DeedLead, Kind
from models.errors import LeadloomError
from models.lead.lead import Lead
from models.queries.card import process_of, seen_lead
from models.queries.desk import desk
from models.queries.shifts import at_work
from models.user import User

router = APIRouter(prefix="/deeds", dependencies=[Depends(worded)])

AT_ONCE = 25  # leads in one request: the page shows how far it is, and may stop
FORESEEN = 100  # leads whose next messages a preview counts
Key = Annotated[str, Form(pattern=r"^[\w-]{8,64}$")]
Leads = Annotated[list[int], Form(max_length=AT_ONCE)]


@router.post("")
async def create(
    data: Db,
    person: Talker,
    now: Now,
    key: Key,
    kind: Annotated[Kind, Form()],
    lead: Leads,
    value: Annotated[int | None, Form()] = None,
) -> JSONResponse:
    """The next leads of a deed. Answers what has been done by it so far, and what has not now."""
    async with data.unit_of_work(silent=True) as work:
        row = insert(Deed).values(key=key, user_id=person.id, kind=kind, value=value)
        await work.execute(row.on_conflict_do_nothing())
        deed = await Deed.of(work, key, by=person)
    failed = []
    for lead_id in lead:
        try:
            async with data.unit_of_work() as work:
                deed = await Deed.of(work, key, by=person)
                await deed.do(work, lead_id, by=person, now=now)
        except LeadloomError as error:
            failed.append({"name": await _name(data, lead_id, person), "why": said(error)})
    many, left = await _so_far(data, key)
    told = deeds.said(deed.kind, many)
    if left:
        told += ". " + _("Already on the way: %(num)s") % {"num": left}
    undo = {"act": _("Undo"), "path": f"/deeds/{key}/undoing"} if many else {}
    return JSONResponse({"text": told, "icon": deeds.ICONS[deed.kind], "failed": failed, **undo})


@router.post("/{key}/undoing")
async def undo(data: Db, person: Talker, now: Now, key: str) -> Response:
    """Lead by lead as well; who has been changed since stays as they are."""
    async with data.reading() as session:
        query = select(DeedLead.lead_id).where(
            col(DeedLead.deed_key) == key, DeedLead.changed, col(DeedLead.undone_at).is_(None)
        )
        ids = list((await session.execute(query)).scalars())
    done, failed = 0, 0
    for lead_id in ids:
        try:
            async with data.unit_of_work() as work:
                deed = await Deed.of(work, key, by=person)
                await deed.undo(work, lead_id, by=person, now=now)
            done += 1
        except LeadloomError:
            failed += 1
    told = deeds.undone(done)
    if failed:
        told += ". " + _("Changed since, left as they are: %(num)s") % {"num": failed}
    toast = json.dumps({"toast": {"text": told, "icon": "undo-2"}})
    return Response(status_code=204, headers={"HX-Trigger": toast})


@router.get("/bar")
async def bar(request: Request, data: Db, person: Talker, view: Viewed) -> Response:
    """What can be done to the chats that are picked."""
    async with data.reading() as session:
        known = await desk(session)
        around: dict[str, Any] = {
            "view": view,
            "vocabulary": known.tags,
            "colleagues": await at_work(session, team_id=person.team_id),
            "most": MOST_LEADS,
        }
    return render(request, "leads/_picking", **around)


@router.get("/preview")
async def preview(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    kind: Kind,
    lead: Annotated[list[int], Query(max_length=MOST_LEADS)],
) -> Response:
    """The question before an act that the robot answers to: how many messages leave at once."""
    around: dict[str, Any] = {"kind": kind, "many": len(lead), "says": 0, "to": 0, "foreseen": 0}
    if kind == Kind.GIVE_BACK:
        async with data.reading() as session:
            for lead_id in lead[:FORESEEN]:
                found = await seen_lead(session, lead_id, person)
                says = await _says(Work(session), found, now=now)
                around["says"] += says
                around["to"] += bool(says)
                around["foreseen"] += 1
    return render(request, "leads/_asking", **around)


async def _says(work: Work, lead: Lead, *, now: Now) -> int:
    process = await process_of(work.session, lead)
    if process is None or lead.state is None or lead.mode != "manual":
        return 0
    read = await lead.unanswered(now=now)
    try:
        found = await messenger.outlook(work, lead, process, at="same", read=read, now=now)
    except LeadloomError:
        return 0
    return len(found.departures)


async def _so_far(data: Database, key: str) -> tuple[int, int]:
    """How many leads it has changed, and how many messages were on their way already."""
    query = select(func.count(), func.coalesce(func.sum(DeedLead.left), 0)).where(
        col(DeedLead.deed_key) == key, DeedLead.changed
    )
    async with data.reading() as session:
        many, left = (await session.execute(query)).one()
    return int(many), int(left)


async def _name(data: Database, lead_id: int, person: User) -> str:
    try:
        async with data.reading() as session:
            return (await seen_lead(session, lead_id, person)).name
    except LeadloomError:
        return f"№ {lead_id}"
