"""What only a browser can show: bubbles at once, rows that move, work that goes on offline."""

from playwright.async_api import BrowserContext, Locator, Page, expect

from models.message import State
from tests.browsers import Complaints
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_driving import greeted, taken
from tests.messenger.town import Town


def bubbles(page: Page) -> Locator:
    return page.locator("[role=log] .msg")


async def type_and_send(page: Page, *texts: str) -> None:
    for text in texts:
        await page.get_by_label("Сообщение", exact=True).fill(text)
        await page.keyboard.press("Enter")


async def rested(page: Page) -> None:
    """What a hand needs is there, although nobody has touched the page."""
    await page.locator("message-composer:defined").wait_for()


async def test_a_message_shows_at_once_and_gets_its_tick(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")

    await type_and_send(page, "Здравствуйте, **Иван**")

    mine = bubbles(page).last
    await expect(mine).to_contain_text("Здравствуйте, Иван")
    await expect(mine.locator("strong")).to_have_text("Иван")
    await expect(mine.get_by_title("в очереди")).to_be_visible()
    await expect(page.get_by_label("Сообщение", exact=True)).to_have_value("")
    await expect(page.get_by_role("button", name="Отправить", exact=True)).to_be_visible()
    message = (await served.messages(ivan))[-1]
    assert await mine.get_attribute("id") == message.client_key

    await served.becomes(message, State.SENDING)
    await served.becomes(message, State.SENT)

    await expect(mine.get_by_title("отправлено: Telegram принял")).to_be_visible()


async def test_three_fast_messages_keep_their_order(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    await rested(page)

    await type_and_send(page, "раз", "два", "три")

    async def all_there() -> bool:
        return [one.text for one in await served.messages(ivan)][-3:] == ["раз", "два", "три"]

    await eventually(all_there)
    await expect(bubbles(page).locator(".said-text")).to_have_text(["Привет", "раз", "два", "три"])


async def test_the_list_moves_by_itself_and_keeps_focus_and_selection(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    served.passes(minutes=1)
    petra = await served.writes("Petra", "Hello")
    page = await visit(served.anna, f"/leads/{ivan}")
    rows = page.locator("#rows > li")
    await expect(rows.first).to_have_id(f"lead-{petra}")
    await page.locator(f"#lead-{ivan} a").focus()

    served.passes(minutes=1)
    await served.writes("Иван", "Вы здесь?")

    await expect(rows.first).to_have_id(f"lead-{ivan}")
    await expect(page.locator(f"#lead-{ivan} a")).to_be_focused()
    await expect(page.locator(f"#lead-{ivan} a")).to_have_attribute("aria-current", "true")
    await expect(bubbles(page).last).to_contain_text("Вы здесь?")


async def test_the_list_is_walked_by_keys(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    served.passes(minutes=1)
    petra = await served.writes("Petra", "Hello")
    page = await visit(served.anna, "/leads?tab=auto")

    await page.keyboard.press("j")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await page.keyboard.press("j")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(ivan))
    assert page.url.endswith(f"/leads/{ivan}?tab=auto")
    await page.keyboard.press("k")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()


async def test_a_search_marks_what_was_found_and_opens_it(visit: Visit, served: Town):
    for number in range(60):
        ivan = await served.writes("Иван", f"сообщение {number}")
    page = await visit(served.anna, "/leads")

    await page.get_by_role("searchbox").fill("сообщение 7")
    found = page.locator("[data-rows] .row--hit").filter(has_text="сообщение 7").last
    await expect(found.locator("mark")).to_have_text(["сообщение", "7"])
    await found.click()

    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(ivan))
    await expect(page.locator(".is-sought")).to_contain_text("сообщение 7")
    await expect(page.locator(".is-sought")).to_be_in_viewport()


async def test_taking_over_and_giving_back(visit: Visit, served: Town):
    ivan = await greeted(served)
    page = await visit(served.anna, f"/leads/{ivan}")
    card = page.get_by_role("complementary")
    await expect(page.get_by_role("button", name="Взять и отправить")).to_be_visible()

    await page.keyboard.press("Control+KeyM")
    await expect(card.locator(".kv .mode")).to_have_text("Мануал")
    await expect(page.get_by_role("button", name="Отправить", exact=True)).to_be_visible()
    await expect(page.get_by_role("log")).to_contain_text("взяла диалог на себя")

    await served.writes("Иван", "да, расскажите")
    await card.get_by_role("button", name="Вернуть в авто выбрать шаг").click()
    await expect(card.get_by_label("да, расскажите")).to_be_checked()
    await expect(card.locator(".preview")).to_contain_text("Спасибо за ответ")
    await card.get_by_label("да, расскажите").uncheck()
    await expect(card.locator(".preview")).to_contain_text("Ни одно сообщение не уйдёт")
    await card.get_by_role("button", name="Вернуть в авто", exact=True).click()

    await expect(card.locator(".kv .mode")).to_have_text("Авто")
    assert (await served.lead(ivan)).mode == "auto"


async def test_an_open_chooser_is_not_taken_away_by_what_happens(visit: Visit, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    page = await visit(served.anna, f"/leads/{ivan}")
    card = page.get_by_role("complementary")
    await card.get_by_role("button", name="Вернуть в авто выбрать шаг").click()
    await card.get_by_label("С начала").check()

    async with served.database.unit_of_work() as work:
        await (await work.locked_lead(ivan)).move_to("talking", by=served.boris.actor)

    await expect(card.locator("[aria-current=step]")).to_have_text("В диалоге")
    await expect(card.get_by_label("С начала")).to_be_checked()


async def test_an_unknown_send_is_settled_where_it_stands(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    message = await served.answers(ivan, "Ответ")
    await served.becomes(message, State.UNKNOWN)
    page = await visit(served.anna, f"/leads/{ivan}")
    mine = bubbles(page).last
    await expect(mine).to_contain_text("Возможно, уже дошло")

    await mine.get_by_role("button", name="Дошло").click()

    await expect(mine.get_by_title("отправлено: Telegram принял")).to_be_visible()
    await expect(mine).not_to_contain_text("Возможно")


async def test_what_is_written_offline_leaves_when_the_link_is_back(
    visit: Visit, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    await rested(page)
    await context.set_offline(True)

    await type_and_send(page, "раз", "два")
    await expect(bubbles(page).last).to_contain_text("два")
    await served.writes("Иван", "пока вас не было")
    assert [one.text for one in await served.messages(ivan)][-1] == "пока вас не было"
    await page.get_by_label("Сообщение", exact=True).fill("черновик")

    await context.set_offline(False)

    async def all_there() -> bool:
        return [one.text for one in await served.messages(ivan)][-2:] == ["раз", "два"]

    await eventually(all_there)
    await expect(bubbles(page).locator(".said-text")).to_have_text(
        ["Привет", "пока вас не было", "раз", "два"]
    )
    await expect(page.get_by_label("Сообщение", exact=True)).to_have_value("черновик")
    complaints.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")


async def test_a_draft_waits_for_its_chat(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    await field.fill("недописанное")

    await page.locator(f"#lead-{petra} a").click()
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await expect(field).to_have_value("")
    await page.goto(page.url.replace(f"/leads/{petra}", f"/leads/{ivan}"))

    await expect(field).to_have_value("недописанное")


async def test_a_colleagues_answer_gives_the_text_back(
    visit: Visit, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.anna, by=served.igor.actor)
    page = await visit(served.anna, f"/leads/{ivan}")
    await rested(page)
    await context.set_offline(True)
    await type_and_send(page, "Здравствуйте")
    await served.answers(ivan, "Уже отвечаю", by=served.igor)
    await context.set_offline(False)

    note = page.get_by_text("Игорь Лапин: ответ")
    await expect(note).to_be_visible()
    await expect(page.get_by_label("Сообщение", exact=True)).to_have_value("Здравствуйте")
    await page.get_by_role("button", name="Всё равно отправить").click()

    async def sent() -> bool:
        return (await served.messages(ivan))[-1].text == "Здравствуйте"

    await eventually(sent)
    complaints.expect("ERR_INTERNET_DISCONNECTED|409|Failed to fetch")


async def test_older_messages_come_without_a_jump(visit: Visit, served: Town):
    for number in range(120):
        ivan = await served.writes("Иван", f"сообщение {number}")
    page = (await visit(served.anna, f"/leads/{ivan}")).get_by_role("log")
    await expect(page.get_by_text("сообщение 119", exact=True)).to_be_in_viewport()
    await expect(page.get_by_text("сообщение 0", exact=True)).not_to_be_attached()

    anchor = page.get_by_text("сообщение 72", exact=True)
    await anchor.scroll_into_view_if_needed()
    await expect(page.get_by_text("сообщение 40", exact=True)).to_be_attached()
    await expect(anchor).to_be_in_viewport()
    await page.get_by_text("сообщение 25", exact=True).scroll_into_view_if_needed()
    await expect(page.get_by_text("сообщение 0", exact=True)).to_be_attached()

    texts = await page.locator(".said-text").all_text_contents()
    assert texts == [f"сообщение {number}" for number in range(120)]


async def test_a_file_is_attached_shown_and_sent(visit: Visit, served: Town, tmp_path):
    from tests.messenger.test_media import jpeg

    (tmp_path / "кот.jpg").write_bytes(jpeg())
    (tmp_path / "пусто.txt").write_bytes(b"")
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")

    await page.locator("input[type=file]").set_input_files(
        [tmp_path / "кот.jpg", tmp_path / "пусто.txt"]
    )
    await expect(page.get_by_role("list", name="Прикреплённые файлы")).to_contain_text("кот.jpg")
    await expect(page.get_by_text("Файл пусто.txt пустой")).to_be_visible()
    await type_and_send(page, "вот кот")

    picture = bubbles(page).last.locator("img")
    await expect(picture).to_be_visible()
    await eventually(lambda: picture.evaluate("image => image.naturalWidth"))
    await picture.click()
    await expect(page.get_by_role("dialog", name="Фото")).to_be_visible()


async def test_a_lead_given_to_another_leaves_the_screen(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    await expect(page.locator(f"#lead-{ivan} .count")).to_have_count(0)  # read

    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.boris, by=served.igor.actor)

    await expect(page.locator(f"[data-lead='{ivan}']")).to_have_count(0)
    await expect(page.get_by_text("Привет")).not_to_be_attached()
