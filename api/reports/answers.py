"""Answers: how long clients waited for one, of whom, and in which hours."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.charts import Bar, Pile, bars, columns
from api.language import gettext as _
from api.language import ngettext, number, took
from api.reports.question import Question
from api.reports.sheet import Card, Cell, Figure, Report, Sheet, change, counted, share, tone
from models.queries.desk import desk
from models.queries.reports.answers import Answers, Waits, answers
from models.queries.reports.scope import Scope

CHARTED = 10


async def report(session: AsyncSession, scope: Scope, asked: Question) -> Report:
    found = await answers(session, scope)
    if not (found.people.count or found.robot.count):
        return Report(
            nothing=(
                _("Nobody was answered in these days"),
                _("Counted is how long a client waits until a person or the robot answers."),
            )
        )
    people = {one.id: one.name for one in (await desk(session)).people}
    named = [(people.get(number, _("somebody")), one) for number, one in found.by]
    return Report(
        figures=list(_figures(found, scope)),
        cards=[_by(named, found, scope), _hours(found)] if found.people.count else [],
    )


def _figures(found: Answers, scope: Scope) -> Iterator[Figure]:
    people, before = found.people, found.before
    yield Figure(
        _("First answer of a person, median"), _time(people.first_median),
        *_slower(people.first_median, before.first_median),
        hint=_("90%% within %(time)s") % {"time": _time(people.first_most)}
        if people.firsts else "",
    )  # fmt: skip
    yield Figure(
        _("Any answer of a person, median"), _time(people.median),
        *_slower(people.median, before.median),
        hint=_("90%% within %(time)s") % {"time": _time(people.most)} if people.count else "",
    )  # fmt: skip
    yield Figure(
        _("Within 15 minutes"), share(people.in_time, people.count) or _("none"),
        hint=_("within 5 minutes %(share)s") % {"share": share(people.quick, people.count)}
        if people.count else "",
    )  # fmt: skip
    yield Figure(_("Answers of people"), number(people.count), change(people.count, before.count))
    if not scope.alone:
        every, robot = people.count + found.robot.count, found.robot
        yield Figure(
            _("Answered by the robot"), share(robot.count, every),
            hint=ngettext("%(num)s of %(all)s", "%(num)s of %(all)s", robot.count)
            % {"num": number(robot.count), "all": number(every)},
        )  # fmt: skip


def _by(named: Sequence[tuple[str, Waits]], found: Answers, scope: Scope) -> Card:
    rows = [[Cell(name, name), *_cells(one)] for name, one in named]
    if found.robot.count and not scope.alone:
        rows.append([Cell(_("Robot"), _("Robot")), *_cells(found.robot)])
    charted = [
        Bar(name, (_minutes(one.median),), _time(one.median), _answers(one.count))
        for name, one in named[:CHARTED]
    ]
    said = ", ".join(f"{name} {_time(one.median)}" for name, one in named[:CHARTED])
    return Card(
        title=_("By who answered"),
        hint=_("median of the wait"),
        chart=bars(charted, said=_("Median of the wait: %(each)s") % {"each": said}),
        sheet=Sheet(
            key="people",
            heads=[_("Manager"), *_heads()],
            units=_units(),
            rows=rows,
            total=[Cell(_("People together"), _("People together")), *_cells(found.people)]
            if len(named) > 1
            else None,
        ),
    )


def _hours(found: Answers) -> Card:
    by_hour = dict(found.hours)
    every = [(hour, by_hour.get(hour, Waits())) for hour in range(24)]
    worst = max(every, key=lambda one: _minutes(one[1].median))
    said = _("Median of the wait by hour, the longest at %(hour)s: %(time)s") % {
        "hour": _hour(worst[0]), "time": _time(worst[1].median),
    }  # fmt: skip
    piles = [Pile(str(hour), (_minutes(one.median),), _time(one.median)) for hour, one in every]
    return Card(
        title=_("By hour"),
        hint=_("when the client began to wait, in your time zone"),
        chart=columns(piles, said=said),
        sheet=Sheet(
            key="hours",
            heads=[_("Hour"), *_heads()],
            units=_units(),
            rows=[
                [Cell(_hour(hour), _hour(hour)), *_cells(one)] for hour, one in every if one.count
            ],
        ),
    )


def _heads() -> Sequence[str]:
    return [
        _("Answers"), _("Median"), _("90% within"), _("Within 5 min"), _("Within 15 min"),
        _("First answers"), _("Median of first ones"),
    ]  # fmt: skip


def _units() -> Sequence[str]:
    second = _("s")
    return ["", "", second, second, "%", "%", "", second]


def _cells(one: Waits) -> Iterator[Cell]:
    yield counted(one.count)
    yield Cell(one.median, _time(one.median))
    yield Cell(one.most, _time(one.most))
    for part in (one.quick, one.in_time):
        yield Cell(round(100 * part / one.count) if one.count else None, share(part, one.count))
    yield counted(one.firsts)
    yield Cell(one.first_median, _time(one.first_median))


def _slower(now: timedelta | None, before: timedelta | None) -> tuple[str, str]:
    if now is None or before is None:
        return "", ""
    seconds = (now.total_seconds(), before.total_seconds())
    return change(*seconds), tone(*seconds, less=True)


def _time(span: timedelta | None) -> str:
    return took(span) if span is not None else "0"


def _minutes(span: timedelta | None) -> float:
    return span.total_seconds() / 60 if span else 0


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _answers(count: int) -> str:
    return ngettext("%(num)s answer", "%(num)s answers", count) % {"num": number(count)}
