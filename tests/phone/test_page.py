"""The page: one person plays two clients, breaks things, and sees what the server saw."""

import re
from typing import Any

from playwright.async_api import BrowserContext, FilePayload, Locator, Page, expect

from phone import media
from tests.browsers import axe
from tests.phone_process import Bot, Client, Phone


async def two_phones(page: Page, phone: Phone, bot: Bot) -> tuple[Client, Client]:
    """Lucas holds the left phone and Priya the right one, talking to this bot."""
    lucas = await phone.client("Lucas", bot=bot, last_name="Almeida", language_code="pt")
    priya = await phone.client("Priya", bot=bot, language_code="hi")
    await page.add_init_script(
        f"localStorage['phone.left'] ??= {lucas.id}; localStorage['phone.right'] ??= {priya.id};"
        f"localStorage['phone.bot'] = {bot.id}"
    )
    await page.goto(f"{phone.control_url}/?lang=ru")
    await expect(side(page, "left")).to_have_accessible_name("Телефон: Lucas Almeida")
    await expect(side(page, "right")).to_have_accessible_name("Телефон: Priya")
    return lucas, priya


def side(page: Page, name: str) -> Locator:
    return page.locator(f".phone[data-side={name}]")


async def bot_says(phone: Phone, bot: Bot, **given: Any) -> None:
    answer = await phone.request_later("POST", f"/bot{bot.token}/sendMessage", json=given)
    assert answer.status_code == 200, answer.text


async def test_a_client_talks_with_the_bot(page: Page, phone: Phone, own_bot: Bot) -> None:
    lucas, priya = await two_phones(page, phone, own_bot)
    left, right = side(page, "left"), side(page, "right")
    await left.get_by_role("button", name="Начать").click()
    await expect(left.get_by_role("log")).to_contain_text("/start")
    field = left.get_by_label("Написать как Lucas")
    await field.fill("Olá")
    await field.press("Enter")
    await expect(left.get_by_role("log")).to_contain_text("Olá")
    await expect(field).to_have_value("")
    await field.fill("meia frase")
    keyboard = {"inline_keyboard": [[{"text": "Sim", "callback_data": "yes"}]]}
    await bot_says(
        phone,
        own_bot,
        chat_id=lucas.id,
        text="<b>Vamos?</b>",
        parse_mode="HTML",
        reply_markup=keyboard,
    )
    await expect(left.locator(".bub b", has_text="Vamos?")).to_be_visible()
    await expect(field).to_have_value("meia frase")
    await left.get_by_role("button", name="Sim").click()
    feed = page.get_by_role("complementary", name="Что видит Bot API")
    await expect(feed).to_contain_text("Lucas нажал кнопку: yes")
    await expect(feed).to_contain_text("принято, сообщение")
    await bot_says(
        phone, own_bot, chat_id=lucas.id, text="Quando?", reply_markup={"keyboard": [["Hoje"]]}
    )
    await left.get_by_role("button", name="Hoje").click()
    await expect(left.locator(".msg").last).to_contain_text("Hoje")
    said = [line.text for line in await lucas.lines()]
    assert said == ["/start", "Olá", "Vamos?", "Quando?", "Hoje"]
    assert await priya.lines() == []
    await expect(right.get_by_role("button", name="Начать")).to_be_visible()


async def test_messages_are_answered_edited_and_reacted_to(
    page: Page, phone: Phone, own_bot: Bot
) -> None:
    lucas, _ = await two_phones(page, phone, own_bot)
    left = side(page, "left")
    await lucas.writes("Qual documnto?")
    message = left.locator(".msg").last
    await message.hover()
    await message.get_by_role("button", name="Что сделать").click()
    await page.get_by_role("menuitem", name="Изменить").click()
    field = left.get_by_label("Написать как Lucas")
    await field.fill("Qual documento?")
    await field.press("Enter")
    await expect(message).to_contain_text("изменено")
    await bot_says(phone, own_bot, chat_id=lucas.id, text="RG ou CNH")
    answer = left.locator(".msg", has_text="RG ou CNH")
    await answer.hover()
    await answer.get_by_role("button", name="Что сделать").click()
    await page.get_by_role("menuitemcheckbox", name="Реакция 👍").click()
    await expect(answer.locator(".react")).to_have_text("👍")
    await answer.hover()
    await answer.get_by_role("button", name="Что сделать").click()
    await page.get_by_role("menuitem", name="Ответить").click()
    await field.fill("Certo")
    await field.press("Enter")
    await expect(left.locator(".msg").last.locator(".quote")).to_contain_text("RG ou CNH")
    lines = await lucas.lines()
    assert [line.text for line in lines] == ["Qual documento?", "RG ou CNH", "Certo"]
    assert lines[0].edits == ["Qual documnto?"]
    assert lines[1].reactions == {"client": ["👍"]}
    assert lines[2].reply_to == lines[1].message_id


async def test_files_made_and_ones_own(page: Page, phone: Phone, own_bot: Bot) -> None:
    lucas, _ = await two_phones(page, phone, own_bot)
    left = side(page, "left")
    log = left.get_by_role("log")
    await lucas.starts()
    for name in ("Альбом, 5 фото", "Голосовое, 5 с", "Кружок, 3 с", "Файл 64 МБ", "Стикер"):
        await left.get_by_role("button", name="Приложить").click()
        await page.get_by_role("menuitem", name=name).click()
    await expect(log.locator(".album.n5 img")).to_have_count(5)
    await expect(log.get_by_role("button", name="Слушать")).to_be_visible()
    await expect(log.get_by_role("button", name="Видеокружок")).to_be_visible()
    await expect(log).to_contain_text("больше 20 МБ")
    await left.get_by_role("button", name="Приложить").click()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("menuitem", name="Свой файл").click()
    own = media.photo(seed=3)
    chooser = await choosing.value
    await chooser.set_files([FilePayload(name="id.jpg", mimeType="image/jpeg", buffer=own.content)])
    await expect(log.locator(".album.n1 img")).to_have_count(1)
    kinds = [line.media and line.media["kind"] for line in await lucas.lines()]
    assert sorted(kinds[1:6], key=str) == ["photo"] * 5
    assert {*kinds[6:]} == {"voice", "video_note", "document", "sticker", "photo"}


async def test_the_bot_is_blocked_and_forgiven(page: Page, phone: Phone, own_bot: Bot) -> None:
    lucas, _ = await two_phones(page, phone, own_bot)
    left = side(page, "left")
    await lucas.starts()
    await left.get_by_role("button", name="Меню чата").click()
    await page.get_by_role("menuitem", name="Заблокировать бота").click()
    await expect(left).to_contain_text("Бот заблокирован")
    refused = await phone.request_later(
        "POST", f"/bot{own_bot.token}/sendMessage", json={"chat_id": lucas.id, "text": "?"}
    )
    assert refused.status_code == 403
    await expect(page.locator("#feed .bad")).to_contain_text("отказ 403")
    await left.get_by_role("button", name="Разблокировать").click()
    await expect(left.get_by_label("Написать как Lucas")).to_be_visible()


async def test_a_link_with_a_payload(page: Page, phone: Phone, own_bot: Bot) -> None:
    lucas, _ = await two_phones(page, phone, own_bot)
    await page.goto(f"{phone.control_url}/t/{own_bot.username}?start=ads_br_12")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox").select_option(str(lucas.id))
    await dialog.get_by_role("button", name=re.compile("Открыть|Open")).click()
    await expect(side(page, "left").get_by_role("log")).to_contain_text("/start ads_br_12")


async def test_a_new_client_and_a_fault(page: Page, phone: Phone, own_bot: Bot) -> None:
    await two_phones(page, phone, own_bot)
    await page.get_by_role("button", name="Новый клиент").click()
    await page.get_by_label("Имя", exact=True).fill("Marcus")
    await page.get_by_label("Фамилия").fill("Obi")
    await page.get_by_role("button", name="Добавить").click()
    await expect(side(page, "right")).to_have_accessible_name("Телефон: Marcus Obi")
    switch = page.get_by_role("switch", name="Обрыв после отправки")
    await switch.check()
    (fault,) = await phone.ask("GET", "/control/faults")
    assert (fault["kind"], fault["count"]) == ("reset_after", 1)
    await phone.no_faults()
    await expect(switch).not_to_be_checked()


async def test_nothing_stands_in_anybodys_way(
    page: Page, context: BrowserContext, phone: Phone, own_bot: Bot
) -> None:
    lucas, _ = await two_phones(page, phone, own_bot)
    await lucas.starts()
    await lucas.sends("album", count=2)
    await bot_says(phone, own_bot, chat_id=lucas.id, text="Olá")
    await expect(side(page, "left").get_by_role("log")).to_contain_text("Olá")
    assert await axe(page) == []
    await page.get_by_role("button", name="Сменить тему").click()
    await side(page, "left").get_by_role("button", name="Приложить").click()
    assert await axe(page) == []
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
