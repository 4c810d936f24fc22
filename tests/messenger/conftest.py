"""A town on a database of its own, and a website that serves it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import BrowserContext, Page, expect

from models.database import Database
from models.user import User
from tests.messenger.town import PROCESS, Town
from tests.web.conftest import own_site, shared_site, site
from tests.web.website import Website

__all__ = ["own_site", "shared_site", "site"]

Visit = Callable[[User, str], Awaitable[Page]]


@pytest.fixture
async def town(undone: Database) -> Town:
    """Nothing of it stays: for queries."""
    return await Town(undone).settles()


@pytest.fixture
async def served(site: Website) -> Town:
    """The town behind the website."""
    return await Town(site.database).settles(process=PROCESS)


@pytest.fixture
def visit(site: Website, context: BrowserContext) -> Visit:
    """A person's browser at an address of ours, live."""

    async def at(person: User, path: str) -> Page:
        for name, value in (await site.cookie(person)).items():
            await context.add_cookies([{"name": name, "value": value, "url": site.address}])
        page = await context.new_page()
        await page.goto(site.address + path)
        await expect(page.locator("html[data-link=live]")).to_be_attached()
        await expect(page.locator("chat-rows:not(:defined)")).to_have_count(0)  # its keys are there
        return page

    return at
