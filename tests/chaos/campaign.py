"""Clients write, managers work, and parts of the town are killed all the while."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from tests.chaos.kills import Killer
from tests.chaos.people import Crowd, Desk
from tests.chaos.processes import CHATTER
from tests.chaos.result import Plan, Result
from tests.chaos.town import Town

PACE = 6.0  # seconds that one kill and its mending take, more or less: the talk lasts as long


async def kills(folder: Path, plan: Plan) -> Result:
    """Every named moment once, then as it comes; Telegram misbehaves all the while."""
    result = Result("kills")
    begun, pause = monotonic(), PACE * plan.kills / plan.messages
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        crowd = crowd_of(town, plan, pause=pause)
        killer = Killer(town, chance=random.Random(plan.seed + 1))
        async with people(town, crowd, chance=random.Random(plan.seed + 2), pause=pause * 4):
            names = iter(killer.named())
            while killer.kills < plan.kills and monotonic() < begun + plan.seconds:
                if (name := next(names, None)) is not None:
                    await killer.at(name)
                else:
                    await killer.somehow()
                await killer.spoil()
        result.expect(killer.kills >= plan.kills, f"{killer.kills} kills of {plan.kills}")
        result.said.append(f"{killer.done.total() - killer.kills} pauses")
        await comes_to_rest(town, result)
    result.said.append(summary(result))
    result.counts.update({f"killed: {name}": count for name, count in killer.done.items()})
    return result


async def no_faults(folder: Path, plan: Plan) -> Result:
    """Nothing is killed and nothing misbehaves: nothing is unknown."""
    result = Result("no faults")
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        crowd = crowd_of(town, replace(plan, messages=min(plan.messages, 400)), pause=0.1)
        async with people(town, crowd, chance=random.Random(plan.seed), pause=0.4):
            pass
        await comes_to_rest(town, result, faultless=True)
    result.said.append(summary(result))
    return result


async def control(folder: Path, plan: Plan) -> Result:
    """A worker that repeats what it has no clear answer to: the checker has to see it."""
    result = Result("control: a wrong worker is seen")
    async with Town(folder, worker="-m tests.chaos.wrong_worker") as town:
        await town.leads_through(CHATTER)
        crowd = crowd_of(town, replace(plan, messages=min(plan.messages, 150)), pause=0.1)
        for kind in ("reset_after", "eof_after", "5xx_after"):
            await town.phone.fault(kind, probability=0.1)
        await crowd.talk()
        await comes_to_rest(town, seen := Result("seen"))
    twice = seen.counts["message accepted twice"]
    result.expect(twice, f"the checker saw {twice} messages twice of {seen.counts['messages out']}")
    return result


def crowd_of(town: Town, plan: Plan, *, pause: float) -> Crowd:
    """They say something every `pause` seconds, all together."""
    chance, clients = random.Random(plan.seed), max(5, min(40, plan.messages // 20))
    return Crowd(
        town, clients=clients, messages=plan.messages, pause=pause * clients, chance=chance
    )


async def comes_to_rest(town: Town, result: Result, **how: Any) -> None:
    await town.mend()
    try:
        await town.quiet()
    except AssertionError as error:
        result.broken.append(str(error))
    result.saw(await town.check(**how))


def summary(result: Result) -> str:
    counts = result.counts
    lost = counts["update lost"] + counts["person's message lost"]
    return (
        f"{counts['updates acknowledged']} in, {counts['accepted by Telegram']} out, "
        f"{counts['state unknown']} unknown ({counts['unknown that had arrived']} had arrived), "
        f"{lost} lost, "
        f"{counts['message accepted twice']} twice, "
        f"{counts['accepted out of order']} out of order"
    )


@asynccontextmanager
async def people(
    town: Town, crowd: Crowd, *, chance: random.Random, pause: float
) -> AsyncIterator[None]:
    """The crowd talks and a manager works beside what happens inside; then both come to an end."""
    desk = Desk(town.database, chance=chance, promised=town.promised)
    await desk.sits_down()
    talking = asyncio.ensure_future(crowd.talk())
    working = asyncio.ensure_future(desk.works(crowd, pause=pause))
    try:
        yield
        await town.mend()
        await talking
    finally:
        talking.cancel()
        working.cancel()
        await asyncio.gather(talking, working, return_exceptions=True)
    await desk.goes_home()
