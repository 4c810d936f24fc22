"""The one search box: people by name, @user and Telegram ID; tags; messages by their words.

Both stop early: a name that half the leads have is not worth sorting a million rows for, and of
messages the newest partitions are asked first.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    any_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.message import Message
from models.queries.inbox import LISTED, Chat, page
from models.queries.view import Archive, View
from models.queries.visibility import visible_leads
from models.stage import Tag
from models.user import User

MOST_LEADS, MOST_HITS = 30, 50
MOST_TAGS, MOST_TAGGED = 5, 10
LOOKED_AT = 1000  # matching leads that are sorted; more of them do not name anybody
PARTITION = 500_000  # message ids in one partition, as the first migration cut them
LONGEST = 100
INDEXED = 3  # letters from which a trigram can be found anywhere in a word
SHOWN_BEFORE, SHOWN = 40, 160  # characters of a message around the first match
# Kept by a trigger beside the messages, in partitions.
WORDS = table("message_search", column("message_id"), column("lead_id"), column("tsv"))


def _matches(*, written_out: bool) -> tuple[ColumnElement[bool], ...]:
    """Of a rare word a plan that does not know from where to where asks two indexes, and the one of
    ids is read from end to end. Of a common one it walks from the newest, as it should."""
    first, end = (
        bindparam(name, type_=BigInteger, literal_execute=written_out) for name in ("first", "end")
    )
    return (
        WORDS.c.message_id >= first,
        WORDS.c.message_id < end,
        WORDS.c.tsv.op("@@")(func.to_tsquery("simple", bindparam("asked"))),
    )


RARE = func.array(select(WORDS.c.message_id).where(*_matches(written_out=True)).scalar_subquery())
COMMON = (WORDS.c.message_id == Message.id, *_matches(written_out=False))
SAMPLE, MANY = 5000, 50  # of so many newest messages so many have it: it is a common word
SAMPLED = select(func.count()).select_from(
    select(WORDS.c.message_id)
    .where(*_matches(written_out=False))
    .limit(bindparam("enough"))
    .subquery()
)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A message that was found, with its chat."""

    chat: Chat
    message: Message
    excerpt: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """`tagged` are the newest chats with one of `tags`; every list of it stops early."""

    words: Sequence[str]
    chats: Sequence[Chat] = ()
    tags: Sequence[Tag] = ()
    tagged: Sequence[Chat] = ()
    hits: Sequence[Hit] = ()


async def search(session: AsyncSession, person: User, asked: str) -> Found:
    """What the person may see of what was asked; nothing for nothing."""
    asked = " ".join(asked.split())[:LONGEST].lower()
    words = re.findall(r"\w+", asked)
    if not words:
        return Found(words=())
    chats = await people(session, person, asked)
    if asked.startswith("@"):
        return Found(words=words, chats=chats)
    tags = await _tags(session, asked)
    return Found(
        words=words, chats=chats, tags=tags, tagged=await _tagged(session, person, tags),
        hits=await _hits(session, person, words),
    )  # fmt: skip


async def _tags(session: AsyncSession, asked: str) -> list[Tag]:
    named = func.lower(Tag.name).contains(asked.removeprefix("#"), autoescape=True)
    query = select(Tag).where(named).order_by(Tag.name).limit(MOST_TAGS)
    return list((await session.execute(query)).scalars())


async def _tagged(session: AsyncSession, person: User, tags: Sequence[Tag]) -> list[Chat]:
    """Those that were looked for stand first among a chat's tags."""
    if not tags:
        return []
    view = View(tag=[tag.id for tag in tags], archive=Archive.ANY)
    found = await page(session, person, view, size=MOST_TAGGED)
    names = {tag.name for tag in tags}
    return [
        chat._replace(tags=tuple(sorted(chat.tags, key=lambda tag: tag.name not in names)))
        for chat in found.chats
    ]


async def people(
    session: AsyncSession, person: User, asked: str, *, most: int = MOST_LEADS
) -> list[Chat]:
    """Chats whose name, @user or Telegram ID has it, the newest first."""
    searched = col(Lead.search_text)
    if len(asked) < INDEXED:
        begins = [searched.startswith(each, autoescape=True) for each in (asked,)]
        inside = [searched.contains(f" {mark}{asked}", autoescape=True) for mark in ("", "@")]
        matches = or_(*begins, *inside)
    else:
        matches = searched.contains(asked, autoescape=True)
    # The planner would rather walk the newest leads one by one: fenced, it asks the index.
    capped = (
        select(col(Lead.id), col(Lead.last_action_at))
        .where(matches, visible_leads(person))
        .limit(LOOKED_AT)
        .cte("capped")
        .prefix_with("materialized", dialect="postgresql")
    )
    newest = (
        select(capped.c.id).order_by(capped.c.last_action_at.desc(), capped.c.id.desc()).limit(most)
    )
    query = (
        select(*LISTED)
        .where(col(Lead.id).in_(newest))
        .order_by(col(Lead.last_action_at).desc(), col(Lead.id).desc())
    )
    async with _planned_anew(session):
        return [Chat.of(row) for row in await session.execute(query)]


@asynccontextmanager
async def _planned_anew(session: AsyncSession) -> AsyncIterator[None]:
    """Of what everybody's name or number has, a thousand stand at the beginning of the table; what
    few have is looked for in the index. A prepared plan knows the one way only."""
    await session.execute(text("set plan_cache_mode = force_custom_plan"))
    try:
        yield
    finally:
        await session.execute(text("reset plan_cache_mode"))


async def _hits(session: AsyncSession, person: User, words: Sequence[str]) -> list[Hit]:
    newest = (await session.execute(select(func.max(Message.id)))).scalar() or 0
    asked = " & ".join(f"{word}:*" for word in words)
    values = {"asked": asked, "first": newest - SAMPLE, "end": newest + 1, "enough": MANY}
    common = (await session.execute(SAMPLED, values)).scalar_one() >= MANY
    # The planner holds every beginning of a word for common, and would walk all messages for one
    # that is not: an array of ids it asks the index for.
    matching = COMMON if common else (col(Message.id) == any_(RARE),)
    query = (
        select(Message, *LISTED)
        .join(Lead, col(Lead.id) == Message.lead_id)
        .where(*matching, visible_leads(person))
        .order_by((WORDS.c.message_id if common else col(Message.id)).desc())
        .limit(bindparam("most"))
    )
    found: list[tuple[Message, Chat]] = []
    for number in range(newest // PARTITION, -1, -1):
        values = {
            "first": number * PARTITION, "end": (number + 1) * PARTITION,
            "asked": asked, "most": MOST_HITS - len(found),
        }  # fmt: skip
        rows = await session.execute(query, values)
        found += [(message, Chat.of(chat)) for message, *chat in rows]
        if len(found) >= MOST_HITS:
            break
    return [
        Hit(chat=chat, message=message, excerpt=excerpt(message.text, words))
        for message, chat in found
    ]


def excerpt(words_said: str, words: Sequence[str]) -> str:
    """As much of a message as one line shows, around the first word that was looked for."""
    said = " ".join(words_said.split())
    found = re.search("|".join(map(re.escape, words)), said, re.IGNORECASE)
    start = max(0, found.start() - SHOWN_BEFORE) if found else 0
    if start:
        start = said.rfind(" ", 0, start) + 1 or start
    return ("…" if start else "") + said[start : start + SHOWN]
