"""A reminder comes exactly once for each due time, whatever becomes of task and worker."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.task import Outcome
from models.timeline import Action, Event
from tests.chaos.wire import Moment, Trap, Wire
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World

MOMENTS: tuple[Moment, ...] = ("asked", "answered", "committing", "committed")
DEEDS = 12


class Diary:
    """What was promised, and what therefore has to be told by when."""

    def __init__(self, world: World, client: Client, dice: random.Random) -> None:
        self.world, self.client, self.dice = world, client, dice
        self.due: dict[int, datetime] = {}
        self.closed: dict[int, datetime] = {}
        self.owed: Counter[tuple[int, datetime]] = Counter()

    async def does_something(self) -> None:
        now = await self.world.now()
        self._owe(now)
        by = self.world.anna.actor
        later = now + timedelta(minutes=self.dice.randint(1, 60))
        async with self.world.change() as work:
            lead = await self.world.locked(work, self.client)
            deed = self.dice.choice(["set", "set", "move", "close", "reopen"])
            if deed == "move" and self.due:
                task = self.dice.choice(list(self.due))
                await lead.move_task(task, later, by=by, now=now)
                self.due[task] = later
            elif deed == "close" and self.due:
                task = self.dice.choice(list(self.due))
                await lead.close_task(task, self.dice.choice(list(Outcome)), by=by, now=now)
                self.closed[task] = self.due.pop(task)
            elif deed == "reopen" and self.closed:
                task = self.dice.choice(list(self.closed))
                await lead.reopen_task(task, by=by, now=now)
                self.due[task] = self.closed.pop(task)
            else:
                made = await lead.set_task(
                    "Позвонить", due_at=later, assignee=self.world.anna, by=by, now=now
                )
                self.due[made.id] = later

    async def is_told(self) -> None:
        """All that is due by now is told before anything else is done."""

        async def told() -> bool:
            self._owe(await self.world.now())
            told_of = await self.reminders()
            assert told_of == self.owed, f"{told_of} {self.owed} {self.due}"
            return True

        await eventually(told, within=30)

    async def reminders(self) -> Counter[tuple[int, datetime]]:
        lead = await self.world.lead(self.client)
        query = select(col(Event.particulars)).where(
            col(Event.lead_id) == lead.id, col(Event.kind) == Action.TASK_DUE
        )
        async with self.world.database.reading() as session:
            found = (await session.execute(query)).scalars()
            return Counter((one["task"], datetime.fromisoformat(one["due_at"])) for one in found)

    def _owe(self, now: datetime) -> None:
        for task, due_at in self.due.items():
            if due_at <= now:
                self.owed[task, due_at] = 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_reminder_for_each_due_time_whatever_is_cut(
    wired: World, wire: Wire, seed: int
) -> None:
    dice = random.Random(seed)
    await wired.publishes(GREETING)
    ivan = await wired.client("Иван")
    await ivan.starts()
    await wired.stands_at(ivan, "ask")
    if seed % 2:  # no process deadline ticks then, and reminders do
        async with wired.change() as work:
            lead = await wired.locked(work, ivan)
            await lead.take_over(by=wired.anna.actor, now=await wired.now())
    diary, torn = Diary(wired, ivan, dice), list[Trap]()
    for _number in range(DEEDS):
        await diary.does_something()
        if not torn or torn[-1].taken:
            torn.append(wire.trap('"kind":"task_due"', MOMENTS[(seed + len(torn)) % 4]))
            torn[-1].tear()
        await wired.passes(timedelta(minutes=dice.randint(1, 60)))
        await diary.is_told()
    await wired.passes(timedelta(hours=2))
    await diary.is_told()
    assert sum(diary.owed.values()) >= len([one for one in torn if one.taken]) >= 2


async def test_what_was_due_while_no_worker_was_there_is_told_once_by_the_next(
    real_world: World,
) -> None:
    world = real_world
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    diary = Diary(world, ivan, random.Random(1))
    await diary.does_something()
    await world.stop_worker()
    now = await world.now()
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        for task in diary.due:
            soon = now + timedelta(seconds=1)
            await lead.move_task(task, soon, by=world.anna.actor, now=now)
            diary.due[task] = soon

    async def is_due() -> bool:
        return await world.now() > soon

    await eventually(is_due)
    await world.start_worker()
    await diary.is_told()
    await world.stop_worker()
    await world.start_worker()
    async with world.change() as work:
        (await world.locked(work, ivan)).ring()
    await diary.is_told()
