"""Pages in a browser: nothing blocked, all within reach, errors where they belong."""

import asyncio

import pytest
from playwright.async_api import BrowserContext, Page, expect

from models.user import User
from tests.browsers import Complaints, axe
from tests.web.website import PASSWORD, Website


async def enter(context: BrowserContext, site: Website, person: User) -> Page:
    """A page of theirs, signed in."""
    await context.add_cookies(
        [
            {"name": name, "value": value, "url": site.address}
            for name, value in (await site.cookie(person)).items()
        ]
    )
    return await context.new_page()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("look", ["light", "dark"])
async def test_every_component_is_readable_in_both_themes_and_languages(
    site: Website, context: BrowserContext, look: str, language: str
):
    page = await enter(context, site, await site.person())
    await page.goto(f"{site.address}/patterns?lang={language}&look={look}")
    await expect(page.locator("html")).to_have_attribute("data-theme", look)
    assert await axe(page) == []


@pytest.mark.parametrize("path", ["/login", "/me", "/sessions", "/nowhere"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
async def test_pages_fit_any_width_and_anyone(
    site: Website, context: BrowserContext, complaints: Complaints, path: str, width: int
):
    page = (
        await context.new_page()
        if path == "/login"
        else await enter(context, site, await site.person())
    )
    await page.set_viewport_size({"width": width, "height": 844})
    await page.goto(site.address + path)
    assert await axe(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page scrolls sideways"
    if path == "/nowhere":
        complaints.expect("404")


async def test_anna_signs_in_by_keyboard_alone(site: Website, page: Page, complaints: Complaints):
    anna = await site.with_password(await site.person())
    await page.goto(site.address)
    await expect(page.get_by_label("Почта")).to_be_focused()
    await page.keyboard.type(anna.login)
    await page.keyboard.press("Tab")
    await page.keyboard.type("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("не подходят")
    await expect(page.get_by_label("Почта")).to_have_value(anna.login)
    complaints.expect("422")

    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("navigation", name="Разделы")).to_be_visible()


async def test_the_first_tab_leads_to_the_content_and_focus_is_seen(
    site: Website, context: BrowserContext
):
    page = await enter(context, site, await site.person())
    await page.goto(f"{site.address}/me")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="К содержанию")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus-visible")).to_have_css("outline-width", "2px")


async def test_an_error_of_a_form_lands_in_its_slot_and_takes_nothing(
    site: Website, context: BrowserContext, complaints: Complaints
):
    anna = await site.with_password(await site.person())
    page = await enter(context, site, anna)
    await page.goto(f"{site.address}/me")
    form = page.locator("form", has=page.get_by_label("Текущий пароль"))
    await form.get_by_label("Текущий пароль").fill("not this one")
    await form.get_by_label("Новый пароль").fill("another long one")
    await form.get_by_role("button").click()

    await expect(form.get_by_role("alert")).to_contain_text("не подходит")
    await expect(form.get_by_label("Новый пароль")).to_have_value("another long one")
    complaints.expect("422")

    await form.get_by_label("Текущий пароль").fill(PASSWORD)
    await form.get_by_role("button").click()
    await expect(page).to_have_url(f"{site.address}/login")


async def test_when_nobody_answers_the_form_says_so_and_keeps_what_was_typed(
    site: Website, context: BrowserContext, complaints: Complaints
):
    page = await enter(context, site, await site.person())
    await page.goto(f"{site.address}/me")
    await page.route("**/me/password", lambda route: route.abort())
    form = page.locator("form", has=page.get_by_label("Текущий пароль"))
    await form.get_by_label("Текущий пароль").fill(PASSWORD)
    await form.get_by_label("Новый пароль").fill("another long one")
    await form.get_by_role("button").click()

    await expect(form.get_by_role("alert")).to_contain_text("Сервер не ответил")
    await expect(form.get_by_label("Новый пароль")).to_have_value("another long one")
    complaints.expect("net::ERR_FAILED|Failed to fetch")


async def test_a_dialog_opens_keeps_the_focus_and_gives_it_back(
    site: Website, context: BrowserContext
):
    page = await enter(context, site, await site.person())
    await page.goto(f"{site.address}/patterns")
    opener = page.locator("[data-opens=sample-dialog]")
    await opener.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await axe(page, within="#sample-dialog") == []

    await page.keyboard.press("Escape")

    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_keys_work_by_their_place_and_not_while_typing(
    site: Website, context: BrowserContext
):
    page = await enter(context, site, await site.person())
    await page.goto(f"{site.address}/patterns")
    await page.locator("#f1").press("Shift+Slash")
    await expect(page.locator("#keys")).to_be_hidden()

    await page.locator("body").click(position={"x": 2, "y": 2})
    # the same place on a Russian keyboard gives a comma
    await page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
           {code: "Slash", key: ",", shiftKey: true, bubbles: true, cancelable: true}))"""
    )
    await expect(page.locator("#keys")).to_be_visible()


async def test_theme_and_language_are_chosen_before_signing_in(site: Website, page: Page):
    await page.goto(f"{site.address}/login")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_role("button", name="Theme: as the system").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_all_tabs_live_on_one_stream_and_hear_that_the_session_ended(
    site: Website, context: BrowserContext
):
    anna = await site.person()
    first = await enter(context, site, anna)
    await first.goto(f"{site.address}/me")
    await expect(first.locator("html")).to_have_attribute("data-link", "live")
    tabs = [await context.new_page() for _ in range(7)]
    await asyncio.gather(*(tab.goto(f"{site.address}/sessions") for tab in tabs))
    for tab in tabs:
        await expect(tab.locator("html")).to_have_attribute("data-link", "live")
    streams = [one for one in site.app.state.hub.streams if one.person_id == anna.id]
    assert len(streams) == 1, "eight tabs, one stream"

    await first.get_by_role("button", name="Выйти").click()
    await expect(first).to_have_url(f"{site.address}/login")
    await site.app.state.hub.check_sessions()

    await expect(tabs[0].locator("html")).to_have_attribute("data-link", "signed-out")
    await expect(tabs[0].get_by_text("Вы вышли")).to_be_visible()
