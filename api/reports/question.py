"""What somebody asks of a report, as its address says it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from starlette.datastructures import URL, QueryParams

from api.language import gettext as _
from api.language import plain_date
from api.reports.sheet import Choice
from api.words import N_
from models.errors import BrokenInput
from models.queries.reports import span
from models.queries.reports.scope import Scope, narrowed
from models.queries.view import Archive, View
from models.user import User

USUAL, OWN = "7", "own"
SAID = (N_("Choose a day"), N_("Choose a later day"), N_("Choose an earlier day"))  # by `own`
PERIODS = ("today", "yesterday", "7", "30", "month")
EVERYTHING = View(archive=Archive.ANY)
LONGEST_WORD = 200  # characters of one value


@dataclass(frozen=True, kw_only=True)
class Question:
    """`view` holds the filters; `first` and `last` are the days of a period of one's own, as they
    were typed."""

    name: str
    period: str = USUAL
    first: str = ""
    last: str = ""
    by: str = ""
    currency: str = ""
    pipeline: str = ""
    team: int | None = None
    view: View = EVERYTHING

    @classmethod
    def of(cls, name: str, url: URL) -> Self:
        given = {key: said[:LONGEST_WORD] for key, said in QueryParams(url.query).items()}
        first, last = given.get("from", "").strip(), given.get("to", "").strip()
        period = given.get("period", OWN if first or last else USUAL)
        team = given.get("team", "")
        return cls(
            name=name,
            period=period if period in (*PERIODS, OWN) else USUAL,
            first=first,
            last=last,
            by=given.get("by", ""),
            currency=given.get("currency", "").strip().upper(),
            pipeline=given.get("pipeline", ""),
            team=int(team) if team.isdecimal() and len(team) < 19 else None,
            view=narrowed(View.of(url.query)),
        )

    def scope(self, person: User, now: datetime) -> Scope:
        """Raises BrokenInput for days that make no period."""
        zone = person.time_zone
        found = span.usual(self.period, zone=zone, now=now)
        if found is None:
            found = span.own(self.first, self.last, zone=zone, now=now)
        return Scope(person=person, span=found, view=self.view, team=self.team, now=now)

    def chosen(self, value: str, among: Any, sentence: str) -> str:
        """One of these, the first when nothing was said. Raises BrokenInput."""
        if value and value not in among:
            raise BrokenInput(sentence, {})
        return value or next(iter(among), "")

    def but(self, **changes: Any) -> "Question":
        return replace(self, **changes)

    @property
    def query(self) -> str:
        return urlencode(list(self._pairs()))

    def at(self, **changes: Any) -> str:
        """Its address, with something else in it."""
        asked = self.but(**changes) if changes else self
        return f"/reports/{asked.name}" + (f"?{asked.query}" if asked.query else "")

    def sheet(self, key: str) -> str:
        return f"/reports/{self.name}/{key}.csv" + (f"?{self.query}" if self.query else "")

    @property
    def periods(self) -> list[Choice]:
        said = {
            "today": _("Today"), "yesterday": _("Yesterday"), "7": _("7 days"),
            "30": _("30 days"), "month": _("Month"),
        }  # fmt: skip
        return [Choice(said[one], self.at(period=one), one == self.period) for one in PERIODS]

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """What a form must carry along besides its own fields."""
        return [pair for pair in self._pairs() if pair[0] not in without]

    def _pairs(self) -> Iterator[tuple[str, str]]:
        if self.period == OWN:
            yield from (("from", self.first), ("to", self.last))
        elif self.period != USUAL:
            yield "period", self.period
        for name in ("by", "currency", "pipeline"):
            if value := getattr(self, name):
                yield name, value
        if self.team is not None:
            yield "team", str(self.team)
        yield from ((name, value) for name, value in self.view.pairs if name != "archive")


def days(of: span.Span) -> str:
    """16 Nov – 22 Nov."""
    first, last = plain_date(of.first), plain_date(of.last)
    return first if of.first == of.last else f"{first} – {last}"
