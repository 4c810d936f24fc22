"""What the four zones of the messenger are made of, for pages, fragments and live updates."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import words
from api.cast import cast, names, step_title
from api.language import Reader
from api.language import gettext as _
from api.live import fragment
from api.notices import news
from api.rendering import html
from models.database import Work
from models.lead.lead import Lead
from models.message import Message
from models.process.interpreter import after_wait, next_step
from models.process.language import Process
from models.process.outlook import Outlook, given_back, started
from models.process.state import Heard
from models.process.version import definition_of, newest
from models.queries import conversation
from models.queries.card import Card, card
from models.queries.composer import composer_of
from models.queries.conversation import Bubble, Item, Stretch
from models.queries.desk import NOBODY, desk
from models.queries.inbox import chats
from models.queries.people import TALKING
from models.quick_action import keyed
from models.settings import Settings
from models.tool import Tool
from models.user import Role, User
from workflows.engine import workflow_id

SHOWN_OF_HEARD = 120  # characters of a message in the chooser

# What a command adds to the state it answers with; nothing of it when the state is only shown.
BARE: dict[str, Any] = {
    "problem": "", "leaving": "", "chooser": None, "starting": None, "editing": False,
    "composer_anew": False, "process_only": False, "draft": None, "walking": False, "quick": (),
    "postings": None, "task_form": None, "colleagues": None,
}  # fmt: skip


@dataclass(frozen=True)
class Waits:
    what: str
    until: datetime | None


@dataclass(frozen=True)
class Written:
    """One thing the client did meanwhile."""

    seq: int
    words: str


@dataclass(frozen=True)
class Chooser:
    next_title: str
    steps: Sequence[tuple[str, str]]
    heard: Sequence[Written]
    read: frozenset[int]


def may_drive(person: User) -> bool:
    """Designers and ops read conversations; talking and leading are a manager's work."""
    return person.role in TALKING


async def opened(
    session: AsyncSession, lead: Lead, person: User, settings: Settings, *, at: int | None = None
) -> dict[str, Any]:
    """The conversation, at its end or around a found message, and the card."""
    lead_id = lead.id or 0
    stretch = (
        await conversation.around(session, lead_id, place=at)
        if at
        else await conversation.newest(session, lead_id)
    )
    around = await state(session, lead, person, settings, items=stretch.items)
    unread_from = None if at else await _unread_from(session, lead, stretch)
    return {**around, **await composer(session, person, lead_id, around["tools"]),
            "stretch": stretch, "unread_from": unread_from, "sought": at,
            "told": around["card"].told}  # fmt: skip


async def composer(
    session: AsyncSession, person: User, lead_id: int, tools: Container[Tool]
) -> dict[str, Any]:
    """What its person left in it, and their quick actions, each with its key."""
    found = await composer_of(session, person, lead_id)
    quick = keyed(found.quick_actions) if has_quick_actions(person, tools) else []
    return {"draft": found.draft, "walking": found.walking, "quick": quick}


def has_quick_actions(person: User, tools: Container[Tool]) -> bool:
    return Tool.QUICK_ACTIONS in tools and may_drive(person)


async def state(
    session: AsyncSession,
    lead: Lead,
    person: User,
    settings: Settings,
    *,
    items: Sequence[Item] = (),
) -> dict[str, Any]:
    """Everything around the conversation: who leads, the process, contact, deal, notes."""
    shown = await card(session, lead)
    return {
        "card": shown,
        "lead": lead,
        "cast": await cast(session, lead, shown.desk, items),
        "may_drive": may_drive(person) and lead.erased_at is None,
        "tools": shown.desk.tools_of(person),
        "startable": shown.desk.processes,
        "console": _console(lead, person, settings),
        "pauses": _pauses(),
        "why": _why(shown),
        **_standing(shown),
        **BARE,
    }


def _standing(shown: Card) -> dict[str, Any]:
    """What the lead waits for, and what would come next."""
    lead, process = shown.lead, shown.process
    now_at = lead.state
    waits = onward = None
    if process is not None and now_at is not None and now_at.phase != "ended":
        if now_at.waiting is not None:
            waits = Waits(words.waits(process, now_at), now_at.waiting.until)
        following = after_wait(process, now_at)
        onward = step_title(process, following) if following else _("the end of the process")
    return {"waits": waits, "onward": onward, "stored": len(now_at.unread) if now_at else 0}


async def chooser(work: Work, lead: Lead, process: Process, *, now: datetime) -> Chooser:
    """What give back asks. Reads the lead with its lock's session."""
    now_at = lead.state
    heard = await lead.meanwhile(now=now)
    read = frozenset(one.seq for one in await lead.unanswered(now=now))
    texts = await _texts(work.session, [one.ref for one in heard if one.ref])
    following = next_step(process, now_at) if now_at else None
    return Chooser(
        next_title=step_title(process, following) if following else "",
        steps=[(key, step_title(process, key)) for key in process.steps],
        heard=[Written(one.seq, _heard(one, texts)) for one in heard],
        read=read,
    )


async def outlook(
    work: Work, lead: Lead, process: Process, *, at: str, read: Sequence[Heard], now: datetime
) -> Outlook:
    """What would leave at once, and where the lead would stand."""
    now_at = lead.state
    assert now_at is not None, "asked only of a lead that has a process"
    facts = await lead.facts(now_at, read)
    return given_back(process, now_at, facts, at=at, read=read, move=lead.move + 1, now=now)


async def outlook_of_another(
    work: Work, lead: Lead, key: str, *, now: datetime
) -> tuple[Process, Outlook] | None:
    number = await newest(work.session, key)
    if number is None:
        return None
    process = await definition_of(work.session, key, number)
    facts = await lead.facts(lead.state)
    return process, started(
        process, facts, run=lead.run + 1, version=number, move=lead.move + 1, now=now
    )


@fragment("row")
async def rows(
    session: AsyncSession, leads: Mapping[int, int], _reader: Reader
) -> dict[int, dict[str, Any]]:
    """A chat's row in every list that holds it, and what is new in it."""
    return {
        chat.lead.id: {
            "html": html("leads/_live_row", chat=chat),
            "news": news(chat.lead),
            "tasks": chat.lead.task_due_at is not None,
        }
        for chat in await chats(session, leads)
    }


@fragment("conversation", opened=True)
async def changes(
    session: AsyncSession, leads: Mapping[int, int], _reader: Reader
) -> dict[int, str]:
    """What changed in conversations that somebody has open."""
    drawn = {}
    for lead_id, since in leads.items():
        if context := await changed(session, lead_id, since=since):
            drawn[lead_id] = html("leads/_changes", **context)
    return drawn


async def changed(session: AsyncSession, lead_id: int, *, since: int) -> dict[str, Any] | None:
    """The items to put in; the whole newest page when there are too many."""
    found = await conversation.changes(session, lead_id, since=since)
    if found is None:
        return None
    around = await desk(session) if names(found.items) else NOBODY
    return {
        "lead": found.lead,
        "changed": () if found.whole else found.items,
        "whole": found.whole is not None,
        "stretch": found.whole or Stretch(items=()),
        "unread_from": None,
        "sought": None,
        "told": found.told,
        "cast": await cast(session, found.lead, around, found.items),
    }


async def _unread_from(session: AsyncSession, lead: Lead, stretch: Stretch) -> int | None:
    """The place of the first message that nobody has read: mostly this page holds it."""
    incoming = [
        one.position or 0
        for item in stretch.items
        if isinstance(item, Bubble)
        for one in item.messages
        if one.direction == "in"
    ]
    if not lead.unread or stretch.newer:
        return None
    if len(incoming) >= lead.unread:
        return sorted(incoming)[-lead.unread]
    return await conversation.unread_from(session, lead) if stretch.older else None


def _why(shown: Card) -> str:
    """Why a person leads: a designer's own words stand in the event."""
    lead = shown.lead
    if lead.mode != "manual" or not lead.mode_because:
        return ""
    return words.why_manual(lead.mode_because, (shown.handed_over or {}).get("reason"))


async def _texts(session: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    query = select(col(Message.id), col(Message.text), col(Message.kind)).where(
        col(Message.id).in_(ids)
    )
    return {row[0]: row[1] or words.media(row[2]) for row in await session.execute(query)}


def _heard(one: Heard, texts: Mapping[int, str]) -> str:
    said = texts.get(one.ref or 0) or str(one.particulars.get("text") or one.name or "")
    return said if len(said) <= SHOWN_OF_HEARD else said[: SHOWN_OF_HEARD - 1] + "…"


def _console(lead: Lead, person: User, settings: Settings) -> str:
    if person.role not in (Role.OPS, Role.ADMIN):
        return ""
    name = workflow_id(lead.id or 0)
    return f"{settings.console}/namespaces/{settings.temporal_namespace}/workflows/{name}"


def _pauses() -> list[tuple[str, str]]:
    return [
        ("15", _("for 15 minutes")),
        ("60", _("for 60 minutes")),
        ("morning", _("until tomorrow 9:00")),
    ]
