"""The path of a lead through its processes: the steps it walked, read from the timeline.

Nothing of it is stored: a step is entered by one line and left by the next, and what stands between
them happened there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.queries.bubbles import Line
from models.timeline import Action, Event

MOST = 200  # lines of the timeline in one page

# Each ends the stop before it.
BEGINS = (Action.PROCESS_STARTED, Action.STEP_ENTERED)
ENDS = (Action.PROCESS_ENDED, Action.PROCESS_STOPPED)
PEOPLE = (
    Action.HANDED_OVER, Action.TAKEN_OVER, Action.GIVEN_BACK, Action.PAUSE_CHANGED,
    Action.WAIT_SKIPPED, Action.PROCESS_MIGRATED,
)  # fmt: skip
OF_PATH = (*BEGINS, *ENDS, *PEOPLE, Action.PROCESS_SAID)

# A page of lines, newest first, and where the lead was before the oldest of them.
WALKED = text(
    """
    with walked as materialized (
        select * from event where lead_id = :lead and seq <= :upto and kind = any(:kinds)
        order by seq desc limit :most),
    oldest as (select min(seq) as seq from walked)
    select
        (select jsonb_agg(jsonb_build_array(to_jsonb(w), m.state, m.attempt, m.reason)
            order by w.seq)
            from walked w left join message m on m.id = w.ref and w.kind = :said) as lines,
        (select particulars from event where lead_id = :lead and seq < (select seq from oldest)
            and kind = any(:versions) order by seq desc limit 1) as version,
        (select to_jsonb(e) from event e where lead_id = :lead
            and seq < (select seq from oldest) and kind = any(:begins) order by seq desc limit 1)
            as stop
    """
)


class Said(NamedTuple):
    """What became of a message of the step: a State, how often it was tried, Telegram's words."""

    state: str
    attempt: int
    reason: str | None


@dataclass
class Stop:
    """A step that was entered, or (without a `step`) the start of a process.

    `left` is the line that ended it, None while the lead is there.
    """

    entered: Event
    process: str
    version: int
    step: str = ""
    lines: list[Event] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    left: Event | None = None


@dataclass(frozen=True)
class Path:
    """Stops in order; `older` is where the page before ends, None at the very beginning."""

    stops: Sequence[Stop]
    older: int | None

    @property
    def lines(self) -> list[Line]:
        """All that they speak of."""
        ends = [one.left for one in self.stops[-1:] if one.left]
        found = [line for one in self.stops for line in (one.entered, *one.lines)]
        return [Line(event=one) for one in [*found, *ends]]


async def path(session: AsyncSession, lead_id: int, *, upto: int = 2**62) -> Path:
    """The newest page, or the one that ends at the line `upto`, which begins another."""
    values = {
        "lead": lead_id, "upto": upto, "kinds": list(OF_PATH), "said": Action.PROCESS_SAID,
        "versions": [Action.PROCESS_STARTED, Action.PROCESS_MIGRATED], "begins": list(BEGINS),
        "most": MOST + 1,
    }  # fmt: skip
    found = (await session.execute(WALKED, values)).one()
    lines = [(_event(row), said) for row, *said in found.lines or ()]
    older = None
    if len(lines) > MOST:
        first = next((n for n, (one, _) in enumerate(lines) if n and one.kind in BEGINS), 1)
        older = lines[first][0].seq
        before, lines = lines[:first], lines[first:]
    else:
        before = []
    at = _Place(found.version, found.stop)
    for one, _ in before:
        at.sees(one)
    return Path(list(_stops(lines, at, upto=upto)), older)


class _Place:
    """Where a lead is, line by line."""

    def __init__(self, version: dict[str, Any] | None, stop: dict[str, Any] | None) -> None:
        self.process, self.version = "", 0
        self.entered: Event | None = None
        self._goes(version or {})
        if stop is not None:
            self.sees(_event(stop))

    def sees(self, event: Event) -> None:
        if event.kind in (Action.PROCESS_STARTED, Action.PROCESS_MIGRATED):
            self._goes(event.particulars)
        if event.kind in BEGINS or event.kind in ENDS:
            self.entered = event if event.kind in BEGINS else None

    def _goes(self, particulars: dict[str, Any]) -> None:
        self.process = particulars.get("process") or self.process
        self.version = int(particulars.get("version") or self.version)

    def stop(self) -> Stop | None:
        if self.entered is None:
            return None
        step = str(self.entered.particulars.get("step", ""))
        return Stop(self.entered, self.process, self.version, step)


def _stops(lines: Sequence[tuple[Event, list[Any]]], at: _Place, *, upto: int) -> Iterator[Stop]:
    """`at` is where the lead was before them. What people do between two stops leads to the
    later one."""
    stop, between = None, list[Event]()
    if lines and lines[0][0].kind not in BEGINS:
        stop = at.stop()
    for event, said in lines:
        if event.kind in BEGINS or event.kind in ENDS or event.seq == upto:
            if stop is not None:
                stop.left = event
                yield stop
            if event.seq == upto:
                return
            at.sees(event)
            stop = at.stop()
            if stop is not None:
                stop.lines, between = between, []
        elif event.kind != Action.PROCESS_SAID:
            at.sees(event)
            (between if stop is None else stop.lines).append(event)
        elif stop is not None and said[0]:
            stop.said.append(Said(*said))
    if stop is not None:
        yield stop


def _event(row: dict[str, Any]) -> Event:
    moments = {name: datetime.fromisoformat(row[name]) for name in ("at", "received_at")}
    return Event(**row | moments)
