"""The words of deals as their pages show them: how many leads have each, and who names it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.lead.dealing import LeadTag
from models.lead.lead import Lead
from models.process.language import Process
from models.process.naming import named_by
from models.process.version import Version, definition_of
from models.quick_action import QuickAction
from models.stage import FormerName, Stage, Tag

MOST_COUNTED = 1000  # leads of one word
PAGE = 100  # tags


class Naming(NamedTuple):
    """Who names a stage or a tag: a process with its version, or a quick action."""

    kind: str
    title: Mapping[str, str]
    version: int | None = None
    path: str = ""


class KnownTag(NamedTuple):
    """`leads` that have it, counted no further than one past `MOST_COUNTED`; `part_of` the tag
    that it becomes part of."""

    tag: Tag
    leads: int
    formerly: Sequence[str]
    part_of: str | None


async def leads_on(session: AsyncSession) -> dict[str, int]:
    """By stage, counted no further than one past `MOST_COUNTED`."""
    some = select(Lead.id).where(Lead.stage_key == Stage.key).limit(MOST_COUNTED + 1)
    many = select(func.count()).select_from(some.correlate(Stage).subquery()).scalar_subquery()
    return dict((await session.execute(select(Stage.key, many))).all())


async def still_on(session: AsyncSession, stages: Iterable[str]) -> int:
    query = select(func.count()).where(col(Lead.stage_key).in_(list(stages)))
    return (await session.execute(query)).scalar_one()


async def known_tags(
    session: AsyncSession, *, like: str = "", after: str = "", size: int = PAGE + 1
) -> list[KnownTag]:
    """By name, those that are left before the retired ones only where both are named alike."""
    some = select(LeadTag.lead_id).where(LeadTag.tag_id == Tag.id).limit(MOST_COUNTED + 1)
    many = select(func.count()).select_from(some.correlate(Tag).subquery()).scalar_subquery()
    names = (
        select(func.array_agg(FormerName.name)).where(FormerName.tag_id == Tag.id).scalar_subquery()
    )
    whole = aliased(Tag)
    part_of = (
        select(whole.name)
        .join(FormerName, col(FormerName.tag_id) == whole.id)
        .where(FormerName.name == Tag.name)
        .scalar_subquery()
    )
    query = select(Tag, many, names, part_of).where(col(Tag.name) > after)
    if like:
        had = select(FormerName.name).where(
            FormerName.tag_id == Tag.id, col(FormerName.name).icontains(like, autoescape=True)
        )
        query = query.where(or_(col(Tag.name).icontains(like, autoescape=True), had.exists()))
    rows = await session.execute(query.order_by(col(Tag.name)).limit(size))
    return [KnownTag(tag, leads, formerly or (), whole) for tag, leads, formerly, whole in rows]


async def who_name_stages(session: AsyncSession, keys: Iterable[str]) -> list[Naming]:
    wanted = frozenset(keys)
    asked = col(QuickAction.parts)["stage"].astext.in_(list(wanted))
    return [
        *(_of(one, number) for one, number in await in_use(session)
          if named_by(one).stages & wanted),
        *await _quick_actions(session, asked),
    ]  # fmt: skip


async def who_name_tag(session: AsyncSession, tag: Tag) -> list[Naming]:
    had = select(FormerName.name).where(FormerName.tag_id == tag.id)
    wanted = {tag.name, *(await session.execute(had)).scalars()}
    parts = col(QuickAction.parts)
    asked = or_(parts["tag"].contains([tag.id]), parts["untag"].contains([tag.id]))
    return [
        *(_of(one, number) for one, number in await in_use(session) if named_by(one).tags & wanted),
        *await _quick_actions(session, asked),
    ]


async def in_use(session: AsyncSession) -> list[tuple[Process, int]]:
    """The newest version of each process, and the earlier ones that a lead is on."""
    later = aliased(Version)
    newer = select(later.id).where(later.key == Version.key, later.number > Version.number)
    on_it = select(Lead.id).where(
        Lead.process_key == Version.key, Lead.version == Version.number, col(Lead.step).is_not(None)
    )
    query = select(Version.key, Version.number).where(~newer.exists() | on_it.exists())
    found = (await session.execute(query.order_by(Version.key, Version.number))).all()
    return [(await definition_of(session, key, number), number) for key, number in found]


def _of(process: Process, number: int) -> Naming:
    path = f"/processes/{process.process}?version={number}"
    return Naming("process", process.title, number, path)


async def _quick_actions(session: AsyncSession, asked: ColumnElement[bool]) -> list[Naming]:
    query = select(QuickAction.name).where(asked, col(QuickAction.deleted_at).is_(None))
    found = (await session.execute(query.order_by(QuickAction.name))).scalars()
    return [Naming("quick_action", {"": name}, path="/quick-actions") for name in found]
