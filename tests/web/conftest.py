"""One website for the whole run: each test has its own people. Another one only for a test that
breaks something."""

from collections.abc import AsyncIterator

import pytest

from machine.postgres import Postgres
from tests import databases
from tests.web.website import Website, website


@pytest.fixture(scope="session")
async def shared_site(postgres: Postgres) -> AsyncIterator[Website]:
    name = databases.fresh(postgres)
    async with website(databases.sqlalchemy_url(postgres.url(name))) as running:
        yield running


@pytest.fixture
async def site(shared_site: Website) -> AsyncIterator[Website]:
    """Fails the test when a browser reported that our own rules blocked something."""
    reports = shared_site.app.state.csp_reports
    reports.clear()
    yield shared_site
    assert not reports, f"the browser blocked something: {list(reports)}"


@pytest.fixture
async def own_site(database_url: str) -> AsyncIterator[Website]:
    async with website(database_url) as running:
        yield running
