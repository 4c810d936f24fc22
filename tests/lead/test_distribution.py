"""Leads that go to somebody by themselves: whose turn it is, and who is at work."""

import asyncio

from activities.progress import progress
from models import shift
from models.database import Database
from models.distribution import Way
from models.lead.lead import Lead
from models.notice import Notice
from models.process.version import definition_of, publish
from models.shift import OffShift
from models.user import Role, Team, User
from tests.lead.office import NOW, Office


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


ASSIGNING = """
process: assigning
title: {ru: Передача, en: Assigning}
languages: [ru, en]
start: turn
steps:
  turn:
    assign: {by: round_robin, team: TEAM}
    if_nobody: person
    next: wait
  person:
    assign: {to: LOGIN}
    if_nobody: human
    next: wait
  human:
    hand_over: {reason: {ru: некому, en: nobody}}
    next: wait
  wait:
    wait: {for: reply}
    next: fin
  fin: {end: done}
scenarios:
  - name: по очереди
    events:
      - expect: {step: wait, owner: somebody}
"""


async def test_a_process_gives_by_turns_then_to_a_person_then_asks_for_one(undone: Database):
    office = await Office(undone).opens("anna", "boris", way=Way.NOBODY)
    anna, boris = office.people
    async with undone.unit_of_work() as work:
        team = await work.session.get_one(Team, office.team_id)
        source = ASSIGNING.replace("TEAM", team.name).replace("LOGIN", boris.login)
        process = await publish(work, source, files={})
        definition = await definition_of(work.session, process.key, process.number)

    async def walks(lead_id: int) -> Lead:
        """The engine looks until there is nothing more to be done at once."""
        async with undone.unit_of_work(silent=True) as work:
            lead = await work.locked_lead(lead_id)
            await lead.start(definition, version=process.number, by="engine", now=NOW)
        for _ in range(4):
            async with undone.unit_of_work(silent=True) as work:
                move = await progress(work, await work.locked_lead(lead_id), now=NOW)
        assert move.due_at is None
        async with undone.reading() as session:
            return await session.get_one(Lead, lead_id)

    first, second, third, fourth = await office.leads(4)
    by_turns = [await walks(one) for one in (first, second)]
    for one in office.people:
        await office.goes_off(one, OffShift.STAY)
    to_boris = await walks(third)
    async with undone.unit_of_work() as work:
        (await work.session.get_one(User, boris.id)).disabled_at = NOW
    asked = await walks(fourth)

    assert [one.owner_id for one in by_turns] == [anna.id, boris.id]
    assert {one.step for one in (*by_turns, to_boris)} == {"wait"}
    assert to_boris.owner_id == boris.id
    assert (asked.mode, asked.step, asked.owner_id) == ("manual", "human", None)
