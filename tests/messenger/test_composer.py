"""What one puts in besides words: emoji, files dropped and pasted; an upload can be stopped."""

from playwright.async_api import Page, expect

from tests.browsers import axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_browser import bubbles
from tests.messenger.town import Town

GIVE = """([kind, name, size]) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(size).fill(65)], name, {type: "text/plain"}))
    const field = document.querySelector("message-composer textarea")
    const given = {bubbles: true, cancelable: true}
    field.dispatchEvent(kind === "paste"
        ? new ClipboardEvent("paste", {...given, clipboardData: data})
        : new DragEvent("drop", {...given, dataTransfer: data}))
}"""


async def test_an_emoji_is_found_in_either_language_and_put_in_where_one_writes(
    visit: Visit, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    picker, search = page.get_by_role("dialog", name="Эмодзи"), page.get_by_label("Найти эмодзи")
    await field.fill("Спасибо!")
    await field.press("ArrowLeft")

    await page.get_by_role("button", name="Эмодзи").click()
    await expect(search).to_be_focused()
    assert await axe(page, within=".composer") == []
    await search.fill("rocket")
    await expect(picker.get_by_role("button")).to_have_text(["🚀"])
    await search.fill("спасибо")
    await expect(picker.get_by_role("button").first).to_have_text("🙏")
    await search.fill("нетакогослова")
    await expect(picker).to_contain_text("Ничего не нашли")
    await search.fill("спаси")
    await page.keyboard.press("Enter")
    await expect(picker).to_have_count(0)
    await expect(field).to_have_value("Спасибо🙏!")
    await expect(field).to_be_focused()

    await page.get_by_role("button", name="Эмодзи").click()
    await expect(picker.get_by_role("button").first).to_have_text("🙏")  # used a moment ago
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("Спасибо🙏😀!")
    await page.keyboard.press("Enter")
    await expect(bubbles(page).last).to_contain_text("Спасибо🙏😀!")


async def give(page: Page, kind: str, name: str, size: int) -> None:
    await page.evaluate(GIVE, [kind, name, size])


async def test_files_are_dropped_and_pasted_and_an_upload_can_be_stopped(
    visit: Visit, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    files = page.get_by_role("list", name="Прикреплённые файлы")

    await give(page, "drop", "большой.txt", 51 * 1024 * 1024)
    await expect(page.get_by_text("большой.txt больше 50 МБ")).to_be_visible()
    await give(page, "drop", "../договор.txt", 600_000)
    await give(page, "paste", "счёт.txt", 10)
    await expect(files.get_by_role("listitem")).to_have_count(2)
    await files.get_by_role("listitem").last.get_by_role("button").click()
    await expect(files.get_by_role("listitem")).to_have_count(1)

    slow = await page.context.new_cdp_session(page)
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    await slow.send("Network.emulateNetworkConditions", speed)
    await field.fill("вот договор")
    await page.keyboard.press("Enter")
    mine = bubbles(page).last
    await expect(mine).to_contain_text("кБ из")
    await mine.get_by_role("button", name="Отмена").click()
    await expect(bubbles(page)).to_have_count(1)
    await expect(field).to_have_value("вот договор")
    await expect(files).to_contain_text("договор.txt")
    assert [one.direction for one in await served.messages(ivan)] == ["in"]

    await slow.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": -1})
    await page.keyboard.press("Enter")

    async def sent() -> bool:
        last = (await served.messages(ivan))[-1]
        return (last.kind, last.text) == ("document", "вот договор")

    await eventually(sent)
    await expect(bubbles(page).last).to_contain_text("договор.txt")
