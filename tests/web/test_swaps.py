"""Live updates in the page: by key, in order, and nothing of the reader's is lost."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from fastapi import Request
from fastapi.routing import iter_route_contexts
from playwright.async_api import BrowserContext, Page, expect
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import HTMLResponse, Response

from api.deps import SignedIn
from api.language import Reader
from api.live import FRAGMENTS, Fragment, encode
from api.rendering import environment, reader_of, stream_name
from tests.eventually import eventually
from tests.web.test_pages import enter
from tests.web.website import Website

PAGE = environment.from_string(
    """{% extends "_base.html" %}{% block title %}Swaps{% endblock %}{% block whole %}
    <main id="main"><ul id="rows" data-accepts="mode=auto" data-keeps data-more
        data-refresh="/swaps/changes?after={seq}" data-seq="7">
      <li id="r1" data-at="30" data-v="5" data-lead="1" data-mode="auto">
        <a href="#" aria-current="true">one</a></li>
      <li id="r2" data-at="20" data-v="5" data-lead="2" data-mode="auto"><input value="two"></li>
      <li id="r3" data-at="10" data-v="5" data-lead="3" data-mode="auto">three</li>
    </ul><ol id="log"><li id="m1" data-at="1">first</li><li id="m3" data-at="3">third</li></ol>
    <form><textarea id="typed"></textarea></form></main>{% endblock %}"""
)
asked: list[str] = []
held: list[asyncio.Event] = []  # what an answer waits for before it leaves, as it was when asked


AS_IT_WAS = "".join(
    f'<li id="r{number}" data-at="{at}" data-v="5" data-lead="{number}" data-mode="auto">old</li>'
    for number, at in ((1, 30), (2, 20), (3, 10))
)


def row(number: int, *, at: int, v: int = 9, mode: str = "auto", text: str = "new") -> str:
    return (
        f'<li id="r{number}" data-at="{at}" data-v="{v}" data-lead="{number}" data-mode="{mode}">'
        f"<a href='#'>{text}</a></li>"
    )


def partial(target: str, swap: str, html: str) -> str:
    return f'<hx-partial hx-target="{target}" hx-swap="{swap}">{html}</hx-partial>'


@pytest.fixture
async def swaps(site: Website, context: BrowserContext) -> AsyncIterator[Page]:
    """A page with a list and a log, listening."""

    async def page(request: Request, person: SignedIn) -> Response:
        around = {"lang": "ru", "theme": "auto", "csrf": request.state.csrf, "path": "/swaps",
                  "person": None, "in_rail": [], "stream_name": stream_name(request),
                  "reader_": reader_of(request)}  # fmt: skip
        return HTMLResponse(PAGE.render(around))

    async def changes(after: int) -> Response:
        asked.append(str(after))
        if held:
            await held[0].wait()
            return HTMLResponse(partial("#rows", "innerMorph", AS_IT_WAS))
        return HTMLResponse(partial("#rows", "bump", row(3, at=99, v=50, text="caught up")))

    async def draw(
        session: AsyncSession, leads: dict[int, int], reader: Reader
    ) -> Mapping[int, str]:
        return {}

    known = {route.path for route in iter_route_contexts(site.app.routes)}
    if "/swaps" not in known:
        site.app.add_api_route("/swaps", page)
        site.app.add_api_route("/swaps/changes", changes)
    kept = dict(FRAGMENTS)
    FRAGMENTS.clear()
    FRAGMENTS["row"] = Fragment("row", draw, opened=False)
    tab = await enter(context, site, await site.person())
    asked.clear()
    held.clear()
    await tab.goto(f"{site.address}/swaps")
    await eventually(lambda: asked)
    await expect(tab.locator("#r3")).to_have_text("caught up")
    await tab.evaluate("document.getElementById('rows').append(document.getElementById('r3'))")
    await tab.evaluate("Object.assign(document.getElementById('r3').dataset, {at: 10, v: 5})")
    yield tab
    FRAGMENTS.clear()
    FRAGMENTS.update(kept)


def tell(site: Website, html: str) -> None:
    for stream in site.app.state.hub.streams:
        stream.put(encode("row", lead=1, after=7, seq=8, html=html))


async def order(page: Page, of: str = "#rows") -> list[str]:
    found: list[str] = await page.locator(f"{of} > li").evaluate_all("all => all.map(x => x.id)")
    return found


async def test_a_newer_row_moves_to_the_top_and_keeps_the_focus(site: Website, swaps: Page):
    await swaps.locator("#r2 input").focus()
    await swaps.keyboard.type("!")
    tell(site, partial("#rows", "bump", row(3, at=40)))
    await expect(swaps.locator("#r3")).to_have_text("new")
    assert await order(swaps) == ["r3", "r1", "r2"]
    await expect(swaps.locator("#r2 input")).to_be_focused()


async def test_a_row_that_did_not_get_newer_stays_where_it_is(site: Website, swaps: Page):
    tell(site, partial("#rows", "bump", row(2, at=20, text="read")))
    await expect(swaps.locator("#r2")).to_have_text("read")
    assert await order(swaps) == ["r1", "r2", "r3"]


async def test_an_older_version_never_replaces_a_newer_one(site: Website, swaps: Page):
    tell(site, partial("#rows", "bump", row(1, at=30, v=6, text="newer")))
    await expect(swaps.locator("#r1")).to_have_text("newer")
    tell(site, partial("#rows", "bump", row(1, at=30, v=5, text="late")))
    tell(site, partial("#rows", "bump", row(2, at=20, v=6, text="after")))
    await expect(swaps.locator("#r2")).to_have_text("after")
    await expect(swaps.locator("#r1")).to_have_text("newer")


async def test_an_older_version_does_not_move_a_row_either(site: Website, swaps: Page):
    tell(site, partial("#rows", "bump", row(3, at=40, v=7)))
    tell(site, partial("#rows", "bump", row(3, at=10, v=6, text="late")))
    tell(site, partial("#rows", "bump", row(2, at=20, v=6, text="after")))
    await expect(swaps.locator("#r2")).to_have_text("after")
    assert await order(swaps) == ["r3", "r1", "r2"]


async def test_an_answer_older_than_what_came_meanwhile_undoes_nothing(site: Website, swaps: Page):
    held.append(asyncio.Event())
    asked.clear()
    for stream in site.app.state.hub.streams:
        stream.put(encode("resync"))
    await eventually(lambda: asked)
    tell(site, partial("#rows", "bump", row(3, at=40, v=7)))
    for stream in site.app.state.hub.streams:
        stream.put(encode("gone", lead=2))
    await expect(swaps.locator("#r2")).to_have_count(0)

    held[0].set()

    await expect(swaps.locator("#r1")).to_have_text("old")
    await expect(swaps.locator("#r3")).to_have_text("new")
    await expect(swaps.locator("#r2")).to_have_count(0)
    assert await order(swaps) == ["r3", "r1"]


async def test_what_is_the_readers_own_stays(site: Website, swaps: Page):
    tell(site, partial("#rows", "bump", row(1, at=30)))
    await expect(swaps.locator("#r1")).to_have_text("new")
    await expect(swaps.locator("#r1 a")).to_have_attribute("aria-current", "true")


async def test_a_row_that_left_the_tab_goes_and_a_stranger_does_not_come(
    site: Website, swaps: Page
):
    tell(site, partial("#rows", "bump", row(9, at=50, mode="manual")))
    tell(site, partial("#rows", "bump", row(2, at=50, mode="manual")))
    await expect(swaps.locator("#r2")).to_have_count(0)
    await expect(swaps.locator("#r9")).to_have_count(0)
    tell(site, partial("#rows", "bump", row(8, at=50)))
    await expect(swaps.locator("#r8")).to_have_count(1)
    assert (await order(swaps))[0] == "r8"


async def test_a_row_below_the_loaded_ones_waits_for_its_page(site: Website, swaps: Page):
    tell(site, partial("#rows", "bump", row(7, at=1)))
    tell(site, partial("#rows", "bump", row(1, at=30)))
    await expect(swaps.locator("#r1")).to_have_text("new")
    await expect(swaps.locator("#r7")).to_have_count(0)


async def test_a_message_stands_at_its_place_and_is_never_there_twice(site: Website, swaps: Page):
    tell(site, partial("#log", "put", '<li id="m2" data-at="2">second</li>'))
    tell(site, partial("#log", "put", '<li id="m2" data-at="2">second, sent</li>'))
    await expect(swaps.locator("#m2")).to_have_text("second, sent")
    assert await order(swaps, "#log") == ["m1", "m2", "m3"]


async def test_a_lead_given_away_leaves(site: Website, swaps: Page):
    for stream in site.app.state.hub.streams:
        stream.put(encode("gone", lead=2))
    await expect(swaps.locator("#r2")).to_have_count(0)
    await expect(swaps.locator("#r1")).to_have_count(1)


async def test_after_being_offline_the_page_asks_what_it_missed(
    site: Website, swaps: Page, context: BrowserContext
):
    await swaps.locator("#typed").fill("half a sen")
    asked.clear()
    for stream in list(site.app.state.hub.streams):
        stream.put(encode("resync"))
    await eventually(lambda: asked == ["7"], because="asked from what it had seen")
    await expect(swaps.locator("#r3")).to_have_text("caught up")
    await expect(swaps.locator("#typed")).to_have_value("half a sen")


async def test_a_gap_is_noticed_and_asked_for(site: Website, swaps: Page):
    await swaps.evaluate(
        """() => { const seen = document.createElement("i"); seen.id = "cursor-1";
                   seen.dataset.seq = 7; document.getElementById("rows").append(seen) }"""
    )
    asked.clear()
    for stream in site.app.state.hub.streams:
        stream.put(encode("row", lead=1, after=9, seq=10, html=row(1, at=1, text="too early")))
    await eventually(lambda: asked == ["7"])
    await expect(swaps.locator("#r1")).to_have_text("one")
