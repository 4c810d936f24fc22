"""The contact and the ledger by keyboard, in a browser."""

from playwright.async_api import expect

from tests.browsers import Complaints, axe
from tests.messenger.conftest import Visit
from tests.messenger.test_ledger import Ledger
from tests.messenger.town import Town


async def test_a_card_is_filled_in_by_keyboard(visit: Visit, served: Town, complaints: Complaints):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).set_field("buyer", "Максим", by=served.boris.actor)
    await Ledger(served, ivan).posts("50", event=f"browser{ivan}")
    page = await visit(served.igor, f"/leads/{ivan}")
    buyer = page.locator(f"#value-{ivan}-buyer")

    # Esc leaves it as it was, Enter saves; the focus comes back either way
    await buyer.focus()
    await page.keyboard.press("Enter")
    typed = page.locator(".value__form input[name=value]")
    await expect(typed).to_be_focused()
    await typed.fill("Пётр")
    await page.keyboard.press("Escape")
    await expect(buyer).to_be_focused()
    await expect(buyer).to_have_text("Максим")
    await page.keyboard.press("Enter")
    await expect(typed).to_be_focused()

    # a colleague was quicker: both values are there, and nothing is written
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).set_field("buyer", "Ирина", by=served.boris.actor)
    await typed.fill("Пётр")
    await page.keyboard.press("Enter")
    await expect(page.locator(".value__form .note")).to_contain_text("«Ирина», Борис Орлов")
    complaints.expect("409")
    await expect(typed).to_have_value("Пётр")
    assert (await served.lead(ivan)).buyer == "Ирина"
    assert await axe(page, within="#card") == []
    await typed.press("Enter")
    await expect(buyer).to_have_text("Пётр")

    # a country is found by its beginning
    more = page.locator(f"#more-{ivan}")
    await more.select_option("country")
    await expect(typed).to_be_focused()
    await page.keyboard.type("брази")
    await expect(page.locator(".offered button")).to_have_text(["БразилияBR"])
    await page.keyboard.press("Enter")
    await expect(page.locator(f"#value-{ivan}-country")).to_have_text("Бразилия")

    # what is wrong is said beside it and stays typed; then it is posted
    await page.locator(f"#pay-{ivan}").press("Enter")
    amount = page.locator(".pay [name=amount]")
    await expect(amount).to_be_focused()
    await page.keyboard.type("-5")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pay [data-errors]")).to_contain_text("больше нуля")
    complaints.expect("422")
    await expect(amount).to_have_value("-5")
    assert await axe(page, within="#card") == []
    await amount.fill("20,50")
    await amount.press("Enter")
    await expect(page.locator(f"#pays-{ivan} .money")).to_contain_text("70,50")
