"""A client's data on their request: all of it in one archive, or gone."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from stat import S_IFREG
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import Response, StreamingResponse
from stream_zip import ZIP_64, ZIP_AUTO, async_stream_zip

from activities.clients.storage import Storage
from api.archives import distinct
from api.deps import Db, Files, LeadId, Now, require, worded
from api.files import KEPT, disposition, reached
from api.rendering import go, render
from models.database import Database
from models.erasure import erase
from models.errors import BrokenInput, Missing
from models.lead.lead import Lead
from models.media import Media
from models.queries import export
from models.queries.card import seen_lead
from models.timeline import Action
from models.user import Role, User

router = APIRouter(prefix="/leads/{lead_id}", dependencies=[Depends(worded)])

EXPORTS = (Role.TEAM_LEAD, Role.ADMIN)
Exporter = Annotated[User, Depends(require(*EXPORTS))]
Admin = Annotated[User, Depends(require(Role.ADMIN))]
REGULAR = S_IFREG | 0o600


@router.post("/export")
async def give(data: Db, person: Exporter, storage: Files, now: Now, lead_id: LeadId) -> Response:
    """An archive, made while it is downloaded; the timeline says who took it."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        lead.record(Action.CLIENT_EXPORTED, by=person.actor, at=now)
    async with data.reading() as session:
        query = select(Media).where(col(Media.lead_id) == lead_id, col(Media.sha256).is_not(None))
        files = list((await session.execute(query.order_by(col(Media.id)))).scalars())
    headers = KEPT | {"Content-Disposition": disposition(f"lead-{lead_id}.zip")}
    packed = async_stream_zip(_members(data, storage, lead, files, now))
    return StreamingResponse(packed, headers=headers, media_type="application/zip")


@router.get("/erasure")
async def ask(request: Request, data: Db, person: Admin, lead_id: LeadId) -> Response:
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
    return render(request, "leads/_erasure", lead=lead)


@router.post("/erasure")
async def create(
    request: Request,
    data: Db,
    person: Admin,
    now: Now,
    lead_id: LeadId,
    confirmed: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Who means it types the chat's number."""
    async with data.reading() as session:
        await seen_lead(session, lead_id, person)
    if confirmed.strip() != str(lead_id):
        raise BrokenInput("Nothing is erased", {"confirmed": "Type the number of the chat"})
    async with data.unit_of_work() as work:
        await erase(work, lead_id, by=person, now=now)
    return go(request, "/leads")


async def _members(
    data: Database, storage: Storage, lead: Lead, files: Sequence[Media], now: datetime
) -> AsyncIterator[tuple[str, datetime, int, Any, AsyncIterator[bytes]]]:
    yield "client.json", now, REGULAR, ZIP_64, _once(await export.lead_itself(data, lead))
    for part in export.PARTS:
        yield f"{part}.jsonl", now, REGULAR, ZIP_64, export.lines(data, lead, part)
    yield "telegram.jsonl", now, REGULAR, ZIP_64, export.updates(data, lead)
    for name, media in zip(distinct(files), files, strict=True):
        digest = (media.sha256 or b"").hex()
        try:
            async with reached():
                size, _ = await storage.look(digest, 0)
        except Missing:
            continue
        packing = ZIP_AUTO(size, level=1)
        yield f"files/{name}", media.created_at, REGULAR, packing, storage.read(digest)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
