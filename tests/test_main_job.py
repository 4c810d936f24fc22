"""The main job, as a newcomer does it: the demo as `make run` makes it, played in a browser.

A client talks on the phone's page, the process leads, Anna takes over, answers and gives back.
"""

import asyncio
import re

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browsers import axe
from tests.eventually import eventually
from tests.stack import Stack

PASSWORD = "leadloom-demo-2026"


@pytest.fixture(scope="module")
def demo(stack: Stack) -> Stack:
    said = stack.command("demo")
    assert "anna@demo.example" in said
    return stack


async def sign_in(page: Page, demo: Stack, login: str) -> None:
    await page.goto(f"{demo.url}/login")
    await page.get_by_label("Почта").fill(login)
    await page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/leads"))


async def dmitry_on_the_phone(context: BrowserContext, demo: Stack) -> Locator:
    people = await demo.phone.ask("GET", "/control/clients")
    dmitry = next(one for one in people if one["first_name"] == "Дмитрий")
    page = await context.new_page()
    await page.add_init_script(f"localStorage['phone.left'] ??= {dmitry['id']}")
    await page.goto(f"{demo.phone.url}/?lang=ru")
    phone = page.locator(".phone[data-side=left]")
    await expect(phone).to_have_accessible_name("Телефон: Дмитрий Соколов")
    return phone


async def test_from_the_first_word_to_a_deal_by_a_process_and_by_a_person(
    context: BrowserContext, page: Page, demo: Stack
) -> None:
    phone = await dmitry_on_the_phone(context, demo)
    talk = phone.get_by_role("log")

    # the process greets, asks and waits
    await expect(talk).to_contain_text("Здравствуйте, Дмитрий")
    await expect(phone.get_by_role("button", name="Нет, с нуля")).to_be_visible()

    # Anna sees who leads
    await sign_in(page, demo, "anna@demo.example")
    await page.get_by_role("link", name=re.compile("Дмитрий Соколов")).click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Здравствуйте, Дмитрий")
    card = page.get_by_role("complementary")
    await expect(card).to_contain_text("Ждать ответа")

    # a button branches, tags and moves on, and the screen follows by itself
    await phone.get_by_role("button", name="Нет, с нуля").click()
    await expect(log).to_contain_text("Нет, с нуля")
    await expect(card).to_contain_text("тест-драйв")

    # she writes: that is a take-over, the robot falls silent
    field = page.get_by_role("textbox", name="Сообщение")
    await field.fill("Дмитрий, это Анна. Помогу сама.")
    await page.get_by_role("button", name="Взять и отправить").click()
    await expect(talk).to_contain_text("Дмитрий, это Анна. Помогу сама.")
    mine = log.locator(".bub", has_text="Помогу сама")
    await expect(mine.get_by_title(re.compile("Telegram принял"))).to_be_visible()
    await expect(card).to_contain_text("Мануал")
    await expect(page.get_by_role("button", name="Отправить", exact=True)).to_be_visible()

    # the client answers a person
    await phone.get_by_label("Написать как Дмитрий").fill("Спасибо, жду")
    await phone.get_by_label("Написать как Дмитрий").press("Enter")
    await expect(log).to_contain_text("Спасибо, жду")

    async def accessible() -> bool:  # once the colours have settled
        assert await axe(page) == []
        return True

    await eventually(accessible)

    # she gives the lead back where she chooses, and the process goes on
    await card.get_by_role("button", name=re.compile("Вернуть в авто")).click()
    await card.get_by_role("radio", name=re.compile("С начала")).check()
    await expect(card).to_contain_text("Что произойдёт сразу")
    await card.get_by_role("button", name="Вернуть в авто", exact=True).last.click()
    await expect(card).to_contain_text("Ведёт робот")

    async def greeted_twice() -> bool:
        return (await talk.inner_text()).count("Здравствуйте, Дмитрий") == 2

    await eventually(greeted_twice)


async def test_the_console_of_temporal_shows_the_lead(page: Page, demo: Stack) -> None:
    answer = await page.request.get(
        f"{demo.settings.console}/api/v1/namespaces/default/workflows?query="
        "WorkflowType%3D%27LeadWorkflow%27"
    )
    assert answer.ok
    assert len((await answer.json())["executions"]) >= 4


async def test_ops_see_that_everything_lives(page: Page, demo: Stack) -> None:
    answer = await page.request.get(f"{demo.url}/healthz")
    assert answer.ok
    await sign_in(page, demo, "ops@demo.example")
    await page.goto(f"{demo.url}/stuck")
    await expect(page.get_by_text("Ничего не стоит")).to_be_visible()


async def test_the_first_minute_of_the_demo_fills_the_chats(page: Page, demo: Stack) -> None:
    await asyncio.to_thread(demo.command, "play")
    await sign_in(page, demo, "igor@demo.example")
    chats = page.get_by_role("region", name="Список чатов").get_by_role("link")
    for name, shows in (
        ("Ольга Мельник", "vip"),
        ("Marcus Obi", "Анна: One working day"),
        ("Beatriz Costa", "This is where I am stuck"),
        ("Camila Nunes", "will not bother you"),
    ):
        await expect(chats.filter(has_text=name)).to_contain_text(shows)
    for name, state in (("Rohan Verma", "неизвестно, дошло ли"), ("Анна Петрова", "не отправлено")):
        await expect(chats.filter(has_text=name).get_by_title(re.compile(state))).to_be_visible()
    assert await asyncio.to_thread(demo.command, "play") == ""
    clients = await demo.phone.ask("GET", "/control/clients")
    assert len(clients) == 12
