"""What is promised for a lead: its due time, its reminder, and how it ends."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import Database
from models.errors import Missing, Refused
from models.lead.tasking import MOST_OPEN
from models.process.version import definition_of, publish
from models.queries import notices
from models.queries.tasks import who_does
from models.task import Outcome, Task, due
from models.timeline import Event
from models.user import User
from tests.messenger.town import Town

HOUR = timedelta(hours=1)


@pytest.fixture
async def town(undone: Database) -> Town:
    return await Town(undone).settles()


async def promised(
    town: Town, lead_id: int, what: str = "Позвонить", *, after: timedelta = HOUR,
    whom: User | None = None,
) -> int:  # fmt: skip
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        task = await lead.set_task(
            what, due_at=town.now + after, assignee=whom or town.anna, by=town.anna.actor,
            now=town.now,
        )  # fmt: skip
    return task.id


async def told(town: Town, lead_id: int) -> list[str]:
    async with town.database.reading() as session:
        query = select(col(Event.kind)).where(
            col(Event.lead_id) == lead_id, col(Event.kind).startswith("task_")
        )
        return [kind.removeprefix("task_") for kind in
                (await session.execute(query.order_by(col(Event.seq)))).scalars()]  # fmt: skip


async def closes(town: Town, lead_id: int, task: int, outcome: Outcome, result: str = "") -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.close_task(task, outcome, by=town.anna.actor, now=town.now, result=result)


async def moves(town: Town, lead_id: int, task: int, after: timedelta) -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.move_task(task, town.now + after, by=town.anna.actor, now=town.now)


async def called(town: Town, person: User) -> set[int]:
    async with town.database.reading() as session:
        asked = await session.get_one(User, person.id)
        return {lead.id for lead in await notices.news(session, asked)}


async def test_the_lead_knows_the_earliest_of_its_open_tasks(town: Town):
    ivan = await town.writes("Иван", "привет")
    later, sooner = await promised(town, ivan, after=3 * HOUR), await promised(town, ivan)
    assert (await town.lead(ivan)).task_due_at == town.now + HOUR
    assert (await town.moves(ivan)).due_at == town.now + HOUR

    await moves(town, ivan, sooner, 5 * HOUR)
    assert (await town.lead(ivan)).task_due_at == town.now + 3 * HOUR
    await closes(town, ivan, later, Outcome.DONE, "дозвонились")
    assert (await town.lead(ivan)).task_due_at == town.now + 5 * HOUR
    await closes(town, ivan, sooner, Outcome.CANCELLED)
    await closes(town, ivan, sooner, Outcome.CANCELLED)  # said twice it is one line
    assert (await town.lead(ivan)).task_due_at is None
    assert await told(town, ivan) == ["created", "created", "moved", "done", "cancelled"]

    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        with pytest.raises(Refused):
            await lead.close_task(sooner, Outcome.DONE, by=town.anna.actor, now=town.now)
        await lead.reopen_task(later, by=town.anna.actor, now=town.now)
    assert (await town.lead(ivan)).task_due_at == town.now + 3 * HOUR


async def test_a_reminder_comes_once_for_each_due_time_in_manual_too(town: Town):
    ivan = await town.writes("Иван", "привет")
    task = await promised(town, ivan)
    async with town.database.unit_of_work() as work:
        await (await work.locked_lead(ivan)).take_over(by=town.anna.actor, now=town.now)
    town.passes(minutes=59)
    assert (await town.moves(ivan)).due_at == town.now + timedelta(minutes=1)
    assert "due" not in await told(town, ivan)

    town.passes(minutes=1)
    for _ in range(3):
        assert (await town.moves(ivan)).due_at is None
    assert (await told(town, ivan)).count("due") == 1
    lead = await town.lead(ivan)
    assert (lead.notice, lead.reminded, lead.last_action_at) == (
        "task_due", (town.anna.id,), town.now)  # fmt: skip

    await moves(town, ivan, task, HOUR)
    assert (await town.lead(ivan)).notice is None
    town.passes(hours=2)
    await town.moves(ivan)
    await town.moves(ivan)
    assert (await told(town, ivan)).count("due") == 2


async def test_what_is_finished_is_not_reminded_of(town: Town):
    ivan = await town.writes("Иван", "привет")
    done, gone = await promised(town, ivan), await promised(town, ivan)
    await closes(town, ivan, done, Outcome.DONE)
    await closes(town, ivan, gone, Outcome.CANCELLED)
    town.passes(hours=2)
    assert (await town.moves(ivan)).due_at is None
    assert "due" not in await told(town, ivan)


async def test_only_who_is_to_do_it_hears_of_it_whoever_owns_the_lead(town: Town):
    ivan = await town.writes("Иван", "привет")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(town.anna, by=town.anna.actor, at=town.now)
        lead.unread, lead.notice = 0, None
    task = await promised(town, ivan, whom=town.igor)
    town.passes(hours=1)
    await town.moves(ivan)
    assert await called(town, town.igor) == {ivan}
    assert await called(town, town.anna) == await called(town, town.maria) == set()

    async with town.database.reading() as session:
        asked = await session.get_one(User, town.igor.id)
        [one] = (await notices.page(session, asked)).told
    assert one.new
    assert one.noticed[0].event.particulars["what"] == "Позвонить"

    async with town.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).mark_read(by=town.anna)
    assert await called(town, town.igor) == {ivan}  # somebody else has looked
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).mark_read(by=town.igor)
    assert await called(town, town.igor) == set()

    await moves(town, ivan, task, HOUR)
    town.passes(hours=1)
    await town.moves(ivan)
    assert await called(town, town.igor) == {ivan}
    await closes(town, ivan, task, Outcome.DONE)
    assert await called(town, town.igor) == set()
    assert (await town.lead(ivan)).notice is None


async def test_a_task_of_nobody_is_told_to_whom_the_lead_concerns(town: Town):
    ivan = await town.writes("Иван", "привет")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(town.boris, by=town.boris.actor, at=town.now)
        lead.unread = 0
        await lead.set_task(
            "Позвонить", due_at=town.now + HOUR, assignee=None, by="process:a/b", now=town.now
        )
    town.passes(hours=1)
    await town.moves(ivan)
    assert await called(town, town.boris) == {ivan}
    assert await called(town, town.anna) == set()


async def test_who_cannot_see_the_lead_or_is_gone_does_nothing_for_it(town: Town):
    ivan = await town.writes("Иван", "привет")
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        lead.assign(town.anna, by=town.anna.actor, at=town.now)
        maria = await work.session.get_one(User, town.maria.id)
        maria.disabled_at = town.now
        for person in (town.boris, town.maria, town.dora):
            with pytest.raises(Refused):
                await who_does(work, lead, person.id)
        with pytest.raises(Refused):
            await who_does(work, lead, 10**17)
        assert await who_does(work, lead, town.igor.id) is not None
        assert await who_does(work, lead, None) is None


async def test_who_goes_hands_on_what_they_had_promised(town: Town):
    ivan = await town.writes("Иван", "привет")
    hers, his = await promised(town, ivan), await promised(town, ivan, whom=town.igor)
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        await lead.hand_tasks(of=town.anna.id, to=town.boris, by=town.maria.actor, now=town.now)
    async with town.database.reading() as session:
        whose = [(await session.get_one(Task, one)).assignee_id for one in (hers, his)]
    assert whose == [town.boris.id, town.igor.id]


async def test_bad_input_is_refused_and_changes_nothing(town: Town):
    ivan, petra = await town.writes("Иван", "привет"), await town.writes("Petra", "hello")
    hers = await promised(town, petra)
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for what, after in (("  ", HOUR), ("а" * 10_000, HOUR), ("ок", -HOUR),
                            ("ок", timedelta(days=4000))):  # fmt: skip
            with pytest.raises(Refused):
                await lead.set_task(what, due_at=town.now + after, assignee=None,
                                    by=town.anna.actor, now=town.now)  # fmt: skip
        with pytest.raises(Missing):
            await lead.close_task(hers, Outcome.DONE, by=town.anna.actor, now=town.now)
        for _ in range(MOST_OPEN):
            work.add(Task(lead_id=ivan, what="ещё", due_at=town.now + HOUR, by=town.anna.actor))
        await work.flush()
        with pytest.raises(Refused):
            await lead.set_task("ещё", due_at=town.now + HOUR, assignee=None,
                                by=town.anna.actor, now=town.now)  # fmt: skip
    assert await told(town, ivan) == []


def test_a_date_is_what_it_says_where_the_person_is():
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    in_moscow = partial(due, zone="Europe/Moscow")
    assert in_moscow("2026-11-24", "10:30", now=now) == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert in_moscow("2026-11-24", "", now=now) == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    late = now.replace(hour=16)  # the working day is over
    assert in_moscow("2026-11-23", "", now=late) == datetime(2026, 11, 23, 20, 59, tzinfo=UTC)
    for day, clock in (("2026-02-30", "10:00"), ("завтра", ""), ("", "10:00"),
                       ("2026-11-24", "25:00"), ("0001-01-01", "00:00")):  # fmt: skip
        with pytest.raises(Refused):
            due(day, clock, zone="Asia/Tokyo", now=now)


CHECKING = """
process: checking
title: {ru: Проверка, en: Check}
languages: [ru]
start: check
steps:
  check:
    task: {what: "Проверить {{ lead.first_name }}", due: 2h, wait: true}
    if_cancelled: again
    next: thanks
  again:
    wait: {duration: 1h}
    next: check
  thanks: {end: thanks}
"""


async def test_a_process_sets_a_task_hears_its_outcome_and_no_other(town: Town):
    ivan = await town.writes("Иван", "привет")
    async with town.database.unit_of_work() as work:
        version = await publish(work, CHECKING, files={})
        lead = await work.locked_lead(ivan)
        lead.assign(town.anna, by=town.anna.actor, at=town.now)
        definition = await definition_of(work.session, version.key, version.number)
        await lead.start(definition, version=version.number, by=town.anna.actor, now=town.now)
    await town.moves(ivan)
    of_a_person = await promised(town, ivan)
    await closes(town, ivan, of_a_person, Outcome.DONE)
    await town.moves(ivan)
    lead = await town.lead(ivan)
    assert (lead.step, lead.task_due_at) == ("check", town.now + 2 * HOUR)

    task = await open_task(town, ivan)
    assert (task.what, task.assignee_id, task.by) == (
        "Проверить Иван", town.anna.id, "process:checking/check")  # fmt: skip
    await closes(town, ivan, task.id, Outcome.CANCELLED)
    await town.moves(ivan)
    assert (await town.lead(ivan)).step == "again"
    town.passes(hours=1)
    await town.moves(ivan)
    second = await open_task(town, ivan)
    assert second.id != task.id
    async with town.database.unit_of_work() as work:  # come to again while it is open: the same one
        lead = await work.locked_lead(ivan)
        await lead.take_over(by=town.anna.actor, now=town.now)
        facts = await lead.facts(lead.state)
        await lead.give_back(
            by=town.anna.actor, now=town.now, at="same", definition=definition, facts=facts
        )
    town.passes(minutes=5)
    await town.moves(ivan)
    again = await open_task(town, ivan)
    assert (again.id, again.due_at) == (second.id, town.now + 2 * HOUR)
    await closes(town, ivan, again.id, Outcome.DONE)
    await town.moves(ivan)
    state = (await town.lead(ivan)).state
    assert state is not None
    assert state.outcome == "thanks"


async def open_task(town: Town, lead_id: int) -> Task:
    async with town.database.reading() as session:
        query = select(Task).where(col(Task.lead_id) == lead_id, col(Task.outcome).is_(None))
        return (await session.execute(query)).scalar_one()
