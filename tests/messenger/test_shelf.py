"""Notes, files and the past of a lead in a browser: by keyboard, over a reload, between pages."""

from playwright.async_api import expect

from tests.browsers import axe
from tests.messenger.conftest import Visit
from tests.messenger.test_library import sends
from tests.messenger.town import Town
from tests.web.website import Website


async def test_a_colleague_is_mentioned_by_keyboard_and_a_begun_note_survives_a_reload(
    visit: Visit, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    login = served.igor.login.split("@")[0]
    page = await visit(served.anna, f"/leads/{ivan}")
    note = page.get_by_label("Новая заметка")

    await note.press_sequentially(f"Спросите @{login}")
    menu = page.get_by_role("listbox", name="Коллеги")
    await expect(menu.get_by_role("option")).to_have_count(1)
    await note.press("Enter")
    await note.press_sequentially("до шести")
    begun = await note.input_value()
    assert begun.startswith("Спросите @")
    assert begun.endswith(" до шести")

    await page.reload()
    await expect(note).to_have_value(begun)
    await page.get_by_role("button", name="Сохранить заметку").click()
    memo = page.locator(".memo")
    await expect(memo.locator(".at-chip")).to_be_visible()
    await expect(note).to_have_value("")

    await expect(page.locator(f"#library-{ivan}")).to_be_visible()  # nothing moves any more
    await memo.get_by_label("Что сделать с заметкой").click()
    await memo.get_by_role("button", name="Удалить").click()
    await expect(memo).to_have_count(0)
    await page.get_by_role("button", name="Вернуть", exact=True).click()
    await expect(memo).to_have_count(1)
    await page.reload()
    await expect(note).to_have_value("")


async def test_a_file_is_seen_in_full_found_in_the_conversation_and_sent_again(
    site: Website, visit: Visit, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    await sends(site, served, ivan, "паспорт.jpg", by=served.anna, text="Ваш документ")
    page = await visit(served.anna, f"/leads/{ivan}")

    await page.locator(f"#media-{ivan}").scroll_into_view_if_needed()
    await page.locator(f"#library-{ivan} [data-view]").click()
    viewer = page.get_by_role("dialog", name="Фото")
    await expect(viewer.locator("img")).to_be_visible()
    await viewer.get_by_role("button", name="Показать в переписке").click()
    await expect(viewer).not_to_be_visible()
    await expect(page.locator(".msg.is-sought")).to_contain_text("Ваш документ")
    assert await axe(page) == []

    await page.get_by_role("link", name="Все файлы").click()
    assert await axe(page) == []
    await page.locator(".lib-file .ph").click()
    await expect(viewer).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("checkbox", name="паспорт.jpg").check()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Скачать выбранные").click()
    assert (await download.value).suggested_filename == "Иван.zip"
    await page.get_by_label("Что сделать с паспорт.jpg").click()
    await page.get_by_role("button", name="Отправить ещё раз").click()

    await expect(page.locator("message-composer .attached__one")).to_contain_text("паспорт.jpg")
    await page.get_by_role("button", name="Отправить", exact=True).click()
    await expect(page.locator("[role=log] .msg img")).to_have_count(2)
    await page.goto(f"{site.address}/leads/{ivan}/timeline")
    assert await axe(page) == []
    await page.get_by_label("Файлы").check()
    await expect(page.get_by_text("Ничего такого не было")).to_be_visible()
