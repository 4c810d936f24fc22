"""Every width, both themes, and nobody shut out."""

from typing import Literal

import pytest
from playwright.async_api import expect

from models.message import State
from tests.browsers import axe
from tests.messenger.conftest import Visit
from tests.messenger.test_driving import greeted, taken
from tests.messenger.town import Town


async def test_the_card_is_a_drawer_where_there_is_no_room(visit: Visit, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    page = await visit(served.anna, f"/leads/{ivan}")
    await page.set_viewport_size({"width": 1024, "height": 768})
    card = page.get_by_role("complementary")
    await expect(card).not_to_be_visible()

    await page.get_by_role("link", name="Вернуть в авто").click()
    await expect(card.get_by_label("Тот же шаг")).to_be_visible()
    await card.get_by_role("link", name="Заметки").click()
    await expect(card.get_by_label("Новая заметка")).to_be_in_viewport()
    await page.keyboard.press("Escape")

    await expect(card).not_to_be_visible()


# Whether the composer's parts end where it ends.
FITS = """() => { const one = document.querySelector("message-composer")
  const end = one.getBoundingClientRect().right
  return [...one.querySelectorAll(".cbox, .cbar, .split")].every(
    part => part.getBoundingClientRect().right <= end) }"""


async def test_the_composer_stays_in_its_pane_at_every_width(visit: Visit, served: Town):
    ivan = await greeted(served)  # the longest words on its button: “Взять и отправить”
    page = await visit(served.anna, f"/leads/{ivan}")
    for width in (1920, 1440, 1280, 1024, 768, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate(FITS), width


async def test_on_a_telephone_one_pane_follows_the_other(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, "/leads")
    await page.set_viewport_size({"width": 390, "height": 844})
    row, field = page.locator(f"#lead-{ivan}"), page.get_by_label("Сообщение", exact=True)

    await expect(field).not_to_be_visible()
    await row.click()
    await expect(field).to_be_visible()
    await expect(row).not_to_be_visible()
    await page.get_by_role("link", name="Карточка клиента").click()
    await expect(page.get_by_role("complementary")).to_be_in_viewport()
    await page.get_by_role("link", name="Закрыть карточку").click()
    await page.get_by_role("link", name="К списку").click()
    await expect(row).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390

    stuck = page.get_by_role("link", name="Что стоит").last
    await expect(stuck).not_to_be_visible()
    await page.get_by_role("button", name="Ещё", exact=True).click()
    await stuck.click()
    await expect(page.get_by_role("heading", name="Что стоит")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nothing_stands_in_anybodys_way(
    visit: Visit, served: Town, theme: Literal["light", "dark"]
):
    ivan = await greeted(served)
    await taken(served, ivan)
    failed = await served.answers(ivan, "Ответ")
    await served.becomes(failed, State.FAILED, because="Bad Request: message is too long")
    await served.writes("Иван", "да")
    page = await visit(served.anna, f"/leads/{ivan}")
    await page.emulate_media(color_scheme=theme)
    await page.get_by_role("button", name="Вернуть в авто выбрать шаг").click()
    await expect(page.locator(".preview")).to_be_visible()

    assert await axe(page) == []
