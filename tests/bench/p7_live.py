"""P7: commit → seen in an open browser, against a hub that only passes words on."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.bench import statements
from tests.bench.bare import BARE_CHANNEL
from tests.bench.clients import update
from tests.bench.ground import HAND, Ground, breathe
from tests.bench.reader import Listening, heard, reader
from tests.bench.rows import Row, at_most, median, quantile
from tests.browsers import FLAGS, chromium

TALKED_TO = (
    "insert into lead (bot_id, chat_id, first_name, last_action_at, mode)"
    " values (%s, %s, 'Иван', now(), 'manual') returning id"
)
CHATS = {"ours": 640_000_001, "bare": 640_000_002}
THINKS = 0.1  # seconds between two commits, at the least: what one sets off is over by then
# The page's own clock, when the place first holds the words: milliseconds since 1970.
WATCH = """([place, words]) => {
  const within = document.querySelector(place)
  window.seen = new Promise(done => {
    const watch = new MutationObserver(() => {
      if (!within.textContent.includes(words)) return
      watch.disconnect()
      done(performance.timeOrigin + performance.now())
    })
    watch.observe(within, { subtree: true, childList: true, characterData: true })
  })
}"""
SEEN = "() => window.seen"


@dataclass(kw_only=True)
class Arm:
    """A lead whose client writes, a page and a plain stream that hear of it; milliseconds."""

    chat: int
    lead: int
    page: Page
    place: str
    stream: Listening
    bare: bool
    in_page: list[float] = field(default_factory=list)
    in_stream: list[float] = field(default_factory=list)

    async def hear(
        self, connection: psycopg.AsyncConnection[tuple[object, ...]], *, bot: int, number: int
    ) -> None:
        """The same statement in both arms; its channel says which hub wakes."""
        words = f"слово {number}."
        raw = update(self.chat, words)
        values = statements.wrote(raw, json.loads(raw), bot=bot)
        said = [words.encode()]
        if self.bare:
            values["channel"] = BARE_CHANNEL
        else:
            said.append(heard(self.lead, "conversation"))
        hearing = asyncio.create_task(self.stream.said(*said))
        await self.page.evaluate(WATCH, [self.place, words])
        await breathe(THINKS)
        await connection.execute(statements.WROTE.encode(), values)
        committed_at = time.time()
        await connection.commit()
        self.in_page.append(await self.page.evaluate(SEEN) - committed_at * 1000)
        self.in_stream.append((await hearing - committed_at) * 1000)


async def measure(ground: Ground) -> list[Row]:
    """By turns: a commit wakes one hub or the other, each listens to a channel of its own."""
    commits, bot = 4 if ground.quick else 200, ground.bots[HAND]
    address = ground.house.settings.postgres.replace("+psycopg", "")
    async with (
        await psycopg.AsyncConnection.connect(address, prepare_threshold=0) as connection,
        _arms(ground, connection) as (ours, bare),
    ):
        for number in range(1, commits + 1):
            for arm in (ours, bare):
                await arm.hear(connection, bot=bot, number=number)
    warm = slice(commits // 10, None)
    return [
        at_most(
            2, goal="≤ 2 ×", id="P7", what=f"commit to an open browser, {name}", unit="ms",
            value=found(ours.in_page[warm]), reference=found(bare.in_page[warm]),
            particulars={
                "in the plain stream": found(ours.in_stream[warm]),
                "of the reference": found(bare.in_stream[warm]),
            },
        )
        for name, found in (("p50", median), ("p99", lambda values: quantile(values, 0.99)))
    ]  # fmt: skip


@asynccontextmanager
async def _arms(
    ground: Ground, connection: psycopg.AsyncConnection[tuple[object, ...]]
) -> AsyncIterator[list[Arm]]:
    """One Chromium with both pages open and live."""
    anna, port, other = await reader(ground), ground.house.settings.port, await ground.with_bare()
    leads = {
        name: await _lead(connection, bot=ground.bots[HAND], chat=chat)
        for name, chat in CHATS.items()
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = await browser.new_context(locale="ru-RU")
        name, _, value = anna.cookie.partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": _address(port)}])
        arms = [
            Arm(
                chat=CHATS["ours"], lead=leads["ours"], bare=False, place="message-log",
                page=await _live(context, f"{_address(port)}/leads/{leads['ours']}"),
                stream=await anna.stream(port, f"/events?open={leads['ours']}"),
            ),
            Arm(
                chat=CHATS["bare"], lead=leads["bare"], bare=True, place="body",
                page=await _live(context, f"{_address(other)}/"),
                stream=await anna.stream(other, "/events"),
            ),
        ]  # fmt: skip
        try:
            yield arms
        finally:
            for arm in arms:
                arm.stream.close()
            await browser.close()


async def _live(context: BrowserContext, address: str) -> Page:
    page = await context.new_page()
    await page.goto(address)
    await page.locator("html[data-link=live]").wait_for(state="attached")
    return page


async def _lead(
    connection: psycopg.AsyncConnection[tuple[object, ...]], *, bot: int, chat: int
) -> int:
    row = await (await connection.execute(TALKED_TO, [bot, chat])).fetchone()
    await connection.commit()
    assert row is not None
    return int(str(row[0]))


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
