"""Leads that go to somebody by themselves: whose turn it is, and who is at work."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import shift
from models.database import Database
from models.distribution import Way
from models.errors import NotAllowed, Refused
from models.lead.lead import Lead
from models.notice import Notice
from models.shift import OffShift, Span
from models.user import Role, Team, User
from tests.lead.office import NOW, Office

WORKDAY = [Span(day=day, begins="09:00", ends="18:00") for day in range(5)]


async def test_who_is_handed_over_goes_by_turns(undone: Database):
    office = await Office(undone).opens("anna", "boris", "vera")
    leads = await office.leads(7)
    for lead in leads:
        await office.is_handed_over(lead)

    assert [await office.owner(lead) for lead in leads] == [
        "anna", "boris", "vera", "anna", "boris", "vera", "anna",
    ]  # fmt: skip
    (told,) = await office.lines(leads[0])
    assert (told["before"], told["because"]) == (None, "round_robin")


async def test_by_hand_nobody_gets_one_by_themselves(undone: Database):
    office = await Office(undone).opens("anna", way=Way.NOBODY)
    (lead,) = await office.leads(1)

    await office.is_handed_over(lead)

    assert await office.owner(lead) is None


async def test_who_has_a_lead_keeps_it_at_a_hand_over(undone: Database):
    office = await Office(undone).opens("anna", "boris")
    (lead,) = await office.leads(1, owner_id=office.people[1].id)

    await office.is_handed_over(lead)

    assert await office.owner(lead) == "boris"


async def test_leads_handed_over_at_once_are_shared_evenly(database: Database):
    """However many at once: counts differ by one at most, nobody off shift gets one."""
    office = await Office(database).opens("anna", "boris", "vera", "off")
    await office.goes_off(office.people[3], OffShift.STAY)
    leads = await office.leads(40)

    await asyncio.gather(*(office.is_handed_over(lead) for lead in leads))

    counts = await office.owners(leads)
    assert set(counts) == {"anna", "boris", "vera"}
    assert max(counts.values()) - min(counts.values()) <= 1


async def test_least_busy_is_evened_out_also_at_once(database: Database):
    office = await Office(database).opens("anna", "boris", "vera", way=Way.LEAST_BUSY)
    await office.leads(6, owner_id=office.people[0].id, mode="manual")
    await office.leads(9, owner_id=office.people[1].id, mode="auto")  # nobody waits: not open
    leads = await office.leads(20)

    await asyncio.gather(*(office.is_handed_over(lead) for lead in leads))

    counts = await office.owners(leads)
    loads = [counts["anna"] + 6, counts["boris"], counts["vera"]]
    assert max(loads) - min(loads) <= 1


async def test_who_has_enough_gets_no_more(undone: Database):
    office = await Office(undone).opens("anna", "boris", most_open=2)
    leads = await office.leads(6)
    for lead in leads:
        await office.is_handed_over(lead)

    assert await office.owners(leads) == {"anna": 2, "boris": 2, None: 2}


async def test_others_lines_teams_and_roles_are_passed_over(undone: Database):
    office = await Office(undone).opens("anna", "second", "both", "gone", "lead", "elsewhere")
    elsewhere = await Office(undone).opens("stranger")
    _anna, second, both, gone, lead, away = office.people
    second.line, both.line, gone.disabled_at = 2, None, NOW
    lead.role, away.team_id = Role.TEAM_LEAD, elsewhere.team_id
    async with undone.unit_of_work() as work:
        for person in office.people:
            await work.session.merge(person)
    leads = await office.leads(4)
    for one in leads:
        await office.is_handed_over(one)

    assert await office.owners(leads) == {"anna": 2, "both": 2}


async def test_with_nobody_on_shift_it_stays_nobodys(undone: Database):
    office = await Office(undone).opens("anna")
    await office.goes_off(office.people[0], OffShift.STAY)
    (lead,) = await office.leads(1)

    await office.is_handed_over(lead)

    assert await office.owner(lead) is None


async def test_a_team_without_shifts_counts_everybody_as_at_work(undone: Database):
    office = await Office(undone).opens("anna", shifts=False)
    (lead,) = await office.leads(1)

    await office.is_handed_over(lead)

    assert await office.owner(lead) == "anna"


async def test_who_got_one_by_turns_is_told(undone: Database):
    office = await Office(undone).opens("anna")
    asked, given = await office.leads(2)
    await office.is_handed_over(asked)
    async with undone.unit_of_work() as work:
        owner = await (await work.locked_lead(given)).give_by_turns(by="user:1", at=NOW)
        assert owner is not None
    async with undone.reading() as session:
        notices = [(await session.get_one(Lead, one)).notice for one in (asked, given)]

    assert notices == [Notice.HANDED_OVER, Notice.ASSIGNED]


async def test_waiting_leads_go_on_when_their_manager_goes_off_shift(undone: Database):
    office = await Office(undone).opens("anna", "boris")
    anna = office.people[0]
    mine = {"owner_id": anna.id}
    waiting = await office.leads(3, waiting_since=NOW, mode="manual", **mine)
    quiet = await office.leads(2, mode="manual", **mine)
    shelved = await office.leads(1, waiting_since=NOW, archived_at=NOW, **mine)

    await office.goes_off(anna, OffShift.WAITING)
    await office.relays()
    await office.relays()

    assert await office.owners(waiting) == {"boris": 3}
    assert await office.owners([*quiet, *shelved]) == {"anna": 3}
    assert [line["because"] for line in await office.lines(waiting[0])] == ["off_shift"]
    assert (await office.person(0)).going_off is None


async def test_all_open_leads_go_part_by_part_and_are_nobodys_without_a_colleague(
    undone: Database,
):
    office = await Office(undone).opens("anna")
    anna = office.people[0]
    leads = await office.leads(205, owner_id=anna.id, mode="manual")
    led = await office.leads(1, owner_id=anna.id, mode="auto")

    await office.goes_off(anna, OffShift.OPEN)
    await office.relays()

    assert await office.owners(leads) == {None: 205}
    assert await office.owners(led) == {"anna": 1}


async def test_leads_stay_where_the_team_says_so_and_with_who_comes_back_at_once(
    undone: Database,
):
    office = await Office(undone).opens("anna", "boris")
    anna, boris = office.people
    hers = await office.leads(2, owner_id=anna.id, mode="manual", waiting_since=NOW)
    his = await office.leads(2, owner_id=boris.id, mode="manual", waiting_since=NOW)
    await office.goes_off(anna, OffShift.STAY)
    await office.goes_off(boris, OffShift.OPEN)
    async with undone.unit_of_work() as work:
        team = await work.session.get_one(Team, office.team_id)
        shift.start(await work.session.get_one(User, boris.id), team=team, now=NOW)

    await office.relays()

    assert await office.owners([*hers, *his]) == {"anna": 2, "boris": 2}


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
