"""Fifty people take a lead over, give it back or prolong a pause while a process is speaking."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client as Temporal

from tests.chaos.processes import MONOLOGUE, SHORT_WAIT
from tests.chaos.races import Races, Skips
from tests.phone_process import Phone
from tests.world import World


@pytest.fixture
async def town(
    database_url: str, phone: Phone, temporal_client: Temporal, tmp_path: Path
) -> AsyncIterator[World]:
    async with World(database_url, phone, temporal_client, tmp_path) as world:
        yield world


def races(world: World) -> Races:
    libpq = world.database.url.replace("+psycopg", "")
    return Races(world.database, libpq, world.phone, seed=1)


async def test_after_the_answer_only_what_it_named_arrives(town: World) -> None:
    await town.publishes(MONOLOGUE)
    race = races(town)
    await town.phone.fault("slow", probability=0.4, seconds=0.15)
    await town.phone.fault("slow_after", probability=0.4, seconds=0.15)
    clients = [await town.client(f"Иван {number}") for number in range(5)]
    await race.on(clients, count=50)
    assert len(race.silences) > 30
    assert any(silence.named for silence in race.silences), "nothing was on the wire"
    assert await asyncio.to_thread(race.broken) == []


async def test_skipping_a_wait_that_ends_just_then_skips_no_other(town: World) -> None:
    await town.publishes(SHORT_WAIT)
    race = races(town)
    await race.desk.sits_down()
    skips = Skips(race)
    await skips.on([await town.client(f"Иван {number}") for number in range(4)], each=3)
    assert skips.skipped + skips.outrun == 12
    assert skips.broken == []
