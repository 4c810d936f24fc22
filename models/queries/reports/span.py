"""The days a report is of, in the reader's zone; and the days before that it is compared with."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import BrokenInput

DAY = timedelta(days=1)
LONGEST = 366  # days
FIRST_YEAR = 2013  # Telegram's first: nothing can have happened before


@dataclass(frozen=True)
class Span:
    """Whole days, the first and the last of them included; a day may have 23 or 25 hours."""

    first: date
    last: date
    zone: str

    @property
    def begins(self) -> datetime:
        return self._midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The moment after its last."""
        return self._midnight(self.last + DAY)

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range(self.length)]

    @property
    def before(self) -> "Span":
        """As many days, just before."""
        last = self.first - DAY
        return replace(self, first=last - DAY * (self.length - 1), last=last)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.zone))


def usual(name: str, *, zone: str, now: datetime) -> Span | None:
    """`today`, `yesterday`, `7` or `30` days with today, the `month` so far."""
    today = now.astimezone(ZoneInfo(zone)).date()
    firsts = {
        "today": today,
        "7": today - 6 * DAY,
        "30": today - 29 * DAY,
        "month": today.replace(day=1),
    }
    if name == "yesterday":
        return Span(today - DAY, today - DAY, zone)
    return Span(firsts[name], today, zone) if name in firsts else None


def own(first: str, last: str, *, zone: str, now: datetime) -> Span:
    """From one day to another, as a form says them: 2026-11-23. Raises BrokenInput."""
    begin, end = _day("from", first), _day("to", last)
    if begin > end:
        raise BrokenInput("The first day is after the last", {"to": "Choose a later day"})
    if begin.year < FIRST_YEAR:
        raise BrokenInput("There was no Telegram yet on that day", {"from": "Choose a later day"})
    if begin > now.astimezone(ZoneInfo(zone)).date():
        raise BrokenInput("That day has not come yet", {"from": "Choose an earlier day"})
    if (end - begin).days >= LONGEST:
        raise BrokenInput(
            "A report is of at most %(most)s days", {"from": "Choose a later day"}, most=LONGEST
        )
    return Span(begin, end, zone)


def _day(field: str, said: str) -> date:
    if not said:
        raise BrokenInput("Choose both days", {field: "Choose a day"})
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BrokenInput("This is not a day", {field: "Choose a day"}) from None
