"""Shifts and distribution in the reader's words."""

from collections.abc import Mapping

from babel import Locale

from api.language import gettext as _
from api.language import reader
from models import shift
from models.distribution import Way
from models.shift import DAYS, OffShift, Span
from models.user import Team, User


def way(one: str) -> str:
    """To whom a lead goes by itself."""
    return {
        Way.NOBODY: _("by hand"),
        Way.ROUND_ROBIN: _("by turns"),
        Way.LEAST_BUSY: _("to who has least to do"),
    }[Way(one)]


def off_shift(one: str) -> str:
    """What becomes of the leads of who goes off shift."""
    return {
        OffShift.STAY: _("The chats stay with their manager"),
        OffShift.WAITING: _("Chats where a client waits go on to the team"),
        OffShift.OPEN: _("All open chats go on to the team"),
    }[OffShift(one)]


def why_given(because: str | None) -> str:
    """Why a lead changed hands by itself."""
    if because == "off_shift":
        return _("the shift is over")
    return way(because) if because in (Way.ROUND_ROBIN, Way.LEAST_BUSY) else ""


def plan(spans: Mapping[int, Span]) -> str:
    """Mon–Fri 09:00–18:00, Sat 10:00–14:00: of spans by weekday."""
    said, run = [], list[Span]()
    for one in [*(spans[day] for day in sorted(spans)), None]:
        if run and one and (one.day, one.begins, one.ends) == (
            run[-1].day + 1, run[0].begins, run[0].ends
        ):  # fmt: skip
            run.append(one)
            continue
        if run:
            days = "–".join(day(each) for each in sorted({run[0].day, run[-1].day}))
            said.append(f"{days} {run[0].begins}–{run[0].ends}")
        run = [one] if one else []
    return ", ".join(said)


def works_in_shifts(person: User | None, team: Team | None) -> bool:
    return person is not None and shift.works_in_shifts(person, team)


def day(number: int) -> str:
    """Mon, of a weekday; Monday is 0."""
    said: str = Locale(reader().locale).days["stand-alone"]["abbreviated"][number % DAYS]
    return said
