"""Fifty people take a lead over, give it back or prolong a pause while a process is speaking."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from temporalio.client import Client as Temporal

from machine.temporal import Temporal as TemporalServer
from models.lead.lead import Lead
from models.message import Message
from tests.chaos.people import Desk
from tests.chaos.processes import MONOLOGUE, SHORT_WAIT
from tests.chaos.races import Races, Skips
from tests.phone_process import Phone
from tests.web.website import Website, website
from tests.world import World


@pytest.fixture
async def town(
    database_url: str, phone: Phone, temporal_client: Temporal, tmp_path: Path
) -> AsyncIterator[World]:
    async with World(database_url, phone, temporal_client, tmp_path) as world:
        yield world


@pytest.fixture
async def site(town: World, temporal_dev: TemporalServer) -> AsyncIterator[Website]:
    """The town's own pages: they ring the same workflows, and answer before all has left."""
    async with website(
        town.database.url,
        temporal_address=temporal_dev.address,
        task_queue=town.settings.task_queue,
        secret_key=town.settings.key().hex(),
        takeover_wait=timedelta(0),
    ) as running:
        yield running


def races(world: World) -> Races:
    libpq = world.database.url.replace("+psycopg", "")
    return Races(world.database, libpq, world.phone, seed=1)


class Screen(Desk):
    """Vera with a browser: she takes over by the button, and reads what the answer names."""

    browser: httpx.AsyncClient

    async def takes_over(self, lead_id: int, *, pause: timedelta | None = None) -> set[int]:
        """Her page follows the lead; when the process has outrun it she presses again."""
        while True:
            async with self.database.reading() as session:
                seen = (await session.get_one(Lead, lead_id)).move
            answer = await self.browser.post(f"/leads/{lead_id}/takeover?seen={seen}")
            if answer.status_code != 409:
                assert answer.status_code == 200, answer.text
                return await self._named(lead_id, answer.text)

    async def _named(self, lead_id: int, page: str) -> set[int]:
        """An answer names messages by their words: the newest with these words is meant."""
        notes = re.findall(r'role="status">.*?<span>(.*?)</span>', page, re.DOTALL)
        words = [each for note in notes for each in re.findall("[“«](.*?)[”»]", unescape(note))]
        query = (
            select(func.max(Message.id))
            .where(Message.lead_id == lead_id, Message.text.in_(words))
            .group_by(Message.text)
        )
        async with self.database.reading() as session:
            found = set((await session.execute(query)).scalars())
        assert len(found) == len(words), (words, page)
        return found


async def loud(town: World) -> None:
    """A process that does not stop speaking, over a line that is slow both ways."""
    await town.publishes(MONOLOGUE)
    await town.phone.fault("slow", probability=0.4, seconds=0.15)
    await town.phone.fault("slow_after", probability=0.4, seconds=0.15)


async def test_after_the_answer_only_what_it_named_arrives(town: World) -> None:
    race = races(town)
    await loud(town)
    await race.desk.sits_down()
    clients = [await town.client(f"Иван {number}") for number in range(5)]
    await race.on(clients, count=50)
    assert len(race.silences) > 30
    assert any(silence.named for silence in race.silences), "nothing was on the wire"
    assert await asyncio.to_thread(race.broken) == []


async def test_after_the_answer_of_a_page_only_what_it_named_arrives(
    town: World, site: Website
) -> None:
    race = races(town)
    await loud(town)
    desk = race.desk = Screen(town.database, chance=race.chance)
    await desk.sits_down()
    clients = [await town.client(f"Иван {number}") for number in range(5)]
    async with site.signed_in(desk.vera) as desk.browser:
        await race.on(clients, count=50, kinds=[race.take_over])
    assert len(race.silences) == 50
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
