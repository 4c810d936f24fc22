"""A website of its own for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.web.website import Website, website


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Website]:
    async with website(database_url) as running:
        yield running
        reports = list(running.app.state.csp_reports)
    assert not reports, f"the browser blocked something: {reports}"
