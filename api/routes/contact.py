"""The contact on the card, edited in place, a field at a time, or all of it in one form."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response

from api import contact, messenger
from api.contact import Entry
from api.deps import Db, LeadId, Now, SignedIn, settings, worded
from api.driving import Talker
from api.language import full
from api.language import gettext as _
from api.rendering import render
from models.database import Database, Work
from models.errors import BrokenInput, Missing, Outrun
from models.lead.dealing import LONGEST_FIELD
from models.lead.lead import Lead
from models.queries.card import seen_lead
from models.queries.choices import values
from models.queries.desk import Desk, desk
from models.settings import Settings
from models.timeline import Action, Event
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/contact", dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
Name = Annotated[str, Query(min_length=1, max_length=100)]
Standing = Literal["archive", "unarchive", "ignore", "heed"]
Typed = Annotated[str, Form(max_length=4000)]


@router.get("")
async def show(
    request: Request, data: Db, person: SignedIn, chosen: Chosen, lead_id: LeadId
) -> Response:
    return render(request, "leads/_contact", **await _around(data, person, chosen, lead_id))


@router.get("/edit")
async def edit(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId
) -> Response:
    around = await _around(data, person, chosen, lead_id)
    fields = [(one, one.value) for one in contact.entries(around["lead"], around["card"].desk)]
    return render(request, "leads/_contact", **(around | {"editing": True, "fields": fields}))


@router.put("")
async def update(
    request: Request, data: Db, person: Talker, chosen: Chosen, lead_id: LeadId
) -> Response:
    """Only what this person changed is written; of what a colleague changed meanwhile both values
    are shown instead."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    told: list[str] = []
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        around = await desk(work.session)
        there = contact.entries(lead, around)
        changed = _changed(there, form)
        for one in there:
            was = form.get(f"was.{one.name}", "")
            if one.name in changed and one.value not in (was, changed[one.name]):
                told.append(await _told(work, around, lead, one))
        if not told:
            for name, value in changed.items():
                lead.edit_field(name, value, was=form.get(f"was.{name}", ""), by=person.actor)
    shown = await _around(data, person, chosen, lead_id)
    if not told:
        return render(request, "leads/_contact_saved", **shown)
    now_there = contact.entries(shown["lead"], shown["card"].desk)
    fields = [(one, form.get(one.name, one.value)) for one in now_there]
    problem = _("A colleague has just changed: %(fields)s. Save again to put yours.") % {
        "fields": "; ".join(told)
    }
    shown |= {"editing": True, "fields": fields, "problem": problem}
    return render(request, "leads/_contact_saved", status=409, **shown)


@router.get("/field")
async def show_field(
    request: Request,
    data: Db,
    person: SignedIn,
    lead_id: LeadId,
    name: Name,
) -> Response:
    lead, around = await _seen(data, person, lead_id)
    return render(
        request, "leads/_field", lead=lead, one=contact.entry(lead, around, name),
        may_drive=messenger.may_drive(person), returned=True,
    )  # fmt: skip


@router.get("/field/edit")
async def edit_field(
    request: Request,
    data: Db,
    person: Talker,
    lead_id: LeadId,
    name: Name,
    added: bool = False,
) -> Response:
    lead, around = await _seen(data, person, lead_id)
    one = contact.entry(lead, around, name)
    return await _form(request, data, person, lead, one, typed=one.value, added=added)


@router.put("/field")
async def update_field(
    request: Request,
    data: Db,
    person: Talker,
    chosen: Chosen,
    lead_id: LeadId,
    name: Name,
    value: Typed = "",
    was: Typed = "",
    added: bool = False,
) -> Response:
    """What a colleague has changed meanwhile is shown with who and when: saved again, it is
    replaced knowingly."""
    crossed = ""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        around = await desk(work.session)
        one = contact.entry(lead, around, name)
        kept = contact.checked(one, value)
        try:
            lead.edit_field(name, kept, was=was, by=person.actor)
        except Outrun:
            crossed = await _told(work, around, lead, one)
    if crossed:
        return await _form(
            request, data, person, lead, one, typed=kept, added=added, problem=crossed
        )
    shown = await _around(data, person, chosen, lead_id)
    one = contact.entry(shown["lead"], shown["card"].desk, name)
    return render(request, "leads/_field_saved", one=one, whole=added, **shown)


@router.put("/standing")
async def stand(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    chosen: Chosen,
    lead_id: LeadId,
    does: Standing,
) -> Response:
    """Ignored or heeded, into the archive or out of it."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        getattr(lead, does)(by=person.actor, at=now)
    shown = await _around(data, person, chosen, lead_id)
    return render(request, "leads/_contact_stands", **shown)


@router.get("/offered")
async def offer(
    request: Request,
    data: Db,
    person: Talker,
    lead_id: LeadId,
    name: Name,
    value: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Countries or languages for what is typed so far."""
    if name not in contact.CHOSEN:
        raise Missing("There is no such field")
    return render(request, "leads/_offered", kind=name, offered=contact.offered(name, value))


async def _around(data: Database, person: User, chosen: Settings, lead_id: int) -> dict[str, Any]:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        return await messenger.state(session, lead, person, chosen)


async def _seen(data: Database, person: User, lead_id: int) -> tuple[Lead, Desk]:
    async with data.reading() as session:
        return await seen_lead(session, lead_id, person), await desk(session)


async def _form(
    request: Request,
    data: Database,
    person: User,
    lead: Lead,
    one: Entry,
    *,
    typed: str,
    added: bool,
    problem: str = "",
) -> Response:
    offered: list[tuple[str, str]] = []
    if one.kind in contact.CHOSEN:
        async with data.reading() as session:
            used = await values(session, person, one.kind) if one.kind == contact.COUNTRY else ()
        offered = contact.offered(one.kind, "", used=used)
    return render(
        request, "leads/_field_crossed" if problem else "leads/_field_form",
        status=Outrun.status if problem else 200, lead=lead, one=one, typed=typed, added=added,
        problem=problem, offered=offered, kind=one.kind,
    )  # fmt: skip


def _changed(there: list[Entry], form: Mapping[str, str]) -> dict[str, str]:
    """What the person typed anew, as it is kept. Raises BrokenInput with a sentence for each."""
    changed: dict[str, str] = {}
    problems: dict[str, str] = {}
    for one in there:
        typed, was = form.get(one.name, "").strip(), form.get(f"was.{one.name}", "")
        if one.name not in form or typed == was:
            continue
        try:
            changed[one.name] = contact.checked(one, typed)
        except BrokenInput as broken:
            problems[one.title] = broken.problems[one.name]
    if problems:
        raise BrokenInput("The contact is not saved", problems, most=LONGEST_FIELD)
    return changed


async def _told(work: Work, around: Desk, lead: Lead, one: Entry) -> str:
    """What stands there now, and who wrote it when: “Facebook”, Boris, 14:03."""
    query = (
        select(Event)
        .where(
            col(Event.lead_id) == lead.id,
            col(Event.kind) == Action.FIELD_CHANGED,
            col(Event.particulars)["field"].astext == one.name,
        )
        .order_by(col(Event.seq).desc())
        .limit(1)
    )
    event: Event | None = (await work.execute(query)).scalar_one_or_none()
    value = _("“%(words)s”") % {"words": one.shown} if one.value else _("empty")
    said = f"{one.title}: {value}"
    if event is None:
        return said
    who = around.names.get(event.actor, _("Robot"))
    return f"{said}, {who}, {full(event.at)}"
