"""Files of both sides. Who may see the lead may see its files; asked again at every GET."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, UploadFile
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.responses import FileResponse, Response

from activities.clients.storage import Storage, TooBig
from api.deps import Db, LeadId, Now, SignedIn, settings, worded
from api.driving import Talker
from api.pictures import Unshowable, measured, thumbnail
from api.voices import LONGEST, TooLong, Unplayable, voiced
from models.errors import Away, Missing, Refused
from models.lead.lead import Lead
from models.media import Media, MediaState
from models.queries.visibility import visible_leads
from models.settings import Settings
from models.sniffing import (
    DOCUMENT,
    HEAD,
    INLINE,
    LARGEST_FILE,
    LARGEST_PHOTO,
    Sniffed,
    bare_name,
    sniff,
)
from models.user import User

router = APIRouter(dependencies=[Depends(worded)])

Chosen = Annotated[Settings, Depends(settings)]
PATIENCE = 1024 * 1024  # bytes of a request around its files
CHUNK = 256 * 1024
KEPT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
    "Cache-Control": "private, no-store",
}


@router.get("/media/{media_id}")
async def show(
    data: Db, person: SignedIn, chosen: Chosen, media_id: LeadId, download: bool = False
) -> Response:
    async with data.reading() as session:
        media = await _seen(session, media_id, person)
    path, name = _path(media, chosen), (media.name or "").rsplit("/", 1)[-1]
    return await shown(path, name, otherwise=f"{media.kind}-{media.id}", download=download)


@router.get("/media/{media_id}/thumbnail")
async def small(data: Db, person: SignedIn, chosen: Chosen, media_id: LeadId) -> Response:
    """Drawn anew and small: nothing that a camera or a joker put into the file is left."""
    async with data.reading() as session:
        media = await _seen(session, media_id, person)
    source = _path(media, chosen)
    target = chosen.data / "thumbnails" / f"{source.name}.webp"
    if not target.exists():
        try:
            await asyncio.to_thread(thumbnail, source, target)
        except Unshowable as error:
            raise Missing("This picture cannot be shown") from error
    return FileResponse(target, media_type="image/webp", headers=KEPT)


@router.post("/media/{media_id}/fetching", status_code=204)
async def fetch(data: Db, person: Talker, media_id: LeadId, now: Now) -> None:
    """Asks Telegram for a file once more."""
    async with data.reading() as session:
        lead_id = (await _seen(session, media_id, person)).lead_id
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
    except OSError as error:
        raise Away("There is no room for files now. Your text is safe.") from error
    if size == 0:
        raise Refused("The file %(name)s is empty", name=name)
    path = storage.path(digest)
    found = await asyncio.to_thread(_sniffed, path)
    kind, width, height = found.kind, None, None
    if kind == "photo":
        try:
            width, height = await asyncio.to_thread(measured, path)
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
    except OSError as error:
        raise Away("There is no room for files now. Your text is safe.") from error
    return Media(
        lead_id=lead_id, kind="voice", state=MediaState.READY, name="voice.ogg", mime="audio/ogg",
        sha256=digest, size=len(voice.content),
        duration=max(1, round(voice.duration.total_seconds())),
        details={"peaks": voice.peaks}, uploaded_by_id=person.id,
    )  # fmt: skip


async def shown(
    path: Path, name: str, *, otherwise: str = "file", download: bool = False
) -> FileResponse:
    """In the page only what a browser shows safely; everything else is downloaded."""
    found = await asyncio.to_thread(_sniffed, path)
    inline = found.mime in INLINE and not download
    return FileResponse(
        path,
        media_type=found.mime if inline else DOCUMENT.mime,
        filename=name or f"{otherwise}.{found.mime.rsplit('/', 1)[-1]}",
        content_disposition_type="inline" if inline else "attachment",
        headers=KEPT,
    )


async def _seen(session: AsyncSession, media_id: int, person: User) -> Media:
    query = (
        select(Media)
        .join(Lead, col(Lead.id) == Media.lead_id)
        .where(col(Media.id) == media_id, visible_leads(person))
    )
    media = (await session.execute(query)).scalar_one_or_none()
    if media is None:
        raise Missing("There is no such file, or it is not yours to see")
    return media


def _path(media: Media, chosen: Settings) -> Path:
    if media.sha256 is None or media.state != MediaState.READY:
        raise Missing("This file has not been fetched")
    path = Storage(chosen.data / "files").path(media.sha256)
    if not path.exists():
        raise Missing("This file is not on this machine any more")
    return path


def _sniffed(path: Path) -> Sniffed:
    with path.open("rb") as file:
        return sniff(file.read(HEAD))


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk
