"""Each report's figures equal a naive count over the same random past."""

import math
import random
import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.database import Database
from models.payment import Kind
from models.queries.reports.answers import Waits, answers
from models.queries.reports.deposits import BY, Money, deposits
from models.queries.reports.funnel import funnel
from models.queries.reports.load import Load, load
from models.queries.reports.scope import Scope, narrowed
from models.queries.reports.span import Span, usual
from models.queries.view import View
from models.user import Role, User
from tests.reports.past import MAIN, NOW, VIP, Past, Told, happened

DAY = timedelta(days=1)


@pytest.fixture(params=range(2))
async def past(request: pytest.FixtureRequest, undone: Database) -> Past:
    return await happened(undone, random.Random(request.param))


def spans(person: User) -> Iterable[Span]:
    zone = person.time_zone
    for name in ("today", "7", "30"):
        found = usual(name, zone=zone, now=NOW)
        assert found is not None
        yield found
    yield Span(date(2026, 10, 25), date(2026, 10, 25), zone)  # of 25 hours in Berlin


def scopes(past: Past) -> Iterable[Scope]:
    for person in past.people:
        for span in spans(person):
            yield Scope(person=person, span=span, view=narrowed(View()), now=NOW)
        of = usual("30", zone=person.time_zone, now=NOW)
        assert of is not None
        for view in (
            View(source=["fb"]), View(buyer=["max", "ira"], line=1), View(campaign=["=2+2"]),
        ):  # fmt: skip
            yield Scope(person=person, span=of, view=narrowed(view), now=NOW)
        yield Scope(person=person, span=of, view=narrowed(View()), now=NOW, team=past.teams[0].id)


def of(past: Past, scope: Scope) -> list[Told]:
    return [one for one in past.counted(scope.person) if within(one, scope)]


def within(one: Told, scope: Scope) -> bool:
    view, lead = scope.view, one.lead
    asked = {"source": view.source, "buyer": view.buyer, "campaign": view.campaign}
    return (
        all(getattr(lead, name) in values for name, values in asked.items() if values)
        and view.line in (None, lead.line)
        and scope.team in (None, lead.team_id)
    )


def inside(at: datetime, span: Span) -> bool:
    return span.first <= local_day(at, span) <= span.last


def local_day(at: datetime, span: Span) -> date:
    return at.astimezone(ZoneInfo(span.zone)).date()


async def test_deposits_are_the_ledgers_sums_of_each_currency(past: Past, undone: Database):
    for scope in scopes(past):
        for by in BY:
            async with undone.reading() as session:
                found = await deposits(session, scope, by=by)
            rows: Any = defaultdict(
                lambda: defaultdict(lambda: defaultdict(lambda: [Decimal(), 0]))
            )
            days: Any = defaultdict(
                lambda: defaultdict(lambda: defaultdict(lambda: [Decimal(), 0]))
            )
            for one in of(past, scope):
                for kind, amount, currency, paid_at, counts in one.paid:
                    if inside(paid_at, scope.span):
                        key = getattr(one.lead, "spot_id" if by == "spot" else by)
                        for table, where in ((rows, key), (days, local_day(paid_at, scope.span))):
                            table[currency][where][kind][0] += amount
                            table[currency][where][kind][1] += counts
            said = {currency: {key: shape(it) for key, it in one.rows}
                    for currency, one in found.items() if one.rows}  # fmt: skip
            assert said == plain(rows), (scope, by)
            by_day = {currency: {day: shape(it) for day, it in one.days}
                      for currency, one in found.items() if one.days}  # fmt: skip
            assert by_day == plain(days)


def shape(one: Money) -> dict[Kind, tuple[Decimal, int]]:
    return {kind: (it.amount, it.count) for kind, it in one.kinds.items()}


def plain(table: Any) -> Any:
    kept = {
        currency: {
            key: {kind: (amount, count) for kind, (amount, count) in kinds.items()
                  if amount or count}
            for key, kinds in keys.items()
        }
        for currency, keys in table.items()
    }  # fmt: skip
    kept = {
        currency: {key: it for key, it in keys.items() if it} for currency, keys in kept.items()
    }
    return {currency: keys for currency, keys in kept.items() if keys}


async def test_the_days_before_are_as_many(past: Past, undone: Database):
    maria = past.of(Role.ADMIN)
    for span in spans(maria):
        scope = Scope(person=maria, span=span, view=narrowed(View()), now=NOW)
        assert span.before.length == span.length
        assert span.before.last == span.first - DAY
        async with undone.reading() as session:
            found = await deposits(session, scope, by="spot")
        total = sum((one.before.net for one in found.values()), Decimal())
        earlier = [each for one in past.told for each in one.paid if inside(each[3], span.before)]
        signs = {Kind.SALE: 1, Kind.REPEAT_SALE: 1, Kind.WITHDRAWAL: -1}
        assert total == sum(amount * signs[kind] for kind, amount, *_ in earlier)


async def test_the_funnel_counts_the_furthest_that_each_lead_has_been(past: Past, undone: Database):
    for scope in scopes(past):
        for pipeline, keys in (("main", MAIN), ("vip", VIP)):
            async with undone.reading() as session:
                found, _before = await funnel(session, scope, pipeline)
            steps, lost = keys[:-1], keys[-1]
            came = [one for one in of(past, scope) if inside(one.lead.created_at, scope.span)]
            ever = [
                ({one.lead.stage_key, *(key for _at, *two in one.moves for key in two)}, one)
                for one in came
            ]
            here = [(been, one) for been, one in ever if been & set(keys)]
            assert found.leads == len(here)
            assert found.gone == sum(one.lead.stage_key not in keys for _been, one in here)
            assert found.given_up == sum(one.lead.stage_key == lost for _been, one in here)
            for place, passed in enumerate(found.steps):
                further = set(steps[place:])
                assert passed.stage.key == steps[place]
                assert passed.reached == sum(bool(been & further) for been, _one in here)
                assert passed.here == sum(one.lead.stage_key == steps[place] for _, one in here)
                times = [
                    min(at for at, _left, got in one.moves if got in further) - one.lead.created_at
                    for _been, one in here
                    if any(got in further for _at, _left, got in one.moves)
                ]
                seconds = [one.total_seconds() for one in times]
                expected = (
                    timedelta(seconds=statistics.median(seconds)) if place and times else None
                )
                assert near(passed.median, expected)


async def test_answers_belong_to_who_gave_them(past: Past, undone: Database):
    for scope in scopes(past):
        async with undone.reading() as session:
            found = await answers(session, scope)
        among = [one for one in past.told if within(one, scope)]
        if scope.person.role != Role.MANAGER:
            among = of(past, scope)
        given = []
        for one in among:
            person_before = False
            for since, at, by in one.answered:
                first = by is not None and not person_before
                person_before = person_before or by is not None
                mine = scope.person.role != Role.MANAGER or by == scope.person.id
                if mine and inside(at, scope.span):
                    given.append((since, at - since, by, first))
        people = [one for one in given if one[2] is not None]
        same(found.people, people)
        same(found.robot, [one for one in given if one[2] is None])
        who = {one[2] for one in people}
        assert {number for number, _waits in found.by} == who
        for number, waits in found.by:
            same(waits, [one for one in people if one[2] == number])
        zone = ZoneInfo(scope.span.zone)
        hours = {one[0].astimezone(zone).hour for one in people}
        assert {hour for hour, _waits in found.hours} == hours
        for hour, waits in found.hours:
            same(waits, [one for one in people if one[0].astimezone(zone).hour == hour])


def same(found: Waits, given: list[tuple[Any, ...]]) -> None:
    waited = [one[1] for one in given]
    firsts = [one[1] for one in given if one[3]]
    assert found.count == len(given)
    assert found.quick == sum(one <= timedelta(minutes=5) for one in waited)
    assert found.in_time == sum(one <= timedelta(minutes=15) for one in waited)
    assert found.firsts == len(firsts)
    for said, times, share in (
        (found.median, waited, 0.5), (found.most, waited, 0.9),
        (found.first_median, firsts, 0.5), (found.first_most, firsts, 0.9),
    ):  # fmt: skip
        assert near(said, middle(times, share))


def middle(times: list[timedelta], share: float) -> timedelta | None:
    """The least that so many take no longer than, as it is told: whole seconds of a minute, five
    of ten minutes, fifteen of an hour."""
    if not times:
        return None
    place = math.ceil(share * len(times)) - 1
    seconds = int(sorted(times)[place].total_seconds())
    unit = 1 if seconds < 60 else 5 if seconds < 600 else 15 if seconds < 3600 else 300
    return timedelta(seconds=seconds - seconds % unit)


def near(one: timedelta | None, other: timedelta | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < timedelta(milliseconds=1)


async def test_load_is_what_lies_on_each_desk(past: Past, undone: Database):
    for scope in scopes(past):
        async with undone.reading() as session:
            found = await load(session, scope)
        desks: dict[int | None, list[Told]] = defaultdict(list)
        for one in of(past, scope):
            if one.lead.archived_at is None and one.lead.ignored_at is None:
                desks[one.lead.owner_id].append(one)
        assert {one.who.id if one.who else None for one in found if not one.idle} == set(desks)
        for row in found:
            check(row, [each.lead for each in desks[row.who.id if row.who else None]])


def check(one: Load, leads: list[Any]) -> None:
    since = [lead.waiting_since for lead in leads if lead.waiting_since]
    assert (one.leads, one.waiting, one.since) == (len(leads), len(since), min(since, default=None))
    assert one.manual == sum(lead.mode == "manual" for lead in leads)
    assert one.unread == sum(lead.unread > 0 for lead in leads)
    overdue = [lead for lead in leads if lead.task_due_at and lead.task_due_at <= NOW]
    assert one.overdue == len(overdue)
    assert one.long == sum(NOW - at >= timedelta(minutes=10) for at in since)
    assert one.too_long == sum(NOW - at >= timedelta(minutes=30) for at in since)
