"""Files of both sides. Who may see the lead may see its files; asked again at every GET."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request, UploadFile
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import Response

from activities.clients.storage import CHUNK, Storage, TooBig, Unreachable
from api.deps import Db, Files, LeadId, Now, SignedIn, worded
from api.driving import Talker
from api.files import shown, shown_small
from api.pictures import Unshowable, measured
from api.voices import LONGEST, TooLong, Unplayable, voiced
from models.errors import Away, Missing, Refused
from models.lead.lead import Lead
from models.media import Media, MediaState
from models.queries.visibility import visible_leads
from models.sniffing import HEAD, LARGEST_FILE, LARGEST_PHOTO, bare_name, sniff
from models.user import User

router = APIRouter(dependencies=[Depends(worded)])

PATIENCE = 1024 * 1024  # bytes of a request around its files


@router.get("/media/{media_id}")
async def show(
    request: Request,
    data: Db,
    person: SignedIn,
    storage: Files,
    media_id: LeadId,
    download: bool = False,
) -> Response:
    async with data.reading() as session:
        media = await seen_media(session, media_id, person)
    name = (media.name or "").rsplit("/", 1)[-1]
    return await shown(
        request, storage, content_of(media), name, otherwise=f"{media.kind}-{media.id}",
        download=download,
    )  # fmt: skip


@router.get("/media/{media_id}/thumbnail")
async def small(data: Db, person: SignedIn, storage: Files, media_id: LeadId) -> Response:
    async with data.reading() as session:
        media = await seen_media(session, media_id, person)
    return await shown_small(storage, content_of(media))


@router.post("/media/{media_id}/fetching", status_code=204)
async def fetch(data: Db, person: Talker, media_id: LeadId, now: Now) -> None:
    """Asks Telegram for a file once more."""
    async with data.reading() as session:
        lead_id = (await seen_media(session, media_id, person)).lead_id
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        await lead.fetch_again(media_id, by=person.actor, now=now)


async def attached(file: UploadFile, storage: Storage, *, lead_id: int, person: User) -> Media:
    """A file that a person sends: kept, and a row that belongs to no message yet.

    Its kind is what its bytes say. Raises Refused, Away.
    """
    name = bare_name(file.filename or "")
    try:
        digest, size = await storage.keep(_chunks(file), most=LARGEST_FILE)
    except TooBig as error:
        raise Refused(
            "%(name)s is larger than 50 MB: Telegram does not take it from bots", name=name
        ) from error
    except Unreachable as error:
        raise Away("The store of files does not answer. Your text is safe.") from error
    except OSError as error:
        raise Away("There is no room for files now. Your text is safe.") from error
    if size == 0:
        raise Refused("The file %(name)s is empty", name=name)
    await file.seek(0)
    found = sniff(await file.read(HEAD))
    kind, width, height = found.kind, None, None
    if kind == "photo":
        try:
            width, height = await asyncio.to_thread(measured, file.file)
        except Unshowable:
            kind = "document"
        if size > LARGEST_PHOTO:
            kind = "document"
    return Media(
        lead_id=lead_id, kind=kind, state=MediaState.READY, name=name, mime=found.mime,
        sha256=digest, size=size, width=width, height=height,
        uploaded_by_id=person.id,
    )  # fmt: skip


async def dictated(file: UploadFile, storage: Storage, *, lead_id: int, person: User) -> Media:
    """A voice message that a person recorded in the page. Raises Refused, Away."""
    try:
        voice = await asyncio.to_thread(voiced, file.file)
        digest = await storage.keep_bytes(voice.content)
    except TooLong as error:
        minutes = int(LONGEST.total_seconds() // 60)
        raise Refused("A voice message lasts %(n)s minutes at most", n=minutes) from error
    except Unplayable as error:
        raise Refused("The recording cannot be played. Record it once more.") from error
    except Unreachable as error:
        raise Away("The store of files does not answer. Your text is safe.") from error
    except OSError as error:
        raise Away("There is no room for files now. Your text is safe.") from error
    return Media(
        lead_id=lead_id, kind="voice", state=MediaState.READY, name="voice.ogg", mime="audio/ogg",
        sha256=digest, size=len(voice.content),
        duration=max(1, round(voice.duration.total_seconds())),
        details={"peaks": voice.peaks}, uploaded_by_id=person.id,
    )  # fmt: skip


async def seen_media(session: AsyncSession, media_id: int, person: User) -> Media:
    query = (
        select(Media)
        .join(Lead, col(Lead.id) == Media.lead_id)
        .where(col(Media.id) == media_id, visible_leads(person))
    )
    media = (await session.execute(query)).scalar_one_or_none()
    if media is None:
        raise Missing("There is no such file, or it is not yours to see")
    return media


def content_of(media: Media) -> bytes:
    """Raises Missing."""
    if media.sha256 is None or media.state != MediaState.READY:
        raise Missing("This file has not been fetched")
    return media.sha256


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk
