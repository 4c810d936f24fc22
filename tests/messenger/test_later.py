"""For later, for a silent client only, how long a text is, and what goes along with it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import expect

from models.message import Message, State
from tests.browsers import axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_browser import bubbles
from tests.messenger.test_pages import said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def write(browser: httpx.AsyncClient, lead_id: int, text: str, **given: Any) -> int:
    form = {"key": str(uuid4()), "seen": 99, "text": text, **given}
    return (await browser.post(f"/leads/{lead_id}/messages", data=form)).status_code


async def ours(town: Town, lead_id: int) -> list[Message]:
    return [one for one in await town.messages(lead_id) if one.author == town.anna.actor]


async def test_what_is_for_later_waits_and_takes_its_place_when_its_time_has_come(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    tomorrow = (served.now + timedelta(hours=20)).isoformat()
    async with site.signed_in(served.anna) as anna:
        assert await write(anna, ivan, "завтра", later=tomorrow) == 204
        assert await write(anna, ivan, "сейчас") == 204
        assert (await served.moves(ivan)).deliver is not None
        later, now = await ours(served, ivan)
        assert (later.state, now.state) == (State.SCHEDULED, State.QUEUED)
        assert "уйдёт" in said(soup(await anna.get(f"/leads/{ivan}")).select("[role=log]")[0])
    await served.becomes(now, State.SENT)
    await served.writes("Иван", "ещё вопрос")
    assert (await served.moves(ivan)).deliver is None

    served.passes(hours=21)
    assert (await served.moves(ivan)).deliver == later.id
    assert (await ours(served, ivan))[-1].text == "завтра"


async def test_what_is_for_a_silent_client_is_taken_back_when_they_write(
    site: Website, served: Town
):
    ivan, petra = await served.writes("Иван", "Привет"), await served.writes("Petra", "Hello")
    tomorrow = (served.now + timedelta(hours=20)).isoformat()
    long = "слово " * 1000  # two messages
    async with site.signed_in(served.anna) as anna:
        for lead_id in (ivan, petra):
            assert await write(anna, lead_id, long, later=tomorrow, silent="1") == 204
        await served.writes("Иван", "Уже не надо")
        await served.moves(ivan)

        assert {one.state for one in await ours(served, ivan)} == {State.CANCELLED}
        page = said(soup(await anna.get(f"/leads/{ivan}")).select("[role=log]")[0])
        assert "отменено: клиент написал раньше" in page

    served.passes(hours=21)
    assert (await served.moves(petra)).deliver is not None  # she has been silent
    assert {one.state for one in await ours(served, petra)} == {State.QUEUED}


async def test_a_text_for_later_is_taken_back_whole(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    tomorrow = (served.now + timedelta(hours=20)).isoformat()
    async with site.signed_in(served.anna) as anna:
        assert await write(anna, ivan, "слово " * 1000, later=tomorrow) == 204
        second = (await ours(served, ivan))[1]
        await anna.delete(f"/leads/{ivan}/messages/{second.id}")
    assert [one.state for one in await ours(served, ivan)] == [State.CANCELLED] * 2


async def test_a_time_that_has_passed_is_no_time_for_later(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna:
        for hours in (-1, 24 * 400):
            at = (served.now + timedelta(hours=hours)).isoformat()
            assert await write(anna, ivan, "поздно", later=at) == 422
        assert await write(anna, ivan, "без пояса", later="2030-01-01T10:00") == 422
    assert await ours(served, ivan) == []


async def test_a_text_is_as_long_as_telegram_counts_it(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna:

        async def counted(text: str, files: int = 0) -> dict[str, int]:
            form = {"text": text, "files": files}
            found = await anna.post(f"/leads/{ivan}/messages/length", data=form)
            return dict(found.json())

        bold = "**" + "а" * 4090 + "** 🎉"
        assert await counted(bold) == {"length": 4093, "most": 4096, "messages": 1}
        assert (await counted(bold + "!!!!"))["messages"] == 2
        assert await counted("а" * 1024, 3) == {"length": 1024, "most": 1024, "messages": 1}
        assert (await counted("а" * 1025, 3))["messages"] == 2

        assert await write(anna, ivan, "https://a.b/", preview="0") == 204
        assert await write(anna, ivan, "https://a.b/") == 204
    without, usual = await ours(served, ivan)
    assert (without.details, usual.details) == ({"link_preview": False}, {})


async def test_a_long_text_warns_a_link_can_go_bare_and_a_message_can_wait(
    visit: Visit, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    preview, along = page.get_by_label("Предпросмотр ссылки"), page.locator(".along")
    await field.fill("коротко и ясно")
    await expect(along).to_be_hidden()

    await field.fill("**" + "слово " * 690 + "**")
    await expect(along).to_contain_text("из 4096 знаков. Уйдёт сообщений: 2")
    await field.fill("вот: https://nova.example/go")
    await expect(along).to_have_text("Предпросмотр ссылки")
    await preview.uncheck()

    await page.keyboard.press("Control+Shift+Enter")
    menu = page.get_by_role("dialog", name="Отправить позже")
    await expect(menu.get_by_label("Отменить, если клиент напишет раньше")).to_be_checked()
    assert await axe(page, within=".composer") == []
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(field).to_be_focused()
    await page.get_by_role("button", name="Отправить позже").click()
    await menu.get_by_role("button", name="Завтра утром").click()

    await expect(bubbles(page).last).to_contain_text("10:00, если клиент не напишет раньше")
    (message,) = await ours(served, ivan)
    assert message.state == State.SCHEDULED
    assert message.details == {"link_preview": False, "if_silent": True}
    await expect(field).to_have_value("")
    await expect(along).to_be_hidden()
    await bubbles(page).last.get_by_role("button", name="Не отправлять").click()
    await expect(bubbles(page).last).to_contain_text("отменено")

    petra = await served.writes("Petra", "Hello")
    await page.locator(f"#lead-{petra} a").click()
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await page.get_by_role("button", name="Прочитать без ответа").click()

    async def nobody_waits() -> bool:
        return (await served.lead(petra)).waiting_since is None

    await eventually(nobody_waits)
