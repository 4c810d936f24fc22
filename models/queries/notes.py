"""Notes of a lead: the pinned ones first, then the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Missing, Refused
from models.note import Note, NoteVersion

PAGE = 20

# Of one lead, in the order of a page; the card asks the same within its own statement.
MEMOS = """
    select id, text, author, created_at, pinned_at is not null as pinned, edited_at, edits, mentions
    from note where lead_id = {lead} and deleted_at is null {further}
    order by pinned_at is not null desc, id desc limit :most_notes
"""
FIRST = text(MEMOS.format(lead=":lead", further=""))
FURTHER = text(
    MEMOS.format(lead=":lead", further="and (pinned_at is not null, id) < (:pinned, :after)")
)
ONE = text(MEMOS.format(lead=":lead", further="and id = :note"))


class Memo(NamedTuple):
    """A note, as it is read. `mentions` are (start, length, person) each."""

    id: int
    text: str
    author: str
    created_at: datetime
    pinned: bool
    edited_at: datetime | None
    edits: int
    mentions: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Page:
    """`after` is the cursor of the next page; None: this was the last."""

    memos: Sequence[Memo]
    after: str | None


def page_of(found: Sequence[Memo]) -> Page:
    """Of one more than a page holds."""
    memos = found[:PAGE]
    last = memos[-1] if len(found) > PAGE else None
    return Page(memos, f"{int(last.pinned)}.{last.id}" if last else None)


async def page(session: AsyncSession, lead_id: int, *, after: str | None = None) -> Page:
    """Raises Refused for a cursor that is none of ours."""
    values: dict[str, Any] = {"lead": lead_id, "most_notes": PAGE + 1}
    if after is None:
        found = await session.execute(FIRST, values)
    else:
        pinned, _, last = after.partition(".")
        if pinned not in ("0", "1") or not last.isdigit() or len(last) > 18:
            raise Refused("This page of the list does not exist")
        values |= {"pinned": pinned == "1", "after": int(last)}
        found = await session.execute(FURTHER, values)
    return page_of([Memo(*row) for row in found])


async def memo(session: AsyncSession, lead_id: int, note_id: int) -> Memo:
    """Raises Missing."""
    values = {"lead": lead_id, "note": note_id, "most_notes": 1}
    row = (await session.execute(ONE, values)).first()
    if row is None:
        raise Missing("There is no such note: it may have been deleted")
    return Memo(*row)


async def history(session: AsyncSession, lead_id: int, note_id: int) -> Sequence[NoteVersion]:
    """What it said before, the latest first."""
    query = (
        select(NoteVersion)
        .join(Note, col(Note.id) == NoteVersion.note_id)
        .where(col(Note.id) == note_id, col(Note.lead_id) == lead_id)
        .order_by(col(NoteVersion.number).desc())
        .limit(100)
    )
    return list((await session.execute(query)).scalars())
