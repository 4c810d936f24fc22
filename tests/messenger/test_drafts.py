"""Drafts: one's own, on each of one's devices, whatever the link does."""

import httpx
from playwright.async_api import BrowserContext, expect

from tests.browsers import Complaints
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.town import Town
from tests.web.website import Website


async def draft(browser: httpx.AsyncClient, lead_id: int) -> str:
    return str((await browser.get(f"/leads/{lead_id}/draft")).json()["text"])


async def write(browser: httpx.AsyncClient, lead_id: int, text: str) -> int:
    answer = await browser.put(f"/leads/{lead_id}/draft", data={"text": text, "version": "1"})
    return answer.status_code


async def test_a_draft_is_its_writers_alone(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna, site.signed_in(served.boris) as boris:
        assert await write(anna, ivan, "Добрый день, Ив") == 204
        assert await write(anna, ivan, "Добрый день, Иван") == 204

        assert await draft(anna, ivan) == "Добрый день, Иван"
        assert (await anna.get("/drafts")).json() == {str(ivan): "Добрый день, Иван"}
        assert "Добрый день, Иван</textarea>" in (await anna.get(f"/leads/{ivan}")).text
        assert await draft(boris, ivan) == ""
        assert (await boris.get("/drafts")).json() == {}

        assert await write(anna, ivan, " ") == 204
        assert await draft(anna, ivan) == ""


async def test_no_draft_to_a_lead_that_is_not_ones_own_to_see(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna, site.signed_in(served.dora) as dora:
        assert await write(anna, ivan, "начато") == 204
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).assign(served.boris, by=served.igor.actor)

        assert await write(anna, ivan, "и дальше") == 404
        assert (await anna.get("/drafts")).json() == {}
        assert await write(dora, ivan, "не моё дело") == 403


async def test_what_is_begun_goes_on_elsewhere_and_ends_with_sending(
    site: Website, visit: Visit, served: Town, context: BrowserContext, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    row = page.locator(f"#lead-{ivan} .row__txt")
    async with site.signed_in(served.anna) as elsewhere:

        async def saved(text: str) -> None:
            await eventually(lambda: _is(elsewhere, ivan, text))

        await field.fill("начато за столом")
        await saved("начато за столом")
        await page.locator(f"#lead-{petra} a").click()
        await expect(row).to_have_attribute("data-draft", "начато за столом")

        await write(elsewhere, ivan, "продолжено в дороге")
        await page.locator(f"#lead-{ivan} a").click()
        await expect(field).to_have_value("продолжено в дороге")

        await context.set_offline(True)
        await field.fill("продолжено без связи")
        await page.evaluate("fetch('/drafts').catch(() => {})")
        assert await draft(elsewhere, ivan) == "продолжено в дороге"
        await context.set_offline(False)
        await saved("продолжено без связи")

        await page.reload()
        await expect(field).to_have_value("продолжено без связи")
        await field.press("Enter")
        await saved("")

        async def sent() -> bool:
            return (await served.messages(ivan))[-1].text == "продолжено без связи"

        await eventually(sent)
        await expect(row).not_to_have_attribute("data-draft", "продолжено без связи")
    complaints.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")


async def _is(elsewhere: httpx.AsyncClient, lead_id: int, text: str) -> bool:
    return await draft(elsewhere, lead_id) == text
