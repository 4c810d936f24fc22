"""Durations, times of day and working hours, as a designer writes them."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.process.part import Part

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Scenarios play in the week after it.
SUNDAY = datetime(2026, 1, 11, 10, tzinfo=UTC)
LONGEST = timedelta(days=366)

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _read_duration(written: Any) -> timedelta:
    if isinstance(written, timedelta):
        return written
    found = _DURATION.fullmatch(written.replace(" ", "")) if isinstance(written, str) else None
    if found is None or not any(found.groups()):
        raise PydanticCustomError(
            "bad_duration", "not a duration: {written}", {"written": str(written)}
        )
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < length <= LONGEST:
        raise PydanticCustomError(
            "bad_duration", "not a duration: {written}", {"written": str(written)}
        )
    return length


def spell_duration(length: timedelta) -> str:
    """`1d2h`, as a designer writes it; seconds are the smallest part."""
    seconds = int(length.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h")]
    parts += [(seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _read_clock(written: Any) -> time:
    if isinstance(written, time):
        return written
    found = _CLOCK.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise PydanticCustomError("bad_time", "not a time: {written}", {"written": str(written)})
    return time(int(found[1]), int(found[2]))


def _read_days(written: Any) -> Any:
    """`mon-fri`, `sat` or a list of either; a range may run over the end of the week."""
    days: list[str] = []
    for part in [written] if isinstance(written, str) else list(written):
        first, _, last = str(part).strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise PydanticCustomError("bad_days", "not a day: {written}", {"written": str(part)})
        start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        days += [DAYS[(start + offset) % 7] for offset in range(length + 1)]
    return tuple(day for day in DAYS if day in days)


def _spell_days(days: tuple[str, ...]) -> str | list[str]:
    first, last = (DAYS.index(day) for day in (days[0], days[-1]))
    if last - first == len(days) - 1:
        return days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
    return list(days)


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    PlainSerializer(spell_duration),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", "examples": ["20s", "2h"]}
    ),
]
Clock = Annotated[
    time,
    BeforeValidator(_read_clock),
    PlainSerializer(lambda clock: f"{clock:%H:%M}"),
    WithJsonSchema({"type": "string", "pattern": r"^\d?\d:\d\d$", "examples": ["10:00"]}),
]
Days = Annotated[
    tuple[Day, ...],
    BeforeValidator(_read_days),
    PlainSerializer(_spell_days),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": ["mon-fri", ["sat", "sun"]],
        }
    ),
]


class Hours(Part):
    """A part of the day. `from` later than `to` runs over midnight and belongs to its first day."""

    days: Days = DAYS
    from_: Clock = Field(alias="from")
    to: Clock

    def hold(self, local: datetime) -> bool:
        """Whether the local moment lies inside; `to` itself does not."""
        clock, day = local.time(), local.weekday()
        if self.from_ < self.to:
            return DAYS[day] in self.days and self.from_ <= clock < self.to
        return (DAYS[day] in self.days and clock >= self.from_) or (
            DAYS[day - 1] in self.days and clock < self.to
        )

    def opens(self, now: datetime, zone: ZoneInfo) -> datetime:
        """`now` if it lies inside, else when the hours begin next."""
        return (
            now if self.hold(now.astimezone(zone)) else next_time(self.from_, self.days, now, zone)
        )


def next_time(clock: time, days: tuple[str, ...], now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `now` when clocks in the zone show this time on one of the days."""
    today = now.astimezone(zone).date()
    for offset in range(9):
        day = today + timedelta(days=offset)
        moment = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
        if DAYS[day.weekday()] in days and moment > now:
            return moment
    raise AssertionError("every week has every day")


def local_moment(written: str | None, zone: ZoneInfo) -> datetime:
    """`tue 10:00` in a week far from any change of clocks; unsaid, its Monday noon."""
    day, _, clock = (written or "mon 12:00").strip().rpartition(" ")
    return next_time(_read_clock(clock), _read_days(day or "mon"), SUNDAY, zone)


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """The named zone; UTC when nobody knows such a name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
