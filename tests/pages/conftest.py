"""A house for each test that asks for one."""

import pytest

from tests.pages.house import House
from tests.web.conftest import site
from tests.web.website import Website

__all__ = ["site"]


@pytest.fixture
async def house(site: Website) -> House:
    return await House(site).built()
