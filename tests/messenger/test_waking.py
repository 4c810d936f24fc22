"""A browser that slept, had no network, lost its server or its session is back at what is true; and
many tabs of one person."""

import asyncio
from asyncio.subprocess import DEVNULL
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Locator, Page, Route, async_playwright, expect
from sqlalchemy import text, update
from sqlmodel import col

from api.live import Stream
from models.session import Session
from models.user import User
from tests.browsers import FLAGS, Complaints, chromium
from tests.chaos.wire import Wire
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.town import Town
from tests.web.website import PASSWORD, Website, website

LIMIT = 2000  # ms from waking to the truth
# By the page's own clock: from the first sign of waking until it shows this.
WATCH = """([last, first, inAuto]) => {
  const text = place => [...document.querySelectorAll(place)].at(-1)?.textContent.trim()
  const shown = () =>
    text("[role=log] .said-text") === last &&
    document.querySelector("#rows > li")?.id === first &&
    text("#tabs [href='/leads?tab=auto'] .num") === inAuto
  window.heard = []
  window.truth = new Promise(done => {
    let woke
    const wakes = () => (woke ??= performance.now())
    document.addEventListener("resume", wakes)
    addEventListener("online", wakes)
    const look = () => shown() && done(performance.now() - woke)
    const changes = { subtree: true, childList: true, characterData: true, attributes: true }
    new MutationObserver(look).observe(document, changes)
  })
  document.addEventListener("live", ({ detail }) => window.heard.push(detail.kind))
}"""
# What a page shows of the database, without what depends on how it came there.
SHOWN = """() => ({
  rows: [...document.querySelectorAll("#rows > li")].map(row => [row.id, row.dataset.v]),
  tabs: [...document.querySelectorAll("#tabs a")].map(tab => tab.textContent.trim()),
  log: [...document.querySelectorAll("[role=log] [id][data-v]")].map(one => one.id),
})"""


@pytest.fixture
async def wire(site: Website) -> AsyncIterator[Wire]:
    wire = await Wire(int(site.address.rpartition(":")[2])).start()
    yield wire
    await wire.close()


@pytest.fixture
def far(site: Website, wire: Wire) -> Website:
    """The website at the other end of a wire."""
    return Website(site.app, f"http://127.0.0.1:{wire.port}")


@pytest.fixture
async def sleeper(tmp_path: Path, complaints: Complaints) -> AsyncIterator[BrowserContext]:
    """A browser whose pages may be frozen. The other one tells each page that it is looked at."""
    program, told = chromium(), tmp_path / "DevToolsActivePort"
    assert program
    own = [f"--user-data-dir={tmp_path}", "--remote-debugging-port=0", "--window-size=1440,900"]
    process = await asyncio.create_subprocess_exec(program, *FLAGS, *own, stderr=DEVNULL)
    try:
        await eventually(told.exists, within=60, because="Chromium")
        port = told.read_text().split()[0]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(
                f"http://127.0.0.1:{port}", no_defaults=True
            )
            context = browser.contexts[0]
            context.on("page", complaints.listen)
            yield context
            await browser.close()
    finally:
        process.terminate()
        await process.wait()


async def live(context: BrowserContext, site: Website, person: User, path: str) -> Page:
    """`person` may be signed in there already."""
    if not await context.cookies(site.address):
        for name, value in (await site.cookie(person)).items():
            await context.add_cookies([{"name": name, "value": value, "url": site.address}])
    page = await context.new_page()
    await page.goto(site.address + path)
    await expect(page.locator("html[data-link=live]")).to_be_attached()
    return page


async def as_a_new_page_shows_it(page: Page) -> None:
    """What stands in the page is what the database says."""
    async with await page.context.new_page() as fresh:
        await fresh.goto(page.url)
        expected: dict[str, Any] = await fresh.evaluate(SHOWN)
    assert all(expected.values()), "there is something to compare"

    async def equal() -> bool:
        assert await page.evaluate(SHOWN) == expected
        return True

    await eventually(equal)


def field(page: Page) -> Locator:
    return page.get_by_label("Сообщение", exact=True)


async def test_a_frozen_page_without_a_network_wakes_to_the_truth(
    sleeper: BrowserContext, served: Town, far: Website, wire: Wire, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    page = await live(sleeper, far, served.anna, f"/leads/{ivan}")
    await field(page).fill("недописанное")
    await page.evaluate(WATCH, ["последнее", f"lead-{petra}", "3"])
    sleep = await sleeper.new_cdp_session(page)
    await sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    for number in range(10):  # its stream is still told
        await served.writes("Иван", f"слово {number}")
    await sleeper.set_offline(True)
    wire.hold()
    wire.cut()
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for line in [2, 1] * 150:  # more than a page asks for one by one
            lead.set_line(line, by=served.igor.actor)
    await served.writes("Иван", "последнее")
    await served.writes("Oleg", "Hi")
    served.passes(minutes=1)
    await served.writes("Petra", "Вы здесь?")

    wire.flow()
    await sleeper.set_offline(False)
    await sleep.send("Page.setWebLifecycleState", {"state": "active"})

    assert 0 <= await page.evaluate("truth") < LIMIT
    complaints.allow("ERR_|Failed to fetch")
    assert (await page.evaluate("heard")).count("row") < 5, "what nobody saw was put in one by one"
    await as_a_new_page_shows_it(page)
    await expect(field(page)).to_have_value("недописанное")


async def test_a_laptop_that_wakes_with_a_dead_stream_asks_what_it_missed(
    context: BrowserContext, served: Town, site: Website, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    # a page with a clock of its own, so without the worker: the same stream runs in it
    await context.add_init_script("delete globalThis.SharedWorker")
    await context.clock.install()
    page = await live(context, site, served.anna, f"/leads/{ivan}")
    site.app.state.hub.streams.clear()  # it seems open and says nothing any more
    await served.writes("Petra", "Hello")
    await served.writes("Иван", "Вы здесь?")

    await page.clock.fast_forward("08:00:00")

    await expect(page.locator("[role=log] .said-text")).to_have_text(["Привет", "Вы здесь?"])
    await as_a_new_page_shows_it(page)

    site.app.state.hub.streams.clear()
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.boris, by=served.igor.actor)
    await page.clock.fast_forward("08:00:00")

    await expect(page.locator(f"[data-lead='{ivan}']")).to_have_count(0)
    await expect(page.get_by_text("Вы здесь?")).not_to_be_attached()
    complaints.allow("404|ERR_|timeout")


async def test_what_a_page_could_not_ask_it_asks_again(
    visit: Visit, served: Town, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    asked: Counter[str] = Counter()

    async def refuse(route: Route) -> None:
        what = urlsplit(route.request.url).path
        asked[what] += 1
        if asked[what] > 1:
            await route.continue_()
        elif what == "/leads/rows":
            await route.abort()
        else:
            await route.fulfill(status=503)

    await page.route("**/leads/rows?*", refuse)
    await page.route("**/messages?since=*", refuse)
    await served.writes("Petra", "Hello")
    async with served.database.statement() as connection:
        await connection.execute(text("select pg_notify('leadloom', '[]')"))
    await eventually(lambda: len(asked) == 2 and min(asked.values()) > 1)
    await expect(page.locator("#problems")).to_be_empty()
    complaints.expect("ERR_|503|Failed to fetch")
    await as_a_new_page_shows_it(page)


async def test_eight_tabs_are_live_over_one_stream_and_survive_each_other_and_the_server(
    context: BrowserContext, served: Town, far: Website, wire: Wire, complaints: Complaints
):
    names = [f"Клиент {number}" for number in range(8)]
    leads = [await served.writes(name, "Привет") for name in names]
    first = await live(context, far, served.anna, f"/leads/{leads[0]}")
    others = (live(context, far, served.anna, f"/leads/{lead}") for lead in leads[1:])
    tabs = [first, *await asyncio.gather(*others)]

    def hers() -> list[Stream]:
        return [one for one in far.app.state.hub.streams if one.person_id == served.anna.id]

    await eventually(lambda: [one.opened for one in hers()] == [set(leads)])

    async def all_show(said: str, tabs: list[Page]) -> None:
        for name in names:
            await served.writes(name, said)
        for tab in tabs:
            await expect(tab.locator("[role=log] .said-text").last).to_have_text(said)
            await expect(tab.locator("#rows > li .row__txt", has_text=said)).to_have_count(8)

    await all_show("Вы здесь?", tabs)

    await tabs[0].keyboard.press("p")
    for tab in tabs:
        await expect(tab.locator(f"#lead-{leads[0]} .row__pin")).to_be_visible()
        await expect(tab.locator("#tabs [href='/leads?tab=pinned'] .num")).to_have_text("1")
    await tabs[0].close()  # the first one, with which the worker began
    await eventually(lambda: hers() and all(one.opened == set(leads[1:]) for one in hers()))
    await all_show("Алло", tabs[1:])

    async with website(far.database.url) as restarted:
        wire.target = int(restarted.address.rpartition(":")[2])
        wire.cut()
        await all_show("И снова", tabs[1:])
        assert len(restarted.app.state.hub.streams) == 1
        for tab in tabs:
            await tab.close()
    complaints.allow("ERR_|Failed to fetch")


async def test_an_ended_session_leads_to_the_sign_in_and_back_to_what_was_typed(
    visit: Visit, served: Town, site: Website, complaints: Complaints
):
    complaints.allow("401")
    anna = await site.with_password(served.anna)
    ivan = await served.writes("Иван", "Привет")
    page = await visit(anna, "/leads")
    await page.locator(f"#lead-{ivan} .row").click()
    await field(page).fill("недописанное")
    async with site.database.unit_of_work(silent=True) as work:
        ending = update(Session).where(col(Session.user_id) == anna.id)
        await work.execute(ending.values(ended_at=datetime.now(UTC)))
    await site.app.state.hub.check_sessions()

    await page.get_by_role("link", name="Войти снова").click()
    await page.get_by_label("Почта").fill(anna.login)
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()

    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(ivan))
    await expect(field(page)).to_have_value("недописанное")
