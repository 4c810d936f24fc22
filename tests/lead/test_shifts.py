"""When shifts begin and end: by a plan, by hand, and in whose team at all."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import shift
from models.database import Database
from models.errors import NotAllowed, Refused
from models.shift import OffShift, Span
from models.user import Role, Team, User
from tests.lead.office import NOW, Office

WORKDAY = [Span(day=day, begins="09:00", ends="18:00") for day in range(5)]


async def test_a_plan_starts_and_ends_shifts_once_and_what_is_done_by_hand_holds(
    undone: Database,
):
    office = await Office(undone).opens("anna")
    async with undone.unit_of_work() as work:
        anna = await work.session.get_one(User, office.people[0].id)
        shift.make_plan(anna, WORKDAY, now=NOW)
        assert anna.on_shift_at == NOW  # at work already: the plan begins with its next boundary

    async def at(hours: float) -> bool:
        """Every relay looks, some of them late."""
        for seconds in (0, 0, 10):
            await office.relays(now=NOW + timedelta(hours=hours, seconds=seconds))
        return (await office.person(0)).on_shift_at is not None

    async def by_hand(*, on: bool) -> None:
        async with undone.unit_of_work() as work:
            person = await work.session.get_one(User, office.people[0].id)
            team = await work.session.get_one(Team, office.team_id)
            if on:
                shift.start(person, team=team, now=NOW)
            else:
                shift.end(person, team=team)

    assert await at(5.9)  # Monday, before 18:00
    assert not await at(6)
    await by_hand(on=True)  # stays longer
    assert await at(9)
    assert await at(21)  # Tuesday 9:00
    await by_hand(on=False)  # the dentist
    assert not await at(24)
    assert not await at(30)
    assert await at(21 + 24)  # Wednesday 9:00
    begun = (await office.person(0)).on_shift_at
    assert begun == NOW + timedelta(hours=45)
    assert not await at(7 * 24 - 4)  # nobody looked for days: what the plan says now
    assert await at(7 * 24 + 0)


async def test_a_shift_over_midnight_ends_on_the_next_day(undone: Database):
    night = [Span(day=0, begins="22:00", ends="06:00"), Span(day=1, begins="06:00", ends="08:00")]
    zone = ZoneInfo("Europe/Moscow")
    begins = NOW + timedelta(hours=10)

    assert shift.next_boundary(night, zone, NOW) == begins
    assert not shift.planned(night, zone, begins - timedelta(seconds=1))
    assert shift.planned(night, zone, begins)
    assert shift.planned(night, zone, begins + timedelta(hours=8))  # the next begins as it ends
    assert not shift.planned(night, zone, begins + timedelta(hours=10))
    assert shift.next_boundary([], zone, NOW) is None
    with pytest.raises(ValueError, match="no time"):
        Span(day=0, begins="09:00", ends="09:00")


async def test_shifts_are_the_teams_to_use(undone: Database):
    office = await Office(undone).opens("anna", "boris")
    anna = office.people[0]
    boss = User(login="boss", name="boss", role=Role.TEAM_LEAD, team_id=office.team_id)
    other = User(login="other", name="other", role=Role.TEAM_LEAD, team_id=None)
    choice: dict[str, Any] = {"shifts": False, "off_shift": OffShift.OPEN}
    async with undone.unit_of_work() as work:
        with pytest.raises(NotAllowed):
            await shift.choose(work, office.team_id, **choice, by=other)
        await shift.choose(work, office.team_id, **choice, by=boss)
    async with undone.unit_of_work() as work:
        team = await work.session.get_one(Team, office.team_id)
        person = await work.session.get_one(User, anna.id)
        assert person.on_shift_at is None
        with pytest.raises(Refused):
            shift.start(person, team=team, now=NOW)
