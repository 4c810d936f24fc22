"""Parts are killed at the moments where it hurts: nothing is lost and nothing is sent twice."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.message import State
from tests.chaos.campaign import people
from tests.chaos.kills import Killer
from tests.chaos.people import Crowd
from tests.chaos.processes import CHATTER
from tests.chaos.town import Town
from tests.eventually import eventually

# Those that are noticed by a time-out first: what follows gives them the time.
POINTS = (
    "worker after claim",
    "worker after write",
    "worker after the outcome's commit",
    "web before the ring",
    "web after receive's commit",
    "connection cut during the outcome's commit",
    "connection cut during advance's commit",
    "connection cut during receive's commit",
    "postgres at the outcome's commit",
    "postgres at receive's commit",
    "temporal while a message is written",
)


@pytest.fixture
async def town(ground: Path) -> AsyncIterator[Town]:
    async with Town(ground / "town", sending_limit=timedelta(seconds=8)) as town:
        await town.leads_through(CHATTER)
        yield town


@pytest.mark.timeout(300)
async def test_killed_at_named_moments(town: Town) -> None:
    # a worker that is only told to end brings to an end what it sends
    ivan = await town.client(0)
    await town.phone.fault("slow_after", count=1, seconds=1.5, client=ivan)
    await ivan.starts()
    await ivan.hears("Здравствуйте", within=20)
    town.worker.signal(signal.SIGTERM)
    await eventually(lambda: not town.worker.alive, within=20)
    assert town.worker.exit_code == 0
    assert await asyncio.to_thread(town.count, first_message(State.SENT)) == 1
    await town.revive("worker")

    crowd = Crowd(town, clients=6, messages=1000, chance=random.Random(1), pause=1.5)
    killer = Killer(town, chance=random.Random(2))
    async with people(town, crowd, chance=random.Random(3), pause=2):
        for point in POINTS:
            assert await killer.at(point), f"nothing came to the moment: {point}"
        crowd.falls_silent()
    await town.mend()
    await town.quiet(within=120)
    verdict = await town.check()
    assert verdict.broken == []
    assert verdict.counts["messages in"] > 60
    assert verdict.counts["accepted by Telegram"] > 30


def first_message(state: State) -> str:
    return f"select count(*) from message where text like 'Здравствуйте%' and state = '{state}'"
