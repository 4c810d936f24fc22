"""A lead's path in the reader's words: each stop's name, how long it took, how it was left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api import sentences, words
from api.cast import Cast
from api.language import duration, full, ngettext, reader
from api.language import gettext as _
from api.sentences import Line
from api.steps import Told, exact
from models.errors import Missing
from models.process.version import definition_of
from models.queries.path import Path, Said, Stop
from models.timeline import Action, Event

AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A stop as it is read; one without a `title` is the start of a process."""

    stop: Stop
    title: str
    icon: str
    link: str
    begun: Line | None
    when: str
    stayed: str
    troubles: Sequence[str]
    lines: Sequence[Line]
    onward: str


async def passed(session: AsyncSession, path: Path, cast: Cast) -> list[Passed]:
    """Each step is called as the version it was walked in calls it."""
    stages = {key: stage.name(reader().locale) for key, stage in cast.stages.items()}
    told: dict[tuple[str, int], Told | None] = {}
    for stop in path.stops:
        place = stop.process, stop.version
        if place not in told:
            try:
                told[place] = Told(await definition_of(session, *place), stages)
            except Missing:  # older than what is kept of the timeline
                told[place] = None
    return [_passed(stop, told[stop.process, stop.version], cast) for stop in path.stops]


def _passed(stop: Stop, told: Told | None, cast: Cast) -> Passed:
    known = told is not None and stop.step in told.process.steps
    ended = stop.left.at if stop.left else None
    span = ended - stop.entered.at if ended else None
    return Passed(
        stop=stop,
        title=told.title(stop.step) if told and known else stop.step,
        icon=told.look(stop.step)[0] if told and known else "workflow",
        link=f"/processes/{stop.process}?version={stop.version}&step={stop.step}" if known else "",
        begun=None if stop.step else sentences.line(stop.entered, cast),
        when=full(stop.entered.at),
        stayed=_stayed(span) if span and span >= AT_ONCE else "",
        troubles=list(_troubles(stop.said)),
        lines=[line for one in stop.lines if (line := sentences.line(one, cast))],
        onward=_onward(stop, told, cast) if stop.step else "",
    )


def _stayed(span: timedelta) -> str:
    return duration(span) if span >= timedelta(minutes=1) else exact(span)


def _troubles(said: Sequence[Said]) -> Iterator[str]:
    tries = sum(one.attempt - 1 for one in said if one.attempt > 1)
    if tries:
        yield ngettext("tried again %(n)s time", "tried again %(n)s times", tries) % {"n": tries}
    for one in said:
        if one.state == "failed":
            yield _("not sent: %(why)s") % {"why": words.why_not_sent(one.reason)}
    counts: Mapping[str, int] = {
        state: sum(one.state == state for one in said) for state in ("unknown", "cancelled")
    }
    if n := counts["unknown"]:
        yield ngettext(
            "unknown whether %(n)s message arrived", "unknown whether %(n)s messages arrived", n
        ) % {"n": n}
    if n := counts["cancelled"]:
        yield ngettext("%(n)s message taken back", "%(n)s messages taken back", n) % {"n": n}


def _onward(stop: Stop, told: Told | None, cast: Cast) -> str:
    """Which way it was left."""
    left = stop.left
    if left is None:
        return ""
    if left.kind == Action.STEP_ENTERED:
        return _way(stop, told, left)
    if left.kind == Action.PROCESS_ENDED:
        return _("the end: %(outcome)s") % {"outcome": left.particulars.get("outcome", "")}
    if left.kind == Action.PROCESS_STOPPED:
        return _("stopped: %(who)s") % {"who": cast.who(left.actor)}
    if left.kind == Action.PROCESS_STARTED:
        return _("another process: %(who)s") % {"who": cast.who(left.actor)}
    return ""


def _way(stop: Stop, told: Told | None, left: Event) -> str:
    via = str(left.particulars.get("via", ""))
    by_hand = {"skip": _("the wait was skipped"), "person": _("a person chose where to go on")}
    if via in by_hand:
        return by_hand[via]
    ways = dict(told.arrows(stop.step)) if told and stop.step in told.process.steps else {}
    labels = {arrow.via: label for arrow, label in ways.items()}
    label = labels.get(via) or {
        "timeout": _("the time is over"), "jump": _("a jump"), "otherwise": _("else"),
        "nobody": _("nobody at work"),
        "failed": _("did not arrive"), "writes": _("writes"),
        "cancelled": _("cancelled"),
    }.get(via, "")  # fmt: skip
    if via.startswith("branch:"):
        return _("the branch “%(name)s”") % {"name": label or via.removeprefix("branch:")}
    return label
