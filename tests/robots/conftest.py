"""A house with one lead on a process, and robots that knock at its API."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from machine.postgres import Postgres
from models.lead.lead import Lead
from models.token import Token
from tests import databases
from tests.pages.house import House
from tests.web.website import Website, website


class Api(httpx.AsyncClient):
    """`actor` is the robot's name in the timeline."""

    actor: str


Robot = Callable[..., AbstractAsyncContextManager[Api]]


@pytest.fixture(scope="session")
async def robots_site(postgres: Postgres) -> AsyncIterator[Website]:
    """One for all tests of robots: each has leads and tokens of its own."""
    name = databases.fresh(postgres)
    async with website(databases.sqlalchemy_url(postgres.url(name))) as running:
        yield running


@pytest.fixture(scope="session")
async def house(robots_site: Website) -> House:
    built = await House(robots_site).built()
    await built.publishes()
    return built


@pytest.fixture
async def lucas(house: House) -> Lead:
    return await house.lead("Lucas")


@pytest.fixture
def robot(house: House) -> Robot:
    """`async with robot("leads:read") as api:` speaks with a fresh token of these scopes."""

    @asynccontextmanager
    async def speaking(*scopes: str) -> AsyncIterator[Api]:
        async with house.database.unit_of_work() as work:
            token, secret = Token.issue("crm", scopes)
            work.add(token)
        headers = {"Authorization": f"Bearer {secret}"}
        base = f"{house.site.address}/api/v1"
        async with Api(base_url=base, headers=headers, timeout=10) as api:
            api.actor = token.actor
            yield api

    return speaking
