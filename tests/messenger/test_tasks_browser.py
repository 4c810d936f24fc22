"""Tasks by hand and by keys: on the card, and on the page of all."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.browsers import Complaints, axe
from tests.messenger.conftest import Visit
from tests.messenger.test_tasks import promised
from tests.messenger.town import Town


async def test_a_task_is_set_by_keys_corrected_done_and_taken_back(
    served: Town, visit: Visit, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    block = page.locator(f"#tasks-{ivan}")
    await page.keyboard.press("t")
    what = block.locator("[name=what]")
    await expect(what).to_be_focused()
    await what.fill("Позвонить вечером")
    await block.locator("label.chip", has_text="дата").click()
    await block.locator("[name=day]").fill("2020-01-01")
    await block.get_by_role("button", name="Сохранить").click()
    await expect(block.locator("[data-errors]")).to_contain_text("Это время уже прошло")
    complaints.expect("422")
    await expect(what).to_have_value("Позвонить вечером")  # nothing typed is lost
    assert await axe(page) == []
    await block.locator("label.chip", has_text="завтра").click()
    await block.get_by_role("button", name="Сохранить").click()
    task = block.locator(".task", has_text="Позвонить вечером")
    await expect(task.locator(".due")).to_contain_text("завтра, 10:00")
    await task.get_by_role("checkbox").check()
    await expect(task).to_have_count(0)
    await page.locator("#toasts").get_by_role("button").click()
    await expect(task).to_have_count(1)


async def test_the_page_is_walked_by_keys_and_hears_of_others(served: Town, visit: Visit):
    ivan, now = await served.writes("Иван", "Привет"), datetime.now(UTC)
    await promised(served, ivan, "Отправить график", now - timedelta(hours=1), served.anna)
    await promised(served, ivan, "Созвон", now + timedelta(days=40), served.anna)
    page = await visit(served.anna, "/tasks")
    rows = page.locator("#task-rows .trow")
    await expect(rows).to_have_count(2)
    assert await axe(page) == []
    await page.keyboard.press("j")
    await expect(rows.first.get_by_role("checkbox")).to_be_focused()
    await page.keyboard.press("l")
    await rows.first.get_by_role("button", name="через 3 дня").click()
    await expect(page.locator(".thead.is-bad")).to_have_count(0)
    await promised(served, ivan, "Сверить депозит", now + timedelta(days=50), served.anna)
    await expect(rows).to_have_count(3)  # a colleague's act, or one's own in another browser
    await rows.filter(has_text="Созвон").get_by_role("checkbox").check()
    await expect(rows).to_have_count(2)
    await page.locator("#tasks-closed summary").click()
    await expect(page.locator("#tasks-closed")).to_contain_text("Созвон")
