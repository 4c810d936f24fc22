"""What concerns a person: chats with something new for them, and what happened in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Refused
from models.lead.lead import Lead
from models.message import Message
from models.note import Note
from models.notice import Notice
from models.queries.inbox import NEWEST, OF_LEAD, Chat, Listed, chats_of
from models.queries.people import TALKING
from models.queries.visibility import visible_leads
from models.timeline import OF_NOTES, Action, Event
from models.user import User

MOST = 99  # chats that are counted
PAGE = 20  # chats of the bell at once
LOOK_BACK = 200  # events of a lead among which its notices are looked for
MOST_OF_A_CHAT = 20  # events
TOLD = (
    Action.CLIENT_WROTE,
    Action.HANDED_OVER,
    Action.MESSAGE_FAILED,
    Action.MESSAGE_UNKNOWN,
    Action.CHANGE_FAILED,
    Action.CLIENT_BLOCKED,
)
CALLING = (Action.NOTE_WRITTEN, Action.NOTE_EDITED)  # to whom their particulars name
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_of_note = col(Event.kind).in_([kind.value for kind in OF_NOTES])


@dataclass(frozen=True)
class Noticed:
    """Something that happened; with the words of the message or the note that it speaks of, and
    the message's kind."""

    event: Event
    text: str
    kind: str


@dataclass(frozen=True)
class Told:
    """A chat and what happened in it, the newest first. `new`: nobody has opened it since."""

    chat: Chat
    noticed: Sequence[Noticed]
    new: bool


@dataclass(frozen=True)
class Page:
    """`after` is the cursor of the next page; None: this was the last."""

    told: Sequence[Told]
    after: str | None = None


async def news(session: AsyncSession, person: User) -> list[Listed]:
    """The leads with something new that the person has not seen, up to one more than `MOST`."""
    # written out: the planner knows how rare it is
    by_name = (col(Lead.notice) == Notice.TASK_DUE) & literal_column(
        "lead.reminded <> '{}'", Boolean
    )
    anything = or_(col(Lead.unread) > 0, and_(col(Lead.notice).is_not(None), ~by_name))
    since = _since(person)
    query = _first(person, (anything, since), (since,), size=MOST + 1).with_only_columns(*OF_LEAD)
    return [Listed._make(row) for row in await session.execute(query)]


async def page(
    session: AsyncSession, person: User, *, after: str | None = None, size: int = PAGE
) -> Page:
    """What happened in the person's chats, those where something happened last first.

    Raises Refused for a cursor that is none of ours.
    """
    happened = exists().where(
        col(Event.lead_id) == Lead.id, col(Event.seq) > Lead.seq - LOOK_BACK, *_told_to(person)
    )
    among: tuple[ColumnElement[bool], ...] = (happened,)
    if after is not None:
        columns = (col(Lead.last_action_at), col(Lead.id))
        among = (*among, tuple_(*columns) < tuple_(*_place(after)))
    found = await chats_of(session, _first(person, among, among, size=size + 1))
    more, chats = len(found) > size, found[:size]
    noticed = await _noticed(session, person, [chat.lead.id for chat in chats])
    seen = person.notices_seen_at or EPOCH
    told = [
        Told(
            chat,
            noticed.get(chat.lead.id, ()),
            _is_news(chat.lead, person) and chat.lead.last_action_at > seen,
        )
        for chat in chats
    ]
    return Page(told, _cursor(chats[-1]) if more else None)


def microseconds(at: datetime) -> int:
    """Since 1970: exact, in JSON too."""
    return (at - EPOCH) // MICROSECOND


def moment(microseconds: int) -> datetime:
    """Raises Refused for one that no calendar has."""
    try:
        return EPOCH + microseconds * MICROSECOND
    except OverflowError as error:
        raise Refused("There is no such moment") from error


def _first(
    person: User,
    among: Iterable[ColumnElement[bool]],
    of_calls: Iterable[ColumnElement[bool]],
    *,
    size: int,
) -> Select[Lead]:
    """A person's own chats, and those where they are mentioned or reminded; for who talks also
    those that nobody has and a person is to lead. Each part is read by its own index.

    Where the robot leads a chat of nobody, nobody is called: ten thousand of them would ring all
    day.
    """
    mine: tuple[ColumnElement[bool], ...] = (col(Lead.owner_id) == person.id,)
    # written out, as the number of rows below is: without them a prepared plan is a poor one
    nobodys = (col(Lead.owner_id).is_(None), literal_column("lead.mode = 'manual'", Boolean))
    common = (visible_leads(person), col(Lead.ignored_at).is_(None))
    most = bindparam("most", size, type_=BigInteger, literal_execute=True)
    ways = [(*mine, *among)]
    ways += [(*called, *of_calls) for called in (_mentioned(person), _reminded(person))]
    if person.role in TALKING:
        ways.append((*nobodys, *among))
    parts = [
        select(col(Lead.id)).where(*way, *common).order_by(*NEWEST).limit(most).subquery()
        for way in ways
    ]
    either = union_all(*(select(part.c.id) for part in parts))
    return select(Lead).where(col(Lead.id).in_(either)).order_by(*NEWEST).limit(most)


def _since(person: User) -> ColumnElement[bool]:
    seen = person.notices_seen_at
    return col(Lead.last_action_at) > seen if seen else true()


def is_for_all(lead: Listed) -> bool:
    """Whether its notice is for everybody whom the lead concerns: a task that is due calls those
    who are to do it, if there is anybody."""
    return lead.notice is not None and not (lead.notice == Notice.TASK_DUE and lead.reminded)


def _is_news(lead: Listed, person: User) -> bool:
    """Of a chat that `_first` has found."""
    concerns = lead.owner_id == person.id or (lead.owner_id is None and lead.mode == "manual")
    called = person.id in (*lead.mentioned, *lead.reminded)
    return bool(concerns and (lead.unread or is_for_all(lead))) or called


def _mentioned(person: User) -> tuple[ColumnElement[bool], ...]:
    # written out: the index holds only these
    some = literal_column("lead.mentioned <> '{}'", Boolean)
    return (some, col(Lead.mentioned).contains([person.id]))


def _reminded(person: User) -> tuple[ColumnElement[bool], ...]:
    some = literal_column("lead.reminded <> '{}'", Boolean)
    return (some, col(Lead.reminded).contains([person.id]))


def _told_to(person: User) -> tuple[ColumnElement[bool], ...]:
    """Of a lead's events those that are a notice for the person; nobody is told of their own, and
    who is only called by name of nothing else."""
    given = col(Event.particulars)["after"].astext == str(person.id)
    theirs = and_(col(Event.kind) == Action.OWNER_CHANGED, given)
    called = and_(
        col(Event.kind).in_([kind.value for kind in CALLING]),
        col(Event.particulars).contains({"mentions": [person.id]}),
    )
    whose = col(Event.particulars)["assignee"].astext
    due = and_(col(Event.kind) == Action.TASK_DUE, or_(whose == str(person.id), whose.is_(None)))
    concerns = or_(Lead.owner_id == person.id, col(Lead.owner_id).is_(None))
    return (
        or_(
            and_(concerns, col(Event.kind).in_([kind.value for kind in TOLD])), theirs, called, due
        ),
        col(Event.actor) != person.actor,
    )


async def _noticed(
    session: AsyncSession, person: User, ids: Sequence[int]
) -> dict[int, Sequence[Noticed]]:
    newest = (
        select(Event)
        .where(
            col(Event.lead_id) == Lead.id, col(Event.seq) > Lead.seq - LOOK_BACK, *_told_to(person)
        )
        .order_by(col(Event.seq).desc())
        .limit(MOST_OF_A_CHAT)
        .correlate(Lead)
        .lateral()
    )
    query = (
        select(Event, func.coalesce(col(Message.text), col(Note.text)), col(Message.kind))
        .select_from(Lead)
        .join(newest, true())
        .join(Event, and_(col(Event.lead_id) == newest.c.lead_id, Event.seq == newest.c.seq))
        .outerjoin(Message, and_(col(Message.id) == Event.ref, ~_of_note))
        .outerjoin(Note, and_(col(Note.id) == Event.ref, _of_note, col(Note.deleted_at).is_(None)))
        .where(col(Lead.id) == any_(bindparam("ids", type_=ARRAY(BigInteger))))
        .order_by(col(Event.lead_id), col(Event.seq).desc())
    )
    rows = [Noticed(event, text or "", kind or "text")
            for event, text, kind in await session.execute(query, {"ids": list(ids)})]  # fmt: skip
    return {lead: list(each) for lead, each in groupby(rows, lambda one: one.event.lead_id)}


def _cursor(chat: Chat) -> str:
    return f"{microseconds(chat.lead.last_action_at)}.{chat.lead.id}"


def _place(cursor: str) -> tuple[datetime, int]:
    at, _, lead_id = cursor.partition(".")
    try:
        return moment(int(at)), int(lead_id)
    except ValueError as error:
        raise Refused("This page of the list does not exist") from error
