"""The files of a lead, of both sides: by kind, newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Missing
from models.media import Media, MediaState
from models.message import Message, State
from models.user import User

# What a library is divided by, and Telegram's words for it; stickers are not kept in one.
SHELVES = {
    "photo": ("photo",),
    "video": ("video", "video_note", "animation"),
    "voice": ("voice", "audio"),
    "file": ("document",),
}
SHELF_OF = {kind: shelf for shelf, kinds in SHELVES.items() for kind in kinds}
PAGE = 24
MOST_AT_ONCE = 200  # files in one archive
GONE = (State.CANCELLED,)
SAME = (
    "lead_id", "kind", "state", "reason", "file_id", "sha256", "name", "mime", "size", "width",
    "height", "duration", "details",
)  # fmt: skip

ITEMS = select(
    Media,
    col(Message.author),
    col(Message.text),
    col(Message.written_at),
    func.coalesce(Message.position, 0),
).join(Message, col(Message.id) == Media.message_id)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for; `since` counts and `until` does not. `hidden`: only what is hidden."""

    shelf: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    hidden: bool = False


class Item(NamedTuple):
    """A file with the message that it came in; `place` is where that stands."""

    media: Media
    author: str
    text: str
    at: datetime
    place: int


@dataclass(frozen=True)
class Page:
    """`after` goes on; None: this was the last."""

    items: Sequence[Item]
    after: int | None


async def page(
    session: AsyncSession,
    lead_id: int,
    asked: Question,
    *,
    after: int | None = None,
    size: int = PAGE,
) -> Page:
    query = ITEMS.where(*_of(lead_id, asked)).order_by(col(Media.id).desc()).limit(size + 1)
    if asked.shelf:
        query = query.where(col(Media.kind).in_(SHELVES.get(asked.shelf, ())))
    if after is not None:
        query = query.where(col(Media.id) < after)
    found = [Item(*row) for row in await session.execute(query)]
    return Page(found[:size], found[size - 1].media.id if len(found) > size else None)


async def one(session: AsyncSession, lead_id: int, media_id: int) -> Item:
    """Raises Missing."""
    query = ITEMS.where(col(Media.id) == media_id, col(Media.lead_id) == lead_id)
    row = (await session.execute(query)).first()
    if row is None or row[0].state == MediaState.DELETED:
        raise Missing("There is no such file, or it is not yours to see")
    return Item(*row)


async def counts(session: AsyncSession, lead_id: int, asked: Question) -> dict[str, int]:
    """How many of what is looked for stand on each shelf."""
    shelf = case(*((col(Media.kind).in_(kinds), name) for name, kinds in SHELVES.items()), else_="")
    query = (
        select(shelf, func.count())
        .select_from(Media)
        .join(Message, col(Message.id) == Media.message_id)
        .where(*_of(lead_id, asked))
        .group_by(shelf)
    )
    found = {row[0]: row[1] for row in await session.execute(query)}
    return {name: found.get(name, 0) for name in SHELVES}


async def files(session: AsyncSession, lead_id: int, ids: Sequence[int]) -> list[Media]:
    """Those of them whose content is here, newest first."""
    query = select(Media).where(
        col(Media.id).in_(ids[:MOST_AT_ONCE]),
        col(Media.lead_id) == lead_id,
        col(Media.sha256).is_not(None),
        col(Media.message_id).is_not(None),
    )
    return list((await session.execute(query.order_by(col(Media.id).desc()))).scalars())


async def again(session: AsyncSession, media_id: int, person: User, *, lead_id: int) -> Media:
    """The same file for another message to the same lead, sent by Telegram's id where that is
    known. Raises Missing."""
    found = await session.get(Media, media_id)
    if found is None or found.lead_id != lead_id or not (found.sha256 or found.file_id):
        raise Missing("There is no such file, or it is not yours to see")
    kept = {name: getattr(found, name) for name in SAME}
    return Media(**kept, uploaded_by_id=person.id)


def _of(lead_id: int, asked: Question) -> list[ColumnElement[bool]]:
    among = [
        col(Media.lead_id) == lead_id,
        col(Media.kind).in_(SHELF_OF),
        Media.state != MediaState.DELETED,
        col(Message.state).not_in(GONE),
        col(Media.hidden_at).is_not(None) if asked.hidden else col(Media.hidden_at).is_(None),
    ]
    for word in asked.words.split():
        name, text = (col(one) for one in (Media.name, Message.text))
        among.append(
            or_(name.icontains(word, autoescape=True), text.icontains(word, autoescape=True))
        )
    if asked.since:
        among.append(col(Message.written_at) >= asked.since)
    if asked.until:
        among.append(col(Message.written_at) < asked.until)
    return among
