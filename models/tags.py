"""Tags kept: an administrator's work. See docs/decisions/a-tag-keeps-its-names.md."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from models.database import Work
from models.errors import Missing, Outrun, Refused
from models.lead.dealing import LeadTag
from models.pipelines import AT_ONCE
from models.process.version import VOCABULARY
from models.queries.view import View
from models.queries.vocabulary import who_name_tag
from models.quick_action import Parts, QuickAction
from models.saved_filter import SavedFilter
from models.stage import FormerName, Tag
from models.user import HUES, User

LONGEST_NAME = 60


async def add(work: Work, *, name: str, hue: int) -> Tag:
    """Raises Refused for a name that is taken, or means another tag."""
    await work.execute(VOCABULARY)
    made = Tag(name=await _free(work, name), hue=_hue(hue))
    work.add(made)
    return made


async def change(work: Work, number: int, *, name: str, hue: int, seen: str) -> Tag:
    """Who calls it by its former name still means it. Raises Missing, Refused, Outrun when it is
    not as it was `seen`."""
    tag = await locked(work, number)
    if (name, hue) != (tag.name, tag.hue) and tag.stamp != seen:
        raise Outrun("A colleague has just changed it. Look again and save once more")
    before, after = tag.name, await _free(work, name, tag)
    if before != after:
        await work.execute(delete(FormerName).where(col(FormerName.name) == after))
        work.add(FormerName(name=before, tag_id=tag.id))
    tag.name, tag.hue = after, _hue(hue)
    return tag


async def retire(work: Work, number: int, *, now: datetime) -> Tag:
    """Leads that have it keep it, nobody else gets it. Raises Missing, Refused."""
    tag = await locked(work, number)
    if await who_name_tag(work.session, tag):
        raise Refused("Processes or quick actions name it: change them first")
    tag.retired_at = tag.retired_at or now
    return tag


async def bring_back(work: Work, number: int) -> Tag:
    tag = await locked(work, number)
    if await work.session.get(FormerName, tag.name):
        raise Refused("It is becoming part of another tag")
    tag.retired_at = None
    return tag


async def merge(work: Work, number: int, *, into: int, now: datetime) -> None:
    """From now on its name means the other; the leads that have it follow by `merge_some`. Quick
    actions and kept filters are rewritten. Raises Missing, Refused."""
    tag, whole = await locked(work, number), await locked(work, into)
    if tag.id == whole.id or whole.retired_at:
        raise Refused("Choose another tag")
    meant = await work.session.get(FormerName, tag.name)
    if meant is not None and meant.tag_id != whole.id:
        raise Refused("It is becoming part of another tag")
    if meant is None:
        mine = update(FormerName).where(col(FormerName.tag_id) == tag.id)
        await work.execute(mine.values(tag_id=whole.id))
        work.add(FormerName(name=tag.name, tag_id=whole.id))
    tag.retired_at = tag.retired_at or now
    await _rewrite(work, tag.id, whole.id)


async def merge_some(work: Work, number: int, *, by: User, now: datetime) -> int:
    """The leads of a tag that is part of another get that one, each with its lines. Returns how
    many did; once none is left the tag is gone. Raises Missing."""
    tag = await locked(work, number)
    meant = await work.session.get(FormerName, tag.name)
    if meant is None:
        raise Missing("There is no such tag")
    whole = await locked(work, meant.tag_id)
    query = select(LeadTag.lead_id).where(LeadTag.tag_id == tag.id).limit(AT_ONCE)
    ids = sorted((await work.execute(query)).scalars())
    for lead_id in ids:
        lead = await work.locked_lead(lead_id)
        await lead.retag(tag, whole, by=by.actor, at=now)
    if len(ids) < AT_ONCE:
        await work.flush()
        await work.session.delete(tag)
    return len(ids)


async def locked(work: Work, number: int) -> Tag:
    """With the vocabulary locked. Raises Missing."""
    await work.flush()
    await work.execute(VOCABULARY)
    tag: Tag | None = await work.session.get(Tag, number, populate_existing=True)
    if tag is None:
        raise Missing("There is no such tag")
    return tag


async def _free(work: Work, name: str, tag: Tag | None = None) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused("A name has from 1 to %(most)s characters", most=LONGEST_NAME)
    mine = tag.id if tag else None
    same = select(Tag.id).where(func.lower(Tag.name) == name.lower(), Tag.id != mine)
    if (await work.execute(same)).first():
        raise Refused("There is such a tag already")
    other = await work.session.get(FormerName, name)
    if other is not None and other.tag_id != mine:
        now_called = (await work.session.get_one(Tag, other.tag_id)).name
        raise Refused("So the tag “%(tag)s” was called, and is still meant", tag=now_called)
    return name


async def _rewrite(work: Work, before: int, after: int) -> None:
    """What holds a tag by its number."""
    for action in (await work.execute(select(QuickAction))).scalars():
        parts = action.changes
        names = {one: _with(getattr(parts, one), before, after) for one in ("tag", "untag")}
        if before in (*parts.tag, *parts.untag):
            changed = Parts.model_validate(parts.model_dump() | names)
            action.parts = changed.model_dump(mode="json", exclude_defaults=True)
    for kept in (await work.execute(select(SavedFilter))).scalars():
        view = View.of(kept.query)
        names = {
            one: _with(getattr(view, one), before, after) for one in ("tag", "tag_all", "tag_none")
        }
        if before in (*view.tag, *view.tag_all, *view.tag_none):
            kept.query = view.but(**names).query


def _with(ids: Iterable[int], before: int, after: int) -> list[int]:
    return list(dict.fromkeys(after if one == before else one for one in ids))


def _hue(hue: int) -> int:
    return hue if 1 <= hue <= HUES else 1
