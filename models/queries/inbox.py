"""The chat list: which leads a person sees in a view, page by page; and how many."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    UnaryExpression,
    bindparam,
    cast,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Refused
from models.lead.dealing import LeadTag
from models.lead.lead import Lead
from models.lead.row import called
from models.pin import MOST_PINS, Pin
from models.queries.view import Sort, View, conditions
from models.queries.visibility import visible_leads, ways_to_see
from models.stage import Tag
from models.user import Role, User

PAGE = 50
MOST_COUNTED = 99
MOST_CHOSEN = 500  # leads of a view that are taken at once

Order = tuple[UnaryExpression[Any], UnaryExpression[Any]]
NEWEST: Order = (col(Lead.last_action_at).desc(), col(Lead.id).desc())
NEWEST_TAGGED: Order = (col(LeadTag.last_action_at).desc(), col(LeadTag.lead_id).desc())
LONGEST: Order = (col(Lead.waiting_since).asc(), col(Lead.id).asc())
Place = tuple[bool, datetime, int]  # among those who wait; since when, or the last action; the id


class Listed(NamedTuple):
    """As much of a lead as its row shows."""

    id: int
    chat_id: int
    business_connection: str | None
    telegram_id: int | None
    first_name: str
    last_name: str
    username: str | None
    country: str | None
    seq: int
    mode: str
    manual_until: datetime | None
    process_key: str | None
    owner_id: int | None
    unread: int
    notice: str | None
    mentioned: tuple[int, ...]
    reminded: tuple[int, ...]
    task_due_at: datetime | None
    archived_at: datetime | None
    ignored_at: datetime | None
    waiting_since: datetime | None
    last_action_at: datetime
    last_text: str
    last_kind: str
    last_author: str | None
    last_state: str | None

    @property
    def name(self) -> str:
        return called(self.first_name, self.last_name, self.username, self.chat_id)


class Tagged(NamedTuple):
    name: str
    hue: int


class Author(NamedTuple):
    actor: str
    name: str


class Chat(NamedTuple):
    """One row of the list: plain values, so that two that are equal look the same.

    `author` is the colleague who wrote last, if one did.
    """

    lead: Listed
    tags: tuple[Tagged, ...] = ()
    author: Author | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """A row of `LISTED`."""
        *lead, tags, author = row
        listed = Listed._make(lead)
        return cls(
            listed,
            tuple(Tagged(*tag) for tag in tags or ()),
            Author(listed.last_author or "", author) if author else None,
        )


_tags = (
    select(func.jsonb_agg(aggregate_order_by(func.jsonb_build_array(Tag.name, Tag.hue), Tag.name)))
    .join(LeadTag, col(LeadTag.tag_id) == Tag.id)
    .where(col(LeadTag.lead_id) == Lead.id)
    .correlate(Lead)
    .scalar_subquery()
)
_author = (
    select(col(User.name))
    .where(User.id == cast(func.substring(Lead.last_author, r"^user:(\d+)$"), BigInteger))
    .correlate(Lead)
    .scalar_subquery()
)
OF_LEAD: list[Any] = [getattr(Lead, name) for name in Listed._fields]
# What a chat is made of.
LISTED: list[Any] = [*OF_LEAD, _tags, _author]


@dataclass(frozen=True, kw_only=True)
class Page:
    """`after` is the cursor of the next page; None: this was the last."""

    chats: Sequence[Chat]
    after: str | None = None


async def page(
    session: AsyncSession,
    person: User,
    view: View | None = None,
    *,
    after: str | None = None,
    size: int = PAGE,
    now: datetime | None = None,
    also: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Newest action first, or who waits longest first and then the others; `also` must be true.

    Raises Refused for a cursor that is none of ours.
    """
    view, place = view or View(), _place(after) if after is not None else None
    found: list[Chat] = []
    tag, rest_of_view = view.leading_tag
    among = (*conditions(rest_of_view, person, now=now or datetime.now(UTC)), *also)
    if view.sort == Sort.WAITING:
        since = col(Lead.waiting_since)
        if place is None or place[0]:
            later = () if place is None else (tuple_(since, Lead.id) > place[1:],)
            waiting = (*among, since.is_not(None), *later)
            found = await chats_of(session, first(person, waiting, LONGEST, size=size + 1, tag=tag))
            place = None
        among = (*among, since.is_(None))
    if len(found) <= size:
        order = NEWEST if tag is None else NEWEST_TAGGED
        if place is not None:
            among = (*among, tuple_(*(column.element for column in order)) < place[1:])
        rest = size + 1 - len(found)
        found += await chats_of(session, first(person, among, order, size=rest, tag=tag))
    more, found = len(found) > size, found[:size]
    return Page(chats=found, after=_cursor(found[-1].lead, view.sort) if more and found else None)


async def counts(
    session: AsyncSession,
    person: User,
    views: Mapping[str, View],
    *,
    now: datetime | None = None,
) -> dict[str, int]:
    """How many each view holds, counted no further than one past `MOST_COUNTED`."""
    if any(view.moving for view in views.values()):
        query = _counting(person, views.values(), now=now)
    else:
        sees = (person.id, person.role, person.team_id, person.line, person.time_zone)
        query = _counting_alike(*sees, tuple(view.query for view in views.values()))
    row = (await session.execute(query)).one()
    return dict(zip(views, row, strict=True))


async def chosen(session: AsyncSession, person: User, view: View) -> list[int]:
    """All leads of a view, newest first, up to `MOST_CHOSEN`."""
    found = await page(session, person, view, size=MOST_CHOSEN)
    return [chat.lead.id for chat in found.chats]


async def belonging(
    session: AsyncSession, person: User, view: View, ids: Sequence[int]
) -> tuple[list[Chat], list[Chat]]:
    """Of these leads those that stand in the view, and those that do not."""
    query = listed(person, view).with_only_columns(col(Lead.id)).where(col(Lead.id).in_(ids))
    inside = set((await session.execute(query)).scalars())
    seen = select(Lead).where(col(Lead.id).in_(ids), visible_leads(person))
    found = await chats_of(session, seen)
    within = [chat for chat in found if chat.lead.id in inside]
    return within, [chat for chat in found if chat.lead.id not in inside]


async def next_to_answer(
    session: AsyncSession, person: User, *, but: int | None = None
) -> int | None:
    """Who waits longest for a person: of one's own leads first, then of the unassigned ones."""
    waiting = listed(person, View()).where(
        col(Lead.waiting_since).is_not(None), col(Lead.mode) == "manual", col(Lead.id) != (but or 0)
    )
    for whose in (col(Lead.owner_id) == person.id, col(Lead.owner_id).is_(None)):
        for chat in await chats_of(session, waiting.where(whose).order_by(*LONGEST).limit(1)):
            return chat.lead.id
    return None


async def pins(session: AsyncSession, person: User) -> list[int]:
    query = select(Pin.lead_id).where(col(Pin.user_id) == person.id).order_by(Pin.lead_id)
    return list((await session.execute(query.limit(MOST_PINS))).scalars())


async def chats(session: AsyncSession, ids: Iterable[int]) -> list[Chat]:
    """These leads' rows, for whoever was found to see them."""
    return await chats_of(session, select(Lead).where(col(Lead.id).in_(list(ids))))


def first(
    person: User,
    among: Iterable[ColumnElement[bool]],
    order: Order,
    *,
    size: int,
    tag: int | None = None,
) -> Select[Lead]:
    """The first of the leads that the person sees, have the tag, and all of `among` is true of."""
    ways, among = ways_to_see(person), tuple(among)
    if tag is not None:
        among = (*among, col(LeadTag.lead_id) == Lead.id, col(LeadTag.tag_id) == tag)
    # written out: a prepared plan that does not know the number takes a tenth of all leads for it
    most = bindparam("most", size, type_=BigInteger, literal_execute=True)
    parts = [select(Lead).where(way, *among).order_by(*order).limit(most) for way in ways]
    if len(parts) == 1:
        return parts[0]
    found = [part.with_only_columns(col(Lead.id)).subquery() for part in parts]
    either = union_all(*(select(part.c.id) for part in found))
    last = LONGEST if order is LONGEST else NEWEST
    return select(Lead).where(col(Lead.id).in_(either)).order_by(*last).limit(most)


def _counting(person: User, views: Iterable[View], *, now: datetime | None = None) -> Select[Any]:
    first = [
        listed(person, view, now=now)
        .with_only_columns(col(Lead.id))
        .limit(MOST_COUNTED + 1)
        .subquery()
        for view in views
    ]
    return select(*(select(func.count()).select_from(each).scalar_subquery() for each in first))


# Every page counts the same views: putting the question took longer than answering it.
@lru_cache(maxsize=256)
def _counting_alike(
    person_id: int, role: Role, team_id: int | None, line: int | None, zone: str,
    queries: tuple[str, ...],
) -> Select[Any]:  # fmt: skip
    person = User(
        id=person_id, login="", name="", role=role, team_id=team_id, line=line, time_zone=zone
    )
    return _counting(person, map(View.of, queries))


def listed(person: User, view: View, *, now: datetime | None = None) -> Select[Lead]:
    """All of the view, in no order."""
    among = conditions(view, person, now=now or datetime.now(UTC))
    return select(Lead).where(visible_leads(person), *among)


async def chats_of(session: AsyncSession, query: Select[Lead]) -> list[Chat]:
    """The rows of the leads that a query finds, as it orders them."""
    rows = await session.execute(query.with_only_columns(*LISTED))
    return [Chat.of(row) for row in rows]


def _cursor(lead: Listed, sort: Sort) -> str:
    waiting = sort == Sort.WAITING and lead.waiting_since is not None
    at = (lead.waiting_since if waiting else None) or lead.last_action_at
    place = json.dumps([waiting, at.isoformat(), lead.id])
    return base64.urlsafe_b64encode(place.encode()).decode()


def _place(cursor: str) -> Place:
    try:
        waiting, at, lead_id = json.loads(base64.urlsafe_b64decode(cursor))
        return bool(waiting), datetime.fromisoformat(at), int(lead_id)
    except (ValueError, TypeError) as error:
        raise Refused("This page of the list does not exist") from error
