"""What the chat list is made of: its rows, its tabs with their counts, what it is filtered by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import ledger, words
from api.cast import step_title
from api.language import country, money, ngettext, number, plain_date, reader
from api.language import gettext as _
from models.process.version import definition_of, newest
from models.queries.card import stages
from models.queries.choices import choices, tags
from models.queries.desk import Desk
from models.queries.inbox import MOST_COUNTED, PAGE, counts, page, pins
from models.queries.people import TALKING
from models.queries.search import search
from models.queries.view import NOBODY, Archive, Money, Tab, View
from models.saved_filter import SavedFilter
from models.spot import Spot
from models.stage import Pipeline, Tag
from models.user import User


@dataclass(frozen=True)
class Chip:
    """Something that the list is filtered by, and the address without it."""

    icon: str
    said: str
    without: View


async def around(
    session: AsyncSession,
    person: User,
    view: View,
    *,
    now: datetime,
    size: int = PAGE,
    vocabulary: Sequence[Tag] | None = None,
) -> dict[str, Any]:
    """Everything of the list, and which chat is `current`: none. `vocabulary` are all tags, from
    who has read them already."""
    searched = await search(session, person, view.q) if view.q.strip() else None
    vocabulary = await tags(session) if vocabulary is None else vocabulary
    head = await tally(session, person, view, now=now)
    return {
        **head,
        "found": searched,
        "page": None if searched else await page(session, person, view, size=size, now=now),
        "accepts": accepts(view, person, head["pins"]),
        "chips": await chips(session, view, vocabulary),
        "vocabulary": vocabulary,
        "current": None,
        "talks": person.role in TALKING,
    }


async def tally(
    session: AsyncSession, person: User, view: View, *, now: datetime
) -> dict[str, Any]:
    """The tabs and the kept filters, with how many each holds."""
    kept = await SavedFilter.seen_by(session, person)
    views = {tab.value: View(tab=tab) for tab in Tab} | {f"kept{one.id}": one.view for one in kept}
    here = view.only_filters()
    return {
        "view": view,
        "kept": kept,
        "own": next((one for one in kept if one.view == here), None),
        "pins": await pins(session, person),
        "counts": await counts(session, person, views, now=now),
    }


async def panel(
    session: AsyncSession, person: User, view: View, *, now: datetime
) -> dict[str, Any]:
    """What the filter offers, as pairs of a value and its name."""
    offered = await choices(session, person)
    return {
        "view": view,
        "choices": offered,
        **_deals(offered.desk, view),
        "owners": [(NOBODY, _("nobody's")), *((one.id, one.name) for one in offered.owners)],
        "spots": [(one.id, one.name) for one in offered.spots],
        "of_money": [(one, ledger.filtered(one)) for one in Money],
        "countries": [(code, country(code)) for code in offered.countries],
        "many": await counts(session, person, {"here": view}, now=now),
        "most": MOST_COUNTED,
        **await steps(session, view),
    }


def _deals(around: Desk, view: View) -> dict[str, Any]:
    """Pipelines, and their stages under each one's name; of what is retired only what is asked."""
    locale = reader().locale
    stages = []
    for way in around.pipelines:
        pairs = [
            (one.key, one.name(locale))
            for one in around.stages
            if one.pipeline_key == way.key
            and (one.key in view.stage or not (one.retired_at or way.retired_at))
        ]
        stages += [(way.name(locale), pairs)] if pairs else []
    return {
        "stages": stages,
        "pipelines": [
            (one.key, one.name(locale))
            for one in around.pipelines
            if one.key == view.pipeline or not one.retired_at
        ],
    }


async def steps(session: AsyncSession, view: View) -> dict[str, Any]:
    """Of the view's process: its steps, and its versions the newest first."""
    last = await newest(session, view.process) if view.process else None
    if view.process is None or last is None:
        return {"steps": (), "versions": ()}
    number = min(view.version or last, last)
    process = await definition_of(session, view.process, number)
    return {
        "steps": [(key, step_title(process, key)) for key in process.steps],
        "versions": list(range(last, 0, -1)),
    }


def accepts(view: View, person: User, pinned: Sequence[int] = ()) -> str:
    """Which live rows belong to a view, as the page's own code checks it; of what it cannot know
    (`in=yes`) the page asks."""
    if view.filters or view.archive == Archive.ANY:
        return "in=yes"
    wanted = {
        Tab.MINE: f"owner={person.id}", Tab.MANUAL: "mode=manual", Tab.AUTO: "mode=auto",
        Tab.UNREAD: "unread=yes", Tab.PINNED: "lead=" + "|".join(map(str, pinned)),
    }.get(view.tab, "")  # fmt: skip
    archived = "yes" if view.archive == Archive.ONLY else "no"
    ignored = "yes" if view.tab == Tab.IGNORED else "no"
    return f"archived={archived} ignored={ignored} {wanted}".strip()


async def chips(session: AsyncSession, view: View, vocabulary: Sequence[Tag]) -> list[Chip]:
    """One for each value; the two dates of a span are one."""
    named = await _names(session, view, vocabulary)
    found = []
    for name, value in view.filters.items():
        if name == "paid_currency":
            continue
        if name in ("created_to", "active_to") and getattr(view, name.replace("_to", "_from")):
            continue
        for one in value if isinstance(value, list) else [value]:
            rest = [each for each in value if each != one] if isinstance(value, list) else None
            without = view.but(**{name: rest}, **_along(name))
            said = _said(name, one, view, named.get(name, {}))
            found.append(Chip(_icon(name), said, without))
    return found


def _icon(name: str) -> str:
    """Of what a list is filtered by."""
    kinds = {
        "tag": "tag", "stage": "flag", "pipeline": "square-kanban", "process": "workflow",
        "version": "workflow", "step": "workflow", "mode": "bot", "owner": "user",
        "line": "users", "spot": "map-pin", "country": "globe", "buyer": "user-check",
        "source": "link-2", "campaign": "megaphone",
        "money": "banknote", "paid": "banknote",
        "created": "calendar", "active": "calendar", "waiting": "hourglass",
        "task": "list-checks",
    }  # fmt: skip
    return kinds.get(name) or kinds[name.partition("_")[0]]


def _along(name: str) -> dict[str, None]:
    """What makes no sense without it."""
    return {
        "process": {"version": None, "step": None},
        "version": {"step": None},
        "paid": {"paid_currency": None},
        "created_from": {"created_to": None},
        "active_from": {"active_to": None},
    }.get(name, {})


def _said(name: str, value: Any, view: View, named: Mapping[Any, str]) -> str:
    match name:
        case "tag" | "pipeline" | "stage" | "owner" | "spot" | "process" | "step":
            return named.get(value, str(value))
        case "tag_all":
            return _("and %(tag)s") % {"tag": named.get(value, value)}
        case "tag_none":
            return _("not %(tag)s") % {"tag": named.get(value, value)}
        case "country":
            return country(value)
        case "money":
            return ledger.filtered(value)
        case "paid":
            least = money(value, view.paid_currency) if view.paid_currency else number(value)
            return _("paid %(sum)s or more") % {"sum": least}
        case "mode":
            return words.mode(value)
        case "version":
            return f"v{value}"
        case "line":
            return _("Line %(n)s") % {"n": value}
        case "task":
            return words.promised(value)
        case "waiting":
            return ngettext("waits for %(num)s minute", "waits for %(num)s minutes", value) % {
                "num": value
            }
        case "created_from" | "created_to":
            return _("Created: %(span)s") % {"span": _span(view.created_from, view.created_to)}
        case "active_from" | "active_to":
            return _("Active: %(span)s") % {"span": _span(view.active_from, view.active_to)}
        case _:
            return str(value)


def _span(begin: date | None, end: date | None) -> str:
    if begin and end:
        one, other = plain_date(begin), plain_date(end)
        return one if begin == end else f"{one} – {other}"
    if begin:
        return _("from %(date)s") % {"date": plain_date(begin)}
    return _("until %(date)s") % {"date": plain_date(end)} if end else ""


async def _names(
    session: AsyncSession, view: View, vocabulary: Sequence[Tag]
) -> dict[str, dict[Any, str]]:
    called: dict[str, dict[Any, str]] = {}
    named = {tag.id: tag.name for tag in vocabulary}
    called |= dict.fromkeys(("tag", "tag_all", "tag_none"), named)
    if view.stage:
        called["stage"] = {one.key: one.name(reader().locale) for one in await stages(session)}
    if view.pipeline:
        way = await session.get(Pipeline, view.pipeline)
        name = way.name(reader().locale) if way else view.pipeline
        called["pipeline"] = {view.pipeline: _("Pipeline “%(name)s”") % {"name": name}}
    if view.owner:
        people = select(col(User.id), col(User.name)).where(col(User.id).in_(view.owner))
        rows = (await session.execute(people)).all()
        called["owner"] = {NOBODY: _("nobody's"), **dict(rows)}
    if view.spot:
        spots = select(col(Spot.id), col(Spot.name)).where(col(Spot.id).in_(view.spot))
        called["spot"] = dict((await session.execute(spots)).all())
    last = await newest(session, view.process) if view.process else None
    if view.process and last:
        process = await definition_of(session, view.process, min(view.version or last, last))
        called["process"] = {view.process: words.in_words(process.title, view.process)}
        called["step"] = {key: step_title(process, key) for key in process.steps}
    return called
