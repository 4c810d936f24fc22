"""Notes about a lead: written, pinned, edited, deleted; colleagues are mentioned in them."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from api.cast import cast
from api.deps import Db, LeadId, Now, SignedIn, worded
from api.driving import Talker
from api.language import gettext as _
from api.messenger import may_drive
from api.rendering import render
from api.sight import seeing
from models.database import Database
from models.errors import NotAllowed, Outrun
from models.note import handle
from models.queries import notes
from models.queries.card import seen_lead
from models.queries.desk import desk
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/notes", dependencies=[Depends(worded)])

Text = Annotated[str, Form()]  # how long it may be is said in words
Cursor = Annotated[str, Query(max_length=40)]


@router.get("")
async def index(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, after: Cursor
) -> Response:
    """The next page."""
    return await _notes(request, data, person, lead_id, after=after, template="leads/_memos")


@router.post("")
async def create(
    request: Request, data: Db, person: Talker, lead_id: LeadId, text: Text = ""
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        among = await seeing(work.session, lead)
        await lead.write_note(text, by=person.actor, among=among)
    return await _notes(request, data, person, lead_id, template="leads/_note_written")


@router.get("/colleagues")
async def colleagues(request: Request, data: Db, person: Talker, lead_id: LeadId) -> Response:
    """Who may be mentioned: whoever sees this lead."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        among = await seeing(session, lead)
    people = [(one, handle(one, among)) for one in among if one.id != person.id]
    return render(request, "leads/_colleagues", people=people, lead=lead)


@router.get("/{note_id}")
async def show(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, note_id: LeadId
) -> Response:
    return await _note(request, data, person, lead_id, note_id)


@router.get("/{note_id}/edit")
async def edit(
    request: Request, data: Db, person: Talker, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        memo = await notes.memo(session, lead_id, note_id)
    if memo.author != person.actor:
        raise NotAllowed("Only who wrote a note edits it")
    return render(request, "leads/_memo_edit", lead=lead, memo=memo, text=memo.text, crossed=False)


@router.put("/{note_id}")
async def update(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    note_id: LeadId,
    edits: Annotated[int, Form(ge=0, le=2**31)],
    text: Text = "",
) -> Response:
    """Edited elsewhere meanwhile: both texts are shown, and the next save puts this one."""
    try:
        async with data.unit_of_work() as work:
            lead = await work.locked_lead(lead_id, visible_to=person)
            among = await seeing(work.session, lead)
            await lead.edit_note(note_id, text, by=person, edits=edits, now=now, among=among)
    except Outrun:
        async with data.reading() as session:
            lead = await seen_lead(session, lead_id, person)
            memo = await notes.memo(session, lead_id, note_id)
        around: dict[str, Any] = {"lead": lead, "memo": memo, "text": text, "crossed": True}
        return render(request, "leads/_memo_crossed", status=409, **around)
    return await _note(request, data, person, lead_id, note_id)


@router.get("/{note_id}/history")
async def history(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        versions = await notes.history(session, lead_id, note_id)
        names = await cast(session, lead, await desk(session))
    return render(request, "leads/_note_history", versions=versions, cast=names)


@router.put("/{note_id}/pin")
async def pin(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.pin_note(note_id, by=person.actor, now=now)
    return await _notes(request, data, person, lead_id)


@router.delete("/{note_id}/pin")
async def unpin(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.unpin_note(note_id, by=person.actor, now=now)
    return await _notes(request, data, person, lead_id)


@router.delete("/{note_id}")
async def destroy(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.delete_note(note_id, by=person, now=now)
    answer = await _notes(request, data, person, lead_id)
    told = {
        "text": _("The note is deleted"), "icon": "trash-2", "act": _("Bring back"),
        "path": f"/leads/{lead_id}/notes/{note_id}/restoring",
    }  # fmt: skip
    answer.headers["HX-Trigger"] = json.dumps({"toast": told})
    return answer


@router.post("/{note_id}/restoring")
async def restore(
    request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId, note_id: LeadId
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.restore_note(note_id, by=person, now=now)
    return await _notes(request, data, person, lead_id)


async def _notes(
    request: Request,
    data: Database,
    person: User,
    lead_id: int,
    *,
    after: str | None = None,
    template: str = "leads/_noted",
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        page = await notes.page(session, lead_id, after=after)
        around = await _around(session, lead, person)
    return render(request, template, page=page, **around)


async def _note(
    request: Request, data: Database, person: User, lead_id: int, note_id: int
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        memo = await notes.memo(session, lead_id, note_id)
        around = await _around(session, lead, person)
    return render(request, "leads/_memo", memo=memo, **around)


async def _around(session: Any, lead: Any, person: User) -> dict[str, Any]:
    names = await cast(session, lead, await desk(session))
    return {"lead": lead, "cast": names, "may_drive": may_drive(person)}
