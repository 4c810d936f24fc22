"""One country for all: nothing that its leads are judged by is changed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from machine.postgres import Postgres
from models.user import Role
from tests import databases
from tests.visibility.asking import of_role
from tests.visibility.country import Country
from tests.web.website import Website, website


@pytest.fixture(scope="module")
async def land(postgres: Postgres) -> AsyncIterator[Website]:
    name = databases.fresh(postgres)
    async with website(databases.sqlalchemy_url(postgres.url(name))) as running:
        yield running


@pytest.fixture(scope="module")
async def country(land: Website) -> Country:
    found = await Country(land, seed=20261123).founded()
    for role in (Role.MANAGER, Role.TEAM_LEAD):  # the premise of all that follows
        for person in of_role(found, role):
            assert found.visible(person)
            assert found.hidden(person)
    return found


@pytest.fixture(scope="module")
async def browsers(country: Country) -> AsyncIterator[dict[int, httpx.AsyncClient]]:
    """Everybody is signed in."""
    async with AsyncExitStack() as stack:
        yield {
            person.id: await stack.enter_async_context(country.site.signed_in(person))
            for person in country.people
        }
