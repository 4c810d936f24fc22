"""How long clients waited for an answer: by who answered, by the hour in which they began to wait.

Counted is what was answered in the span, of `Answer`'s rows. They belong to who gave them: a
manager has their own, whosever the lead is by now; others those to leads that they see. The
filter's manager is who answered.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.answer import Answer
from models.lead.lead import Lead
from models.queries.reports.scope import Scope
from models.queries.reports.span import Span
from models.queries.view import NOBODY

# Waits are told to the second within a minute, and coarser the longer they are: so a month of them
# is counted in some hundred groups, where sorting them all took a second.
UNITS = ((60, 1), (600, 5), (3600, 15), (86_400, 300))  # up to how many seconds, to how many
LONGEST_UNIT = 3600
ROBOT = None
QUICK, IN_TIME = timedelta(minutes=5), timedelta(minutes=15)


@dataclass(frozen=True)
class Waits:
    """Of some answers: median and the time that nine of ten took no longer than; those within five
    and fifteen minutes; and of the first ones to their leads."""

    count: int = 0
    median: timedelta | None = None
    most: timedelta | None = None
    quick: int = 0
    in_time: int = 0
    firsts: int = 0
    first_median: timedelta | None = None
    first_most: timedelta | None = None


@dataclass(frozen=True)
class Answers:
    """`people` and `robot` are all of the span, `before` the people's of as many days before. `by`
    is by person, who answered most first; `hours` has those hours of which there are any."""

    people: Waits
    robot: Waits
    before: Waits
    by: Sequence[tuple[int, Waits]]
    hours: Sequence[tuple[int, Waits]]


async def answers(session: AsyncSession, scope: Scope) -> Answers:
    told = _told(scope, scope.span).subquery()
    of = told.c
    sets = func.grouping_sets(tuple_(of.who, of.waited), tuple_(of.hour, of.waited))
    query = select(func.grouping(of.who), of.who, of.hour, *_counted(of)).group_by(sets)
    by: dict[int | None, Tally] = defaultdict(Tally)
    hours: dict[int | None, Tally] = defaultdict(Tally)
    for by_hour, who, hour, *counts in await session.execute(query):
        (hours[hour] if by_hour else by[who]).add(*counts)
    robot = by.pop(ROBOT, Tally())
    hours.pop(ROBOT, None)
    before = Tally()
    told = _told(scope, scope.span.before).subquery()
    query = select(*_counted(told.c)).where(told.c.who.is_not(None)).group_by(told.c.waited)
    for row in await session.execute(query):
        before.add(*row)
    everybody = Tally()
    for one in by.values():
        everybody.join(one)
    people = [(who, one.waits) for who, one in by.items() if who is not None]
    return Answers(
        people=everybody.waits,
        robot=robot.waits,
        before=before.waits,
        by=sorted(people, key=lambda one: (-one[1].count, one[0])),
        hours=sorted((hour, one.waits) for hour, one in hours.items() if hour is not None),
    )


class Tally:
    """How often each wait came, counted in seconds as `UNITS` round them."""

    def __init__(self) -> None:
        self.all: Counter[int] = Counter()
        self.firsts: Counter[int] = Counter()
        self.quick = self.in_time = 0

    def add(self, waited: int, count: int, firsts: int, quick: int, in_time: int) -> None:
        self.all[waited] += count
        self.firsts[waited] += firsts
        self.quick += quick
        self.in_time += in_time

    def join(self, other: "Tally") -> None:
        self.all += other.all
        self.firsts += other.firsts
        self.quick += other.quick
        self.in_time += other.in_time

    @property
    def waits(self) -> Waits:
        return Waits(
            count=self.all.total(),
            median=middle(self.all, 0.5),
            most=middle(self.all, 0.9),
            quick=self.quick,
            in_time=self.in_time,
            firsts=self.firsts.total(),
            first_median=middle(self.firsts, 0.5),
            first_most=middle(self.firsts, 0.9),
        )


def middle(counted: Counter[int], share: float) -> timedelta | None:
    """The least of them that so many take no longer than."""
    wanted, so_far = share * counted.total(), 0
    for waited in sorted(counted):
        so_far += counted[waited]
        if so_far and so_far >= wanted:
            return timedelta(seconds=waited)
    return None


def _told(scope: Scope, span: Span) -> Select[*tuple[Any, ...]]:
    answerer = col(Answer.user_id)
    begun = func.timezone(span.zone, col(Answer.since))
    hour = case((answerer.is_not(None), cast(func.date_part("hour", begun), Integer)))
    waited = func.date_part(
        "epoch", col(Answer.at) - col(Answer.since)
    )  # extract's is numeric: slow
    steps = [(waited < until, _down(waited, unit)) for until, unit in UNITS]
    query: Select[*tuple[Any, ...]] = select(
        answerer.label("who"),
        hour.label("hour"),
        case(*steps, else_=_down(waited, LONGEST_UNIT)).label("waited"),
        (waited <= QUICK.total_seconds()).label("quick"),
        (waited <= IN_TIME.total_seconds()).label("in_time"),
        col(Answer.is_first).label("first"),
    ).where(col(Answer.at) >= span.begins, col(Answer.at) < span.ends)
    if scope.alone:
        query = query.where(answerer == scope.person.id)
    elif scope.view.owner:
        theirs = answerer.in_([one for one in scope.view.owner if one != NOBODY])
        nobodys = answerer.is_(None) if NOBODY in scope.view.owner else false()
        query = query.where(or_(theirs, nobodys))
    leads = replace(scope, view=scope.view.but(owner=[]))
    if not leads.everything:
        among = leads.filters() if scope.alone else leads.leads()
        query = query.join(Lead, col(Lead.id) == Answer.lead_id).where(*among)
    return query


def _down(seconds: ColumnElement[Any], unit: int) -> ColumnElement[Any]:
    return cast(func.floor(seconds / unit), Integer) * unit


def _counted(of: Any) -> list[ColumnElement[Any]]:
    return [
        of.waited,
        func.count(),
        func.count().filter(of.first),
        func.count().filter(of.quick),
        func.count().filter(of.in_time),
    ]
