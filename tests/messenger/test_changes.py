"""What a manager does with one message: reply, quote, react, edit, delete; and what shows of it."""

import re

from playwright.async_api import Locator, Page, expect
from sqlalchemy import select

from models.change import Change
from models.message import Message, State
from models.user import User
from tests.browsers import Complaints, axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_pages import one, page_of, said, write
from tests.messenger.test_reading import line
from tests.messenger.town import Town
from tests.web.website import Website


async def sent(town: Town, lead_id: int, text: str, *, by: User | None = None) -> Message:
    message = await town.answers(lead_id, text, by=by or town.anna)
    await town.becomes(message, State.SENT)
    return message


async def change_of(town: Town, message: Message) -> Change:
    async def asked() -> Change:
        async with town.database.reading() as session:
            query = select(Change).where(Change.message_id == message.id)
            return list((await session.execute(query.order_by(Change.id))).scalars())[-1]

    return await eventually(asked)


async def comes_to(town: Town, change: Change, state: State, *, because: str = "") -> None:
    """What Telegram said to it."""
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(change.lead_id)
        found = await work.session.get_one(Change, change.id)
        message = await work.session.get_one(Message, change.message_id)
        if state == State.SENT:
            lead.changed(found, message, at=town.now)
        elif state == State.FAILED:
            lead.change_refused(found, code=400, because=because, at=town.now)
        else:
            lead.perhaps_changed(found, because=because, at=town.now)


async def menu_of(page: Page, bubble: Locator) -> Locator:
    await bubble.locator(".bub").hover()
    await bubble.get_by_role("button", name="Что сделать с сообщением").click()
    return page.get_by_role("menu", name="Что сделать с сообщением")


async def test_a_message_of_mine_is_edited_and_deleted(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    mine = await sent(served, ivan, "Придём завтра")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    bubble = page.locator(f"[data-message='{mine.id}']")
    await field.focus()

    await page.keyboard.press("ArrowUp")
    anew = page.get_by_label("Новый текст")
    await expect(anew).to_be_focused()
    await expect(anew).to_have_value("Придём завтра")
    await anew.fill("Придём **сегодня**")
    await page.keyboard.press("Enter")
    await expect(bubble).to_contain_text(re.compile("Правка уходит.*Придём сегодня", re.S))
    await expect(bubble.locator(".said-text")).to_have_text("Придём завтра")
    await expect(field).to_be_focused()

    await comes_to(served, await change_of(served, mine), State.SENT)
    await expect(bubble.locator(".said-text strong")).to_have_text("сегодня")
    await expect(bubble.locator(".is-change")).to_have_count(0)
    await bubble.get_by_text("изменено").click()
    await expect(bubble.locator(".edits")).to_contain_text("Придём завтра")

    await (await menu_of(page, bubble)).get_by_role("menuitem", name="Удалить у клиента").click()
    ask = page.get_by_role("dialog", name="Удалить это сообщение у клиента?")
    assert await axe(page, within="#delete-message") == []
    await ask.get_by_role("button", name="Удалить").click()
    await expect(bubble).to_contain_text("Удаление уходит")
    await comes_to(served, await change_of(served, mine), State.SENT)
    await expect(bubble).to_contain_text("удалено у клиента")
    menu = await menu_of(page, bubble)
    await expect(menu.get_by_role("menuitem")).to_have_text(
        [re.compile("Скопировать"), re.compile("Сохранить шаблоном")]
    )
    await page.keyboard.press("Escape")

    # an edit that is left changes nothing, and what was typed before stays
    await field.fill("черновик")
    other = await sent(served, ivan, "Ещё одно")
    again = page.locator(f"[data-message='{other.id}']")
    await (await menu_of(page, again)).get_by_role("menuitem", name=re.compile("Изменить")).click()
    await page.get_by_label("Новый текст").fill("не то")
    await page.keyboard.press("Escape")
    await expect(field).to_have_value("черновик")
    await expect(again.locator(".said-text")).to_have_text("Ещё одно")


async def test_reactions_stand_under_a_message_and_are_set_from_it(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Готово")
    (message,) = await served.messages(ivan)
    page = await visit(served.anna, f"/leads/{ivan}")
    bubble = line(page, "Готово")

    menu = await menu_of(page, bubble)
    assert await axe(page, within=".message-menu") == []
    await menu.get_by_role("menuitemradio", name="🔥").click()
    await expect(bubble).to_contain_text("Реакция уходит")
    await comes_to(served, await change_of(served, message), State.SENT)
    await expect(bubble.locator(".react")).to_contain_text("🔥")
    await expect(bubble.locator(".react")).to_contain_text("Анна Ким")

    # the same once more takes it away
    await (await menu_of(page, bubble)).get_by_role("menuitemradio", name="🔥").click()
    await expect(bubble).to_contain_text("Реакция уходит")
    await comes_to(served, await change_of(served, message), State.SENT)
    await expect(bubble.locator(".react")).to_have_count(0)


async def test_a_reply_and_a_quote_by_keys_and_by_what_is_selected(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Сколько стоит курс и когда начало?")
    (asked,) = await served.messages(ivan)
    page = await visit(served.anna, f"/leads/{ivan}")
    bubble = line(page, asked.text)
    await bubble.locator(".bub__meta").click()

    await page.keyboard.press("KeyR")
    strip = page.locator(".reply-to")
    await expect(strip).to_contain_text("Сколько стоит")
    await page.keyboard.press("Escape")
    await expect(strip).not_to_be_visible()

    await bubble.locator(".said-text").evaluate(
        "text => getSelection().setBaseAndExtent(text.firstChild, 20, text.firstChild, 33)"
    )
    menu = await menu_of(page, bubble)
    await menu.get_by_role("menuitem", name="Процитировать выделенное").click()
    await expect(strip).to_contain_text(asked.text[20:33].strip())
    await page.keyboard.type("В понедельник")
    await page.keyboard.press("Enter")

    async def stored() -> bool:
        answer = (await served.messages(ivan))[-1]
        return (answer.reply_to_id, answer.quote) == (asked.id, asked.text[20:33].strip())

    await eventually(stored)
    await expect(line(page, "В понедельник").locator(".quote")).to_contain_text("Иван")


async def test_what_telegram_refuses_is_said_where_it_happened(
    visit: Visit, served: Town, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    mine = await sent(served, ivan, "Раз")
    page = await visit(served.anna, f"/leads/{ivan}")
    bubble = page.locator(f"[data-message='{mine.id}']")
    async with served.database.unit_of_work() as work:
        await (await work.locked_lead(ivan)).delete(mine.id, by=served.anna, now=served.now)
    change = await change_of(served, mine)
    await comes_to(served, change, State.UNKNOWN, because="ReadTimeout")
    await expect(bubble).to_contain_text("Повторить безопасно")
    await bubble.get_by_role("button", name="Повторить").click()
    await expect(bubble).to_contain_text("Удаление уходит")
    words = "Bad Request: message can't be deleted"
    await comes_to(served, change, State.FAILED, because=words)
    await expect(bubble).to_contain_text("Не удалено: Telegram уже не даёт его удалить")
    await bubble.get_by_role("button", name="Забыть").click()
    await expect(bubble.locator(".is-change")).to_have_count(0)

    # longer than Telegram takes: nothing typed is lost
    await (await menu_of(page, bubble)).get_by_role("menuitem", name=re.compile("Изменить")).click()
    await page.get_by_label("Новый текст").fill("ы" * 4097)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Текст длиннее 4096 знаков")).to_be_visible()
    await expect(page.get_by_label("Новый текст")).to_have_value("ы" * 4097)
    complaints.expect("422")


async def test_a_colleagues_message_is_theirs(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    theirs = await sent(served, ivan, "От Анны")
    async with site.signed_in(served.maria) as browser:
        path = f"/leads/{ivan}/messages/{theirs.id}"
        for answer in (
            await browser.put(path, data={"text": "моё"}),
            await browser.post(f"{path}/deletion"),
        ):
            assert answer.status_code == 422
            assert "написал" in answer.text
        page = await page_of(browser, ivan)
    assert "От Анны" in said(one(page, f"[data-message='{theirs.id}']"))


async def test_a_quote_must_be_of_that_message(site: Website, served: Town):
    ivan = await served.writes("Иван", "Сколько стоит?")
    (message,) = await served.messages(ivan)
    async with site.signed_in(served.anna) as browser:
        answer = await write(browser, ivan, "да", reply_to=str(message.id), quote="даром")
    assert answer.status_code == 422
    assert len(await served.messages(ivan)) == 1


async def test_what_is_done_to_messages_is_for_who_sees_the_lead(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    mine = await sent(served, ivan, "Моё")
    message = f"/leads/{ivan}/messages/{mine.id}"
    asked = [
        ("GET", f"/leads/{ivan}/messages/found?q=x"), ("GET", f"{message}/edit"),
        ("PUT", message), ("POST", f"{message}/deletion"), ("PUT", f"{message}/reaction"),
        ("DELETE", f"{message}/reaction"), ("POST", f"/leads/{ivan}/changes/1"),
        ("DELETE", f"/leads/{ivan}/changes/1"),
    ]  # fmt: skip
    before = (await served.lead(ivan)).seq
    async with site.signed_in(served.boris) as browser:
        for method, path in asked:
            answer = await browser.request(method, path, data={"emoji": "👍", "text": "x"})
            assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
    async with site.signed_in(served.dora) as browser:
        for method, path in asked[1:]:
            answer = await browser.request(method, path, data={"emoji": "👍", "text": "x"})
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
    assert (await served.lead(ivan)).seq == before
