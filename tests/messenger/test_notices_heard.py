"""How notices reach somebody: the title, one sound and one browser notice over all tabs."""

import re
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from models.message import State
from tests.browsers import axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_notices import given, opened
from tests.messenger.town import Town
from tests.web.website import Website

# The browser's own Notification and sound generators stay; what a page asks of them is noted.
NOTE = """
const [Real, start] = [Notification, OscillatorNode.prototype.start]
window.Notification = class extends Real {
  constructor(title, options) {
    super(title, options)
    window.latest = this
    noted("shown", title, options.body, options.tag)
    this.addEventListener("close", () => noted("closed", title, "", options.tag))
  }
}
OscillatorNode.prototype.start = function (...at) {
  noted("sounded", this.context.state, Math.round(this.frequency.value))
  return start.apply(this, at)
}
"""


class Heard:
    """What all tabs of a browser asked of it so far."""

    def __init__(self) -> None:
        self.all: list[tuple[Any, ...]] = []

    def of(self, kind: str) -> list[list[Any]]:
        return [rest for one, *rest in self.all if one == kind]

    @property
    def words(self) -> list[str]:
        """Of the browser's notices."""
        return [body for _title, body, _tag in self.of("shown")]


@pytest.fixture
async def heard(context: BrowserContext) -> Heard:
    heard = Heard()
    await context.grant_permissions(["notifications"])
    await context.expose_binding("noted", lambda _source, *said: heard.all.append(said))
    await context.add_init_script(NOTE)
    return heard


async def counts(page: Page, count: str) -> None:
    """On the bell and in the title; nothing at all for nothing."""
    await expect(page.locator("#bell .count")).to_have_text(count)
    await expect(page).to_have_title(re.compile(rf"^\({count}\) \S" if count else r"^[^(]"))


async def test_one_of_many_tabs_tells_what_nobody_is_looking_at(
    visit: Visit, served: Town, site: Website, context: BrowserContext, heard: Heard
):
    ivan, petra = await served.writes("Иван", "привет"), await served.writes("Petra", "hello")
    for lead in (ivan, petra):
        await given(served, lead, served.anna, by=served.anna)
        await opened(served, lead, by=served.anna)
    chat = await visit(served.anna, f"/leads/{ivan}")
    other = await context.new_page()
    await other.goto(f"{site.address}/me")
    for page in (chat, other):
        await expect(page.locator("#bell[data-news]")).to_be_attached()
    await served.writes("Иван", "на меня смотрят")
    await expect(chat.get_by_role("log")).to_contain_text("на меня смотрят")
    served.passes(minutes=1)
    await served.writes("Petra", "one")
    await served.writes("Petra", "two")
    await eventually(lambda: heard.of("sounded") and heard.words[-1:] == ["two"])
    failed = await served.answers(petra, "Высылаю условия", by=served.boris)
    await served.becomes(failed, State.FAILED, because="Bad Request: message is too long")
    unsent = "Не отправлено: Высылаю условия"
    await eventually(lambda: len(heard.of("sounded")) == 4 and heard.words[-1] == unsent)

    assert {tuple(one[::2]) for one in heard.of("shown")} == {("Petra", f"leadloom-{petra}")}
    assert len(heard.words) == len(set(heard.words))
    pitches = [pitch for _state, pitch in heard.of("sounded")]
    assert pitches == [659, 988, 330, 247]  # one for the burst, another one for the error
    for page in (chat, other):
        await counts(page, "1")
        await expect(page.locator("#bell-status")).to_have_text(re.compile("с новым$"))

    shows = other if await other.evaluate("Boolean(window.latest)") else chat
    await shows.evaluate("latest.dispatchEvent(new Event('click'))")
    await expect(shows.locator("main")).to_have_attribute("data-open-lead", str(petra))
    await eventually(lambda: heard.of("closed"))
    for page in (chat, other):
        await counts(page, "")

    many = [await served.writes(f"Lucas {number}", "oi") for number in range(9)]
    async with served.database.unit_of_work() as work:
        for lead in many:
            (await work.locked_lead(lead)).assign(served.anna, by=served.igor.actor)
    await eventually(lambda: ["Leadloom", "9 чатов с новым", "leadloom-many"] in heard.of("shown"))
    single = {tag for _title, _body, tag in heard.of("shown")} - {"leadloom-many"}
    assert len(single) < 1 + len(many)


async def test_the_bell_opens_by_its_key_and_is_the_same_in_every_tab(
    visit: Visit, served: Town, site: Website, context: BrowserContext, heard: Heard
):
    ivan, petra = await served.writes("Иван", "первое"), await served.writes("Petra", "hello")
    for lead in (ivan, petra):
        await given(served, lead, served.anna, by=served.anna)
    await served.writes("Иван", "второе")
    page = await visit(served.anna, "/leads")
    other = await context.new_page()
    await other.goto(f"{site.address}/me")
    await page.bring_to_front()
    panel, bell = page.get_by_role("region", name="Уведомления"), page.locator("#bell")
    await counts(page, "2")
    await expect(bell).to_have_accessible_name("Новое 2 чата с новым")

    await page.keyboard.press("b")
    await expect(panel.locator(".told.is-new")).to_have_count(2)
    await expect(panel).to_be_focused()
    assert await axe(page, within="#notices") == []
    await page.keyboard.press("Escape")
    await expect(panel).not_to_be_visible()

    await bell.click()
    await panel.get_by_role("link", name="второе").click()
    await expect(page.locator(".is-sought")).to_contain_text("второе")
    await expect(panel).not_to_be_visible()
    await counts(page, "1")  # the chat was read, the page is another one by its address
    await counts(other, "1")

    await page.keyboard.press("b")
    await panel.locator("summary").click()
    await panel.get_by_role("button", name="на час").click()
    for each in (page, other):
        await expect(each.locator("#bell.is-quiet")).to_be_attached()
    served.passes(minutes=1)
    await served.writes("Petra", "shh")
    await expect(panel).to_contain_text("shh")
    await panel.get_by_role("button", name="Всё просмотрено").click()
    await expect(panel.locator(".told.is-new")).to_have_count(0)
    for each in (page, other):
        await counts(each, "")
    await panel.get_by_role("button", name="Выключить").click()
    for each in (page, other):
        await expect(each.locator("#bell:not(.is-quiet)")).to_be_attached()
    assert heard.all == []

    await other.bring_to_front()
    assert await axe(other, within="#hearing") == []
    async with page.expect_response("**/notices/news"), other.expect_response("**/notices/news"):
        await other.get_by_label("Звук: Клиент написал").uncheck()
    await expect(other.get_by_text("Сохранено")).to_be_visible()
    await expect(other.get_by_text("Этот браузер показывает уведомления")).to_be_visible()
    served.passes(minutes=1)
    await served.writes("Petra", "loud again")
    await eventually(lambda: heard.words == ["loud again"])
    assert heard.of("sounded") == []

    await other.get_by_label("Каждый день, по моему времени").check()
    for end in ("с", "до"):
        await other.get_by_label(end, exact=True).fill("00:00")  # the whole day
    await expect(page.locator("#bell.is-quiet")).to_be_attached()
    await counts(page, "1")
    await given(served, petra, served.boris, by=served.igor)
    for each in (page, other):
        await counts(each, "")  # what is not hers to see any more
