"""The chat list: which leads a person sees, newest first, page by page; and its counts."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Refused
from models.lead.dealing import LeadTag
from models.lead.lead import Lead
from models.queries.visibility import visible_leads
from models.stage import Tag
from models.user import User

PAGE = 50
MOST_COUNTED = 99


class Tab(StrEnum):
    ALL = "all"
    MINE = "mine"
    MANUAL = "manual"
    AUTO = "auto"
    UNREAD = "unread"


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One row of the list. `author` is the colleague who wrote last, if one did."""

    lead: Lead
    tags: Sequence[Tag]
    author: User | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """`after` is the cursor of the next page; None: this was the last."""

    chats: Sequence[Chat]
    after: str | None = None


async def page(
    session: AsyncSession,
    person: User,
    tab: Tab = Tab.ALL,
    *,
    after: str | None = None,
    size: int = PAGE,
) -> Page:
    """Newest action first. Raises Refused for a cursor that is none of ours."""
    query = _listed(person, tab).order_by(col(Lead.last_action_at).desc(), col(Lead.id).desc())
    if after is not None:
        query = query.where(tuple_(Lead.last_action_at, Lead.id) < _place(after))
    leads = list((await session.execute(query.limit(size + 1))).scalars())
    more = len(leads) > size
    leads = leads[:size]
    return Page(
        chats=await described(session, leads), after=_cursor(leads[-1]) if more and leads else None
    )


async def counts(session: AsyncSession, person: User) -> dict[Tab, int]:
    """How many each tab holds, counted no further than one past `MOST_COUNTED`."""
    found = [
        select(func.count())
        .select_from(
            _listed(person, tab).with_only_columns(col(Lead.id)).limit(MOST_COUNTED + 1).subquery()
        )
        .scalar_subquery()
        .label(tab.value)
        for tab in Tab
    ]
    row = (await session.execute(select(*found))).mappings().one()
    return {tab: row[tab.value] for tab in Tab}


async def chats(session: AsyncSession, ids: Iterable[int]) -> list[Chat]:
    """These leads' rows, for whoever was found to see them."""
    query = select(Lead).where(col(Lead.id).in_(list(ids)))
    return await described(session, list((await session.execute(query)).scalars()))


async def described(session: AsyncSession, leads: Sequence[Lead]) -> list[Chat]:
    """The leads with their tags and who wrote last, in two queries for all of them."""
    tags: dict[int, list[Tag]] = {}
    tagged = (
        select(col(LeadTag.lead_id), Tag)
        .join(Tag, col(Tag.id) == LeadTag.tag_id)
        .where(col(LeadTag.lead_id).in_([lead.id for lead in leads]))
        .order_by(Tag.name)
    )
    for lead_id, tag in await session.execute(tagged):
        tags.setdefault(lead_id, []).append(tag)
    authors = {number: number for lead in leads if (number := _person(lead.last_author))}
    people = {}
    if authors:
        query = select(User).where(col(User.id).in_(authors))
        people = {user.id: user for user in (await session.execute(query)).scalars()}
    return [
        Chat(
            lead=lead,
            tags=tags.get(lead.id or 0, ()),
            author=people.get(_person(lead.last_author) or 0),
        )
        for lead in leads
    ]


def belongs(lead: Lead, tab: Tab, person: User) -> bool:
    """Whether a lead that has just changed still stands in the tab."""
    match tab:
        case Tab.MINE:
            return lead.owner_id == person.id
        case Tab.MANUAL | Tab.AUTO:
            return lead.mode == tab.value
        case Tab.UNREAD:
            return lead.unread > 0
        case _:
            return True


def _listed(person: User, tab: Tab) -> Select[Lead]:
    conditions: dict[Tab, ColumnElement[bool]] = {
        Tab.MINE: col(Lead.owner_id) == person.id,
        Tab.MANUAL: col(Lead.mode) == "manual",
        Tab.AUTO: col(Lead.mode) == "auto",
        Tab.UNREAD: col(Lead.unread) > 0,
    }
    query = select(Lead).where(visible_leads(person), col(Lead.archived_at).is_(None))
    return query.where(conditions[tab]) if tab in conditions else query


def _person(actor: str | None) -> int | None:
    kind, _, number = (actor or "").partition(":")
    return int(number) if kind == "user" and number.isdigit() else None


def _cursor(lead: Lead) -> str:
    place = json.dumps([lead.last_action_at.isoformat(), lead.id])
    return base64.urlsafe_b64encode(place.encode()).decode()


def _place(cursor: str) -> tuple[datetime, int]:
    try:
        at, lead_id = json.loads(base64.urlsafe_b64decode(cursor))
        return datetime.fromisoformat(at), int(lead_id)
    except (ValueError, TypeError) as error:
        raise Refused("This page of the list does not exist") from error
