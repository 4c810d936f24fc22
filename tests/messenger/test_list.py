"""The chat list under a person's hands: filters, keys, picked chats, the palette."""

from playwright.async_api import expect

from tests.browsers import axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.town import Town


async def test_a_filter_is_an_address_and_follows_what_happens(visit: Visit, served: Town):
    ivan, petra, olga = [await served.writes(name, "Привет") for name in ("Иван", "Petra", "Ольга")]
    for lead_id, country in ((ivan, "BR"), (petra, "BR"), (olga, "IN")):
        async with served.database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            lead.set_field("country", country, by="user:1")
            if lead_id == ivan:
                await lead.tag("vip", by="user:1")
    page = await visit(served.anna, "/leads")
    await expect(page.locator("chat-rows:defined")).to_be_attached()
    rows, chips = page.locator("#rows > li"), page.get_by_role("group", name="Отобрано по")

    await page.keyboard.press("Shift+F")
    await page.locator("summary", has_text="Страна").click()
    await page.get_by_label("Бразилия").check()
    await page.get_by_label("vip: без").check()
    await expect(page.get_by_role("button", name="Показать 1")).to_be_visible()
    assert await axe(page, within="#list") == []
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(1)
    assert page.url.partition("?")[2] == "tag_none=7&country=BR"
    await expect(chips).to_contain_text("без vip")

    # what changes comes and goes by itself, however the list is filtered
    async with served.database.unit_of_work() as work:
        await (await work.locked_lead(ivan)).untag("vip", by="user:1")
        (await work.locked_lead(olga)).set_field("first_name", "Оля", by="user:1")
    await expect(page.locator(f"#lead-{ivan}")).to_be_visible()
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).set_field("country", "IN", by="user:1")
    await expect(page.locator(f"#lead-{ivan}")).not_to_be_attached()
    await expect(rows).to_have_count(1)

    await chips.get_by_text("Сохранить фильтр").click()
    await chips.get_by_label("Название").fill("Бразилия без vip")
    await page.keyboard.press("Enter")
    kept = page.get_by_role("navigation", name="Вкладки").get_by_text("Бразилия без vip")
    await expect(kept).to_be_visible()
    await page.get_by_role("link", name="Непрочитанные").click()
    await expect(rows).to_have_count(3)
    await page.go_back()
    await expect(rows).to_have_count(1)
    await expect(chips).to_contain_text("Бразилия")
    await page.locator("#tools").get_by_role("switch", name="Архив").click()
    await expect(page.get_by_text("Под фильтр никто не подходит")).to_be_visible()


async def test_chats_are_worked_off_by_keys(visit: Visit, served: Town):
    ivan, petra, olga = [await served.writes(name, "Привет") for name in ("Иван", "Petra", "Ольга")]
    for lead_id in (ivan, petra):
        async with served.database.unit_of_work() as work:
            await (await work.locked_lead(lead_id)).take_over(by="user:1", now=served.now)
    page = await visit(served.anna, "/leads")
    await expect(page.locator("chat-rows:defined")).to_be_attached()
    toasts = page.get_by_role("status").locator(".toast")
    palette = page.get_by_role("dialog", name="Всё по названию")

    await page.keyboard.press("a")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(ivan))
    await page.keyboard.press("Control+Shift+U")
    await expect(toasts.last).to_contain_text("Прочитано: 1 чат")
    await page.locator(f"#lead-{ivan} a").focus()
    await page.keyboard.press("p")
    await expect(page.locator(f"#lead-{ivan} .row__pin")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await page.locator(f"#lead-{petra} a").focus()
    await page.keyboard.press("e")
    await expect(toasts.last).to_contain_text("В архиве: 1 чат")
    await page.keyboard.press("Control+z")
    await expect(toasts.last).to_contain_text("Вернули как было: 1 чат")
    assert (await served.lead(petra)).archived_at is None

    await page.keyboard.press("Control+k")
    await expect(palette.get_by_role("combobox")).to_be_focused()
    assert await axe(page, within="#palette") == []
    await page.keyboard.type("ольг")
    await expect(palette.get_by_role("option").first).to_contain_text("Ольга")
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_have_attribute("data-open-lead", str(olga))
    await page.keyboard.press("Control+k")
    await palette.get_by_role("combobox").fill("закреп")
    await palette.get_by_role("option", name="Закреплённые").click()
    await expect(page.locator("#rows > li")).to_have_count(1)
    assert page.url.endswith(f"/leads/{olga}?tab=pinned")


async def test_many_chats_are_done_at_once_and_undone(visit: Visit, served: Town):
    leads = [await served.writes(f"Client{n}", "hi") for n in range(23)]
    page = await visit(served.anna, "/leads")
    await expect(page.locator("chat-rows:defined")).to_be_attached()
    await page.locator("#rows > li").nth(1).hover()
    await page.locator("#rows .pick").nth(1).click()
    await page.locator("#rows .pick").nth(4).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Выбранные чаты")
    await expect(bar).to_contain_text("Выбрано: 4")
    served.passes(minutes=1)
    await served.writes("Client0", "ещё")
    await expect(page.locator("#rows > li").first).to_have_id(f"lead-{leads[0]}")
    assert await page.locator("#rows .pick:checked").count() == 4
    await bar.get_by_role("button", name="Все в списке").click()
    await expect(bar).to_contain_text("Выбрано: 23")
    assert await axe(page, within="#list") == []

    await bar.get_by_label("Тег", exact=True).first.click()
    await bar.get_by_role("button", name="vip", exact=True).click()
    await expect(page.locator(".toast").last).to_contain_text("Тег добавлен: 23 чата")
    await expect(page.locator("#rows .dots")).to_have_count(23)
    await page.locator(".toast button").last.click()
    await expect(page.locator(".toast").last).to_contain_text("Вернули как было: 23 чата")
    await expect(page.locator("#rows .dots")).to_have_count(0)

    await page.locator("#rows .row").nth(2).focus()
    await page.keyboard.press("x")
    await page.locator("#rows .pick").nth(3).click()
    await bar.get_by_role("button", name="Взять на себя").click()
    await page.get_by_role("dialog").get_by_role("button", name="Взять на себя").click()

    async def two_taken() -> bool:
        return sum([(await served.lead(one)).mode_by == served.anna.actor for one in leads]) == 2

    await eventually(two_taken)
    await expect(bar).not_to_be_attached()
