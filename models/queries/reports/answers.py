"""How long clients waited for an answer: by who answered, by the hour in which they began to wait.

Counted is what was answered in the span, of `Answer`'s rows. They belong to who gave them: a
manager has their own, whosever the lead is by now; others those to leads that they see. The
filter's manager is who answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    false,
    func,
    literal_column,
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


NONE = Waits()


@dataclass(frozen=True)
class Answers:
    """`people` and `robot` are all of the span, `before` the people's of the days before. `by` is
    by person, who answered most first; `hours` has those hours of which there are any."""

    people: Waits
    robot: Waits
    before: Waits
    before_robot: Waits
    by: Sequence[tuple[int, Waits]]
    hours: Sequence[tuple[int, Waits]]


async def answers(session: AsyncSession, scope: Scope) -> Answers:
    told = _told(scope, scope.span).subquery()
    of = told.c
    sets = func.grouping_sets(tuple_(of.robot), tuple_(of.robot, of.who), tuple_(of.robot, of.hour))
    query = select(
        func.grouping(of.who), func.grouping(of.hour), of.robot, of.who, of.hour, *_counted(of)
    ).group_by(sets)
    total, by, hours = {True: NONE, False: NONE}, [], []
    for many_people, many_hours, robot, who, hour, *counts in await session.execute(query):
        waits = _waits(counts)
        if many_people and many_hours:
            total[robot] = waits
        elif not robot and many_hours:
            by.append((who, waits))
        elif not robot:
            hours.append((hour, waits))
    told = _told(scope, scope.span.before).subquery()
    query = select(told.c.robot, *_counted(told.c)).group_by(told.c.robot)
    before = {robot: _waits(counts) for robot, *counts in await session.execute(query)}
    return Answers(
        people=total[False],
        robot=total[True],
        before=before.get(False, NONE),
        before_robot=before.get(True, NONE),
        by=sorted(by, key=lambda one: (-one[1].count, one[0])),
        hours=sorted(hours),
    )


def _told(scope: Scope, span: Span) -> Select[*tuple[Any, ...]]:
    begun = func.timezone(span.zone, col(Answer.since))
    query: Select[*tuple[Any, ...]] = select(
        col(Answer.user_id).label("who"),
        col(Answer.user_id).is_(None).label("robot"),
        cast(func.extract("hour", begun), Integer).label("hour"),
        (col(Answer.at) - col(Answer.since)).label("waited"),
        col(Answer.is_first).label("first"),
    ).where(col(Answer.at) >= span.begins, col(Answer.at) < span.ends)
    if scope.alone:
        query = query.where(col(Answer.user_id) == scope.person.id)
    elif scope.view.owner:
        theirs = col(Answer.user_id).in_([one for one in scope.view.owner if one != NOBODY])
        nobodys = col(Answer.user_id).is_(None) if NOBODY in scope.view.owner else false()
        query = query.where(or_(theirs, nobodys))
    leads = replace(scope, view=scope.view.but(owner=[]))
    if not leads.everything:
        among = leads.filters() if scope.alone else leads.leads()
        query = query.join(Lead, col(Lead.id) == Answer.lead_id).where(*among)
    return query


def _counted(of: Any) -> list[ColumnElement[Any]]:
    middle = func.percentile_cont(literal_column("array[0.5, 0.9]")).within_group(of.waited)
    return [
        func.count(),
        middle,
        func.count().filter(of.waited <= QUICK),
        func.count().filter(of.waited <= IN_TIME),
        func.count().filter(of.first),
        middle.filter(of.first),
    ]


def _waits(counts: Sequence[Any]) -> Waits:
    count, middle, quick, in_time, firsts, of_firsts = counts
    median, most = middle
    first_median, first_most = of_firsts or (None, None)
    return Waits(count, median, most, quick, in_time, firsts, first_median, first_most)
