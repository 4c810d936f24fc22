"""The picture of a process in a browser: by mouse, by keyboard, read aloud, in the dark."""

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browsers import axe
from tests.pages.house import House


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_designer_walks_the_picture(house: House, context: BrowserContext, theme: str):
    await house.publishes()
    await house.lead("Lucas")
    await house.changed(await house.lead("Mark"), mode="manual")
    for name, value in (await house.site.cookie(house.dora)).items():
        await context.add_cookies([{"name": name, "value": value, "url": house.site.address}])
    page = await context.new_page()
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    await page.goto(f"{house.site.address}/processes")
    assert await axe(page) == []
    await page.get_by_role("link", name="Короткий").click()
    await expect(page.locator("svg.flow .node")).to_have_count(5)
    assert await axe(page) == []

    await page.locator("#node-ask").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("aside header h2")).to_have_text("Ждать ответа")
    await expect(page.locator("#node-ask")).to_be_focused()
    await expect(page).to_have_url(f"{house.site.address}/processes/short?version=1&step=ask")
    assert await axe(page) == []

    await page.locator("#node-greet").click()
    await expect(page.locator("aside header h2")).to_have_text("Поздороваться")
    await page.go_back()
    await expect(page.locator("aside header h2")).to_have_text("Ждать ответа")

    await page.goto(f"{house.site.address}/stuck")
    assert await axe(page) == []
