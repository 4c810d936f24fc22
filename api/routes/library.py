"""A lead's files of both sides: the card's block, a page of them, one by one and as an archive."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from stat import S_IFREG
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response, StreamingResponse
from stream_zip import ZIP_AUTO, async_stream_zip

from activities.clients.storage import Storage
from api.archives import distinct
from api.cast import cast
from api.days import day
from api.deps import Db, Files, LeadId, Now, SignedIn, worded
from api.driving import Talker
from api.files import KEPT, disposition, reached
from api.language import gettext as _
from api.language import midnight
from api.messenger import may_drive
from api.rendering import render, wants_fragment
from models.errors import Missing
from models.lead.filing import may_delete
from models.lead.lead import Lead
from models.media import Media
from models.queries import library
from models.queries.card import seen_lead
from models.queries.desk import desk
from models.queries.library import Question
from models.user import User

router = APIRouter(prefix="/leads/{lead_id}/media", dependencies=[Depends(worded)])

Shelf = Annotated[Literal["", "photo", "video", "voice", "file"], Query()]
Place = Annotated[int | None, Query(ge=1, le=2**62)]
BLOCK = 12  # files of the card's block
REGULAR = S_IFREG | 0o600


class Sought:
    """What a page asks for, by its address; days are the reader's."""

    def __init__(
        self,
        shelf: Shelf = "",
        q: Annotated[str, Query(max_length=200)] = "",
        since: Annotated[str, Query(max_length=10)] = "",
        until: Annotated[str, Query(max_length=10)] = "",
        hidden: bool = False,
    ) -> None:
        self.shelf, self.words, self.since, self.until, self.hidden = shelf, q, since, until, hidden
        first, last = day(since), day(until)
        self.question = Question(
            shelf=shelf, words=q, hidden=hidden,
            since=midnight(first) if first else None,
            until=midnight(last + timedelta(days=1)) if last else None,
        )  # fmt: skip

    def address(self, **other: object) -> str:
        """The same with something else, as a query."""
        said = {
            "shelf": self.shelf, "q": self.words, "since": self.since, "until": self.until,
            "hidden": "true" if self.hidden else "",
        } | other  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


Asked = Annotated[Sought, Depends()]


@router.get("")
async def index(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, asked: Asked, after: Place = None
) -> Response:
    """The page, or the next files of it."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        found = await library.page(session, lead_id, asked.question, after=after)
        around = await _around(session, lead, person)
        if after is not None:
            return render(request, "library/_files", page=found, asked=asked, **around)
        counts = await library.counts(session, lead_id, asked.question)
    shown = "library/_found" if wants_fragment(request) else "library/index"
    return render(request, shown, page=found, counts=counts, asked=asked, **around)


@router.get("/block")
async def block(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, shelf: Shelf = ""
) -> Response:
    """What the card shows: the newest ones of the first shelf that has any, or of this one."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        counts = await library.counts(session, lead_id, Question())
        chosen: str = shelf or next((name for name, many in counts.items() if many), "photo")
        found = await library.page(session, lead_id, Question(shelf=chosen), size=BLOCK)
        around = await _around(session, lead, person)
    return render(request, "library/_block", page=found, counts=counts, shelf=chosen, **around)


@router.get("/archive")
async def archive(
    data: Db,
    person: SignedIn,
    storage: Files,
    lead_id: LeadId,
    file: Annotated[Sequence[int], Query(max_length=library.MOST_AT_ONCE)] = (),
) -> Response:
    """Several files in one, made while it is downloaded. Raises Missing, Away."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        chosen = await library.files(session, lead_id, file)
    there = [one for one in chosen if await _size(storage, one) is not None]
    if not there:
        raise Missing("None of these files is kept here")
    headers = KEPT | {"Content-Disposition": disposition(f"{lead.name}.zip")}
    packed = async_stream_zip(_members(storage, there))
    return StreamingResponse(packed, headers=headers, media_type="application/zip")


@router.get("/{media_id}/edit")
async def edit(
    request: Request, data: Db, person: Talker, lead_id: LeadId, media_id: LeadId
) -> Response:
    return await _one(request, data, person, lead_id, media_id, editing=True)


@router.get("/{media_id}")
async def show(
    request: Request, data: Db, person: SignedIn, lead_id: LeadId, media_id: LeadId
) -> Response:
    return await _one(request, data, person, lead_id, media_id)


@router.put("/{media_id}")
async def rename(
    request: Request,
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    media_id: LeadId,
    name: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.rename_file(media_id, name, by=person.actor, now=now)
    return await _one(request, data, person, lead_id, media_id)


@router.put("/{media_id}/hiding")
async def hide(data: Db, person: Talker, now: Now, lead_id: LeadId, media_id: LeadId) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.hide_file(media_id, by=person.actor, now=now)
    back = f"/leads/{lead_id}/media/{media_id}/showing"
    return _gone(_("The file is hidden from the library"), icon="eye-off", back=back)


@router.post("/{media_id}/showing")
async def unhide(data: Db, person: Talker, now: Now, lead_id: LeadId, media_id: LeadId) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.show_file(media_id, by=person.actor, now=now)
    return _gone(_("The file is in the library again"), icon="eye", renewed=True)


@router.delete("/{media_id}")
async def destroy(
    data: Db, person: Talker, now: Now, lead_id: LeadId, media_id: LeadId
) -> Response:
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.delete_file(media_id, by=person, now=now)
    return _gone(_("The file is deleted"), icon="trash-2")


def _gone(text: str, *, icon: str, back: str = "", renewed: bool = False) -> Response:
    """Its element goes; a toast says so."""
    toast = {"text": text, "icon": icon, "act": _("Bring back") if back else "", "path": back}
    heard = {"toast": toast} | ({"library": {}} if renewed else {})
    return Response(headers={"HX-Trigger": json.dumps(heard)})


async def _one(
    request: Request,
    data: Db,
    person: User,
    lead_id: int,
    media_id: int,
    *,
    editing: bool = False,
) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        item = await library.one(session, lead_id, media_id)
        around = await _around(session, lead, person)
    return render(request, "library/_file", item=item, editing=editing, **around)


async def _around(session: AsyncSession, lead: Lead, person: User) -> dict[str, Any]:
    return {
        "lead": lead,
        "cast": await cast(session, lead, await desk(session)),
        "may_drive": may_drive(person),
        "may_delete": lambda media: may_drive(person) and may_delete(media, person),
    }


async def _size(storage: Storage, media: Media) -> int | None:
    try:
        async with reached():
            return (await storage.look((media.sha256 or b"").hex(), 0))[0]
    except Missing:
        return None


async def _members(
    storage: Storage, chosen: Sequence[Media]
) -> AsyncIterator[tuple[str, datetime, int, Any, AsyncIterator[bytes]]]:
    for name, media in zip(distinct(chosen), chosen, strict=True):
        content = storage.read((media.sha256 or b"").hex())
        size = await _size(storage, media) or 0
        yield name, media.created_at, REGULAR, ZIP_AUTO(size, level=1), content
