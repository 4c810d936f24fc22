"""Reading a conversation: to a place of it and back, and nothing jumps meanwhile."""

import re
from datetime import UTC, datetime

from playwright.async_api import Locator, Page, expect

from models.media import Media, MediaState
from models.message import State
from tests.browsers import axe
from tests.messenger.conftest import Visit
from tests.messenger.test_media import jpeg, media_of, sent
from tests.messenger.test_pages import FRAGMENT, one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def chatter(town: Town, many: int) -> int:
    for number in range(many):
        ivan = await town.writes("Иван", f"сообщение {number}", message_id=9000 + number)
        town.passes(hours=1)
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).mark_read(by=town.anna)
    return ivan


async def top_of(one: Locator) -> float:
    box = await one.bounding_box()
    assert box is not None
    return box["y"]


def line(page: Page, text: str) -> Locator:
    words = page.locator(".said-text", has_text=re.compile(f"^{re.escape(text)}$"))
    return page.locator("[role=log] .msg", has=words)


async def test_a_quote_leads_to_its_original_wherever_that_is(visit: Visit, served: Town):
    served.passes(days=-8)
    ivan = await chatter(served, 150)
    answered = {"message_id": 9005, "date": int(served.now.timestamp()), "text": "сообщение 5"}
    await served.writes("Иван", "вот об этом", reply_to_message=answered)
    page = await visit(served.anna, f"/leads/{ivan}")
    original = line(page, "сообщение 5")
    await expect(original).not_to_be_attached()

    await line(page, "вот об этом").locator(".quote").click()

    await expect(original).to_be_in_viewport()
    await expect(page.locator(".is-sought")).to_contain_text("сообщение 5")

    # what comes meanwhile waits below, counted, until somebody goes there
    await served.writes("Иван", "а ещё")
    await served.writes("Иван", "и вот")
    down = page.get_by_role("button", name="К последним сообщениям")
    await expect(down).to_contain_text("2 новых сообщения")
    await expect(original).to_be_in_viewport()
    await down.click()
    await expect(line(page, "и вот")).to_be_in_viewport()
    await expect(down).not_to_be_visible()


async def test_later_messages_come_without_a_jump_too(visit: Visit, served: Town):
    served.passes(days=-8)
    ivan = await chatter(served, 150)
    place = next(one.position for one in await served.messages(ivan) if one.text == "сообщение 20")
    page = await visit(served.anna, f"/leads/{ivan}?at={place}")
    await expect(line(page, "сообщение 20")).to_be_in_viewport()
    await expect(line(page, "сообщение 69")).to_be_attached()
    await expect(line(page, "сообщение 75")).not_to_be_attached()

    await page.locator("message-log").evaluate("log => (log.scrollTop = 0)")
    await expect(line(page, "сообщение 75")).to_be_attached()
    await expect(line(page, "сообщение 69")).to_be_in_viewport()
    await expect(line(page, "сообщение 149")).not_to_be_attached()

    texts = await page.locator("[role=log] .said-text").all_text_contents()
    assert texts == [f"сообщение {n}" for n in range(len(texts))]


async def test_what_is_read_stays_when_something_comes(visit: Visit, served: Town):
    served.passes(days=-2)
    ivan = await chatter(served, 40)
    page = await visit(served.anna, f"/leads/{ivan}")
    read = line(page, "сообщение 20")
    await read.scroll_into_view_if_needed()
    await expect(page.get_by_role("button", name="К последним сообщениям")).to_be_visible()
    before = await top_of(read)

    await served.writes("Иван", "новое")

    await expect(page.locator(".day.is-unread")).to_have_text("Новые сообщения")
    await expect(line(page, "новое")).to_be_attached()
    assert abs(await top_of(read) - before) < 1


async def test_words_are_found_and_marked_in_the_conversation(visit: Visit, served: Town):
    served.passes(days=-8)
    ivan = await chatter(served, 120)
    for text in ("Сколько стоит курс?", "ваш курс дорогой", "конкурс красоты"):
        await served.writes("Иван", text)
    await served.writes("Petra", "курс")
    page = await visit(served.anna, f"/leads/{ivan}")
    await line(page, "сообщение 119").click()

    await page.keyboard.press("KeyF")
    search = page.get_by_role("search", name="Поиск в переписке")
    await expect(search.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("курс")
    await expect(search.get_by_role("status")).to_have_text("1 из 2")
    assert await axe(page, within="main") == []
    await expect(page.locator(".is-sought")).to_contain_text("ваш курс дорогой")
    marked = await page.evaluate("[...CSS.highlights.get('sought')].map(one => one.toString())")
    assert marked == ["курс", "курс"]
    await page.keyboard.press("Enter")
    await expect(page.locator(".is-sought")).to_contain_text("Сколько стоит")
    await search.get_by_role("searchbox").fill("сообщение 3")
    await expect(search.get_by_role("status")).to_have_text("1 из 11")
    await expect(page.locator(".is-sought")).to_contain_text("сообщение 39")
    await page.keyboard.press("Escape")
    await expect(search).not_to_be_attached()


async def test_a_search_stays_in_its_conversation(site: Website, served: Town):
    ivan = await served.writes("Иван", "Сколько стоит курс?")
    await served.writes("Petra", "Какой курс?")
    async with site.signed_in(served.anna) as browser:
        found = (await browser.get(f"/leads/{ivan}/messages/found?q=КУР")).json()
        nothing = (await browser.get(f"/leads/{ivan}/messages/found?q=%26%20!")).json()

    (message,) = await served.messages(ivan)
    assert found == {"words": ["кур"], "places": [message.position]}
    assert nothing == {"words": [], "places": []}


async def test_a_day_is_the_readers(site: Website, served: Town):
    served.now = datetime(2026, 11, 3, 20, 30, tzinfo=UTC)  # 23:30 in Moscow
    ivan = await served.writes("Иван", "поздно вечером")
    served.passes(hours=1)
    await served.writes("Иван", "после полуночи")
    served.passes(days=3)
    await served.writes("Иван", "потом")
    firsts = {}
    async with site.signed_in(served.anna) as browser:
        for day in ("2026-11-03", "2026-11-04", "2026-11-05", "2026-12-01"):
            answer = await browser.get(f"/leads/{ivan}/messages?on={day}", headers=FRAGMENT)
            firsts[day] = said(one(soup(answer), ".is-sought .said-text"))
        assert (await browser.get(f"/leads/{ivan}/messages?on=tomorrow")).status_code == 422

    assert firsts == {
        "2026-11-03": "поздно вечером", "2026-11-04": "после полуночи", "2026-11-05": "потом",
        "2026-12-01": "потом",
    }  # fmt: skip


async def test_pictures_are_looked_at_one_after_another(visit: Visit, served: Town, site: Website):
    files = await sent(site, served, *[(f"{n}.jpg", jpeg((40 + n, 30))) for n in range(3)])
    page = await visit(served.anna, f"/leads/{files[0].lead_id}")
    await page.locator("[data-view]").nth(1).click()
    viewer = page.get_by_role("dialog", name="Фото")
    shown = viewer.locator(".viewer__stage img")
    await expect(viewer).to_contain_text("2 / 3")
    assert await axe(page, within="#viewer") == []

    await page.keyboard.press("ArrowRight")
    await expect(shown).to_have_attribute("src", f"{site.address}/media/{files[2].id}")
    await expect(viewer.get_by_role("button", name="Следующее")).not_to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(viewer).to_contain_text("1 / 3")
    await page.keyboard.press("Escape")
    await expect(viewer).not_to_be_visible()


async def test_voices_are_as_fast_as_the_last_one(visit: Visit, served: Town, site: Website):
    (photo,) = await sent(site, served, ("1.jpg", jpeg()))
    voice = {"file_id": "v", "duration": 3, "file_size": 10}
    lead_id = await served.writes("Иван", voice=voice)
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        file = await work.session.get_one(Media, (await media_of(served, lead_id))[-1].id)
        lead.media_fetched(file, state=MediaState.READY, sha256=photo.sha256)
    page = await visit(served.anna, f"/leads/{lead_id}")
    speed = page.get_by_role("button", name="Скорость")

    await expect(speed).to_have_text(re.compile("1×$"))
    await speed.click()
    await expect(speed).to_have_text(re.compile("1.5×$"))
    await page.reload()
    await expect(speed).to_have_text(re.compile("1.5×$"))
    await speed.click()
    await expect(speed).to_have_text(re.compile("2×$"))


async def test_a_quote_without_a_page_of_its_own_is_an_address(site: Website, served: Town):
    ivan = await served.writes("Иван", "раз")
    answer = await served.answers(ivan, "два")
    await served.becomes(answer, State.SENT)
    (telegram_id,) = (await served.messages(ivan))[-1].telegram_ids
    replied = {"message_id": telegram_id, "date": 0, "text": "два"}
    await served.writes("Иван", "три", reply_to_message=replied)
    async with site.signed_in(served.anna) as browser:
        quote = one(await page_of(browser, ivan), "a.quote")
        there = soup(await browser.get(str(quote["href"])))

    assert said(one(there, ".is-sought .said-text")) == "два"


async def test_the_unread_line_stands_pages_above_the_end(site: Website, served: Town):
    ivan = await chatter(served, 30)
    for number in range(80):
        await served.writes("Иван", f"новое {number}")
    async with site.signed_in(served.anna) as browser:
        page = await page_of(browser, ivan)
        assert page.select(".day.is-unread") == []
        path = str(one(page, f"#older-{ivan}")["hx-get"])
        older = soup(await browser.get(path, headers=FRAGMENT))

    line_ = one(older, ".day.is-unread")
    below = line_.find_next(class_="said-text")
    assert below is not None
    assert below.get_text() == "новое 0"
    assert "80 новых сообщений" in said(line_)
