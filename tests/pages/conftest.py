"""A house for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.pages.house import House
from tests.web.website import Website, website


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Website]:
    """Fails the test when a browser reported that our own rules blocked something."""
    async with website(database_url) as running:
        yield running
        reports = list(running.app.state.csp_reports)
    assert not reports, f"the browser blocked something: {reports}"


@pytest.fixture
async def house(site: Website) -> House:
    return await House(site).built()
