"""Who reads, and how things are said to them: words, dates, numbers, durations.

A `Reader` is all that a broadcast fragment may depend on: pages for two people with the same
language and zone are the same bytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_name
from babel.units import format_unit

from api.catalogue import LOCALES, catalogue

__all__ = ["LOCALES", "Reader", "gettext", "ngettext", "reader", "reading"]


@dataclass(frozen=True)
class Reader:
    locale: str = "ru"
    zone: str = "Europe/Moscow"


NOBODY = Reader()
_reader: ContextVar[Reader] = ContextVar("reader", default=NOBODY)


def reader() -> Reader:
    return _reader.get()


@contextmanager
def reading(someone: Reader) -> Iterator[Reader]:
    """Inside, everything is worded for them."""
    token = _reader.set(someone)
    try:
        yield someone
    finally:
        _reader.reset(token)


def gettext(message: str) -> str:
    return catalogue(_reader.get().locale).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return catalogue(_reader.get().locale).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    return catalogue(_reader.get().locale).pgettext(context, message)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    return catalogue(_reader.get().locale).npgettext(context, one, many, n)


def local(at: datetime) -> datetime:
    return at.astimezone(_zone(_reader.get().zone))


def midnight(day: date) -> datetime:
    """When that day begins for the reader."""
    return datetime(day.year, day.month, day.day, tzinfo=_zone(_reader.get().zone))


def clock(at: datetime) -> str:
    """14:03, in the reader's zone."""
    return local(at).strftime("%H:%M")


def short(at: datetime, *, now: datetime | None = None) -> str:
    """14:03 · yesterday · 21 Nov · 21 Nov 2025."""
    there, today = local(at), local(now or datetime.now(UTC)).date()
    if there.date() == today:
        return there.strftime("%H:%M")
    if there.date() == today - timedelta(days=1):
        return gettext("yesterday")
    return _date(there.date(), "d MMM" if there.year == today.year else "d MMM y")


def day(at: datetime, *, now: datetime | None = None) -> str:
    """The rule between two days: Today, 22 November."""
    there, today = local(at).date(), local(now or datetime.now(UTC)).date()
    said = _date(there, "d MMMM" if there.year == today.year else "d MMMM y")
    if there == today:
        return gettext("Today, %(date)s") % {"date": said}
    if there == today - timedelta(days=1):
        return gettext("Yesterday, %(date)s") % {"date": said}
    return said


def full(at: datetime, *, now: datetime | None = None) -> str:
    """14:03 · 21 Nov, 18:02 · 21 Nov 2025, 18:02."""
    there, today = local(at), local(now or datetime.now(UTC)).date()
    if there.date() == today:
        return there.strftime("%H:%M")
    said = _date(there.date(), "d MMM" if there.year == today.year else "d MMM y")
    return f"{said}, {there:%H:%M}"


def upcoming(at: datetime) -> str:
    """Of what is ahead: 18:30 · tomorrow, 11:00 · 24 Nov, 12:00."""
    there, today = local(at), local(datetime.now(UTC)).date()
    if there.date() == today + timedelta(days=1):
        return gettext("tomorrow, %(time)s") % {"time": there.strftime("%H:%M")}
    return full(at)


def plain_date(said: date) -> str:
    """21 Nov · 21 Nov 2025."""
    today = local(datetime.now(UTC)).date()
    return _date(said, "d MMM" if said.year == today.year else "d MMM y")


def duration(span: timedelta) -> str:
    """12 min · 3 hr · 2 days: one unit, rounded down, at least a minute."""
    minutes = max(1, int(span.total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return format_unit(
                minutes // size, f"duration-{unit}", "short", locale=_reader.get().locale
            )
    return format_unit(minutes, "duration-minute", "short", locale=_reader.get().locale)


def ahead(span: timedelta) -> str:
    """in 6 sec. · in 23 hr.: one unit, rounded down, at least a second."""
    seconds = max(1, int(span.total_seconds()))
    size = next(size for size in (86400, 3600, 60, 1) if seconds >= size)
    count = seconds // size
    return format_timedelta(  # the threshold keeps nine days from being a week
        timedelta(seconds=count * size), threshold=count, add_direction=True, format="short",
        locale=_reader.get().locale,
    )  # fmt: skip


def took(span: timedelta) -> str:
    """4 s · 2 min 10 s · 3 hr 5 min · 2 days 4 hr: two units at most, seconds rounded."""
    seconds = round(span.total_seconds())
    units = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
    parts: list[tuple[int, str]] = []
    for unit, size in units:
        if parts or seconds >= size or unit == "second":
            parts.append((seconds // size, unit))
            seconds %= size
    locale = _reader.get().locale
    return " ".join(
        format_unit(many, f"duration-{unit}", "short", locale=locale)
        for place, (many, unit) in enumerate(parts[:2])
        if many or not place
    )


def number(value: int | float | Decimal) -> str:
    return format_decimal(value, locale=_reader.get().locale)


def money(amount: Decimal | int, currency: str) -> str:
    """50 $ and $50; cents only when there are any."""
    whole = amount == int(amount)
    return format_currency(
        amount,
        currency,
        locale=_reader.get().locale,
        format="#,##0 ¤" if whole and _reader.get().locale == "ru" else "¤#,##0" if whole else None,
        currency_digits=not whole,
    )


def currency(code: str) -> str:
    """Its name: US Dollar."""
    said: str = get_currency_name(code, locale=_reader.get().locale)
    return said


def country(code: str) -> str:
    """The country's name; the code itself when it is none."""
    said: str = Locale(_reader.get().locale).territories.get(code.upper(), code.upper())
    return said


def tongue(code: str) -> str:
    """The language's name: Portuguese."""
    said: str = Locale(_reader.get().locale).languages.get(code.split("-")[0].lower(), code)
    return said


@lru_cache(maxsize=4096)
def _said_date(said: date, pattern: str, locale: str) -> str:
    if pattern.startswith("d MMM") and "MMMM" not in pattern:
        month = format_date(said, "d MMMM", locale=locale).split(" ")[1][:3]
        return f"{said.day} {month}" + (f" {said.year}" if pattern.endswith("y") else "")
    return format_date(said, pattern, locale=locale)


def _date(said: date, pattern: str) -> str:
    return _said_date(said, pattern, _reader.get().locale)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
