"""All that happened to a lead, the newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.message import Message
from models.note import Note
from models.queries.conversation import OF_MESSAGES
from models.timeline import OF_NOTES, Action, Event

PAGE = 50
# Kinds of what happened, by how their names begin; the first one that fits.
BEGINNINGS = {
    "file": ("file_", "media_"),
    "messages": ("message_", "manager_wrote", "process_said", "client_", "change_", "lead_opened"),
    "money": ("payment_",),
    "tasks": ("task_",),
    "notes": ("note_",),
    "people": ("owner_", "line_", "team_", "person_", "distributed", "shift_"),
    "process": (
        "process_", "step_", "handed_", "taken_", "given_", "pause_", "wait_", "event_",
    ),
    "deal": ("stage_", "tag_", "field_", "pipeline_", "lead_"),
}  # fmt: skip
OTHERWISE = "chat"  # the archive, quick actions and the like
GROUPS = (*BEGINNINGS, OTHERWISE)
# Who acts, by how their name in the timeline begins.
ACTORS = ("user", "process", "robot", "client", "telegram", "engine")


def group_of(kind: str) -> str:
    for group, beginnings in BEGINNINGS.items():
        if str(kind).startswith(beginnings):
            return group
    return OTHERWISE


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for: `actor` one of ACTORS or somebody, `user:5`; `since` counts and `until`
    does not."""

    groups: frozenset[str] = frozenset()
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Happened(NamedTuple):
    """With the words of the message or the note that it speaks of, and the message's kind."""

    event: Event
    text: str | None
    kind: str | None


@dataclass(frozen=True)
class Page:
    """`after` goes on; None: this was the last."""

    happened: Sequence[Happened]
    after: int | None


_of_note = col(Event.kind).in_([kind.value for kind in OF_NOTES])
_of_message = col(Event.kind).in_([kind.value for kind in OF_MESSAGES])


async def page(
    session: AsyncSession,
    lead_id: int,
    asked: Question,
    *,
    after: int | None = None,
    size: int = PAGE,
) -> Page:
    query = (
        select(Event, func.coalesce(col(Message.text), col(Note.text)), col(Message.kind))
        .outerjoin(Message, and_(col(Message.id) == Event.ref, _of_message))
        .outerjoin(Note, and_(col(Note.id) == Event.ref, _of_note))
        .where(col(Event.lead_id) == lead_id)
        .order_by(col(Event.seq).desc())
        .limit(size + 1)
    )
    if asked.groups:
        kinds = [kind.value for kind in Action if group_of(kind) in asked.groups]
        query = query.where(col(Event.kind).in_(kinds))
    if asked.actor:
        many = asked.actor in ACTORS
        actor = col(Event.actor)
        mine = actor == asked.actor
        query = query.where(mine | actor.startswith(f"{asked.actor}:") if many else mine)
    if asked.since:
        query = query.where(col(Event.at) >= asked.since)
    if asked.until:
        query = query.where(col(Event.at) < asked.until)
    if after is not None:
        query = query.where(col(Event.seq) < after)
    found = [Happened(*row) for row in await session.execute(query)]
    return Page(found[:size], found[size - 1].event.seq if len(found) > size else None)


async def people(session: AsyncSession, lead_id: int) -> list[str]:
    """The colleagues who have done anything here, as actors."""
    query = select(col(Event.actor)).distinct()
    query = query.where(col(Event.lead_id) == lead_id, col(Event.actor).startswith("user:"))
    return list((await session.execute(query)).scalars())
