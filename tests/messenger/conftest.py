"""A town on a database of its own, and a website that serves it."""

import pytest

from models.database import Database
from tests.messenger.town import PROCESS, Town
from tests.web.conftest import shared_site, site
from tests.web.website import Website

__all__ = ["shared_site", "site"]


@pytest.fixture
async def town(undone: Database) -> Town:
    """Nothing of it stays: for queries."""
    return await Town(undone).settles()


@pytest.fixture
async def served(site: Website) -> Town:
    """The town behind the website."""
    return await Town(site.database).settles(process=PROCESS)
