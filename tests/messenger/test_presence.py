"""Colleagues in the same chat: seen while they are there, and kept nowhere."""

import json

from playwright.async_api import expect
from sqlalchemy import text

from api import presence
from api.live import Hub
from models.database import Database
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.town import Town
from tests.web.ear import listening
from tests.web.website import Website


async def test_a_colleague_is_seen_looking_and_writing(visit: Visit, served: Town, site: Website):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    here = page.locator(f"#presence-{ivan}")
    async with site.signed_in(served.igor) as browser:
        path = f"/leads/{ivan}/presence"
        answer = await browser.put(f"{path}?doing=looks")
        assert "Анна Ким сейчас смотрит" in answer.text  # a newcomer is told who is there

        await expect(here.get_by_title("Игорь Лапин сейчас смотрит этот чат")).to_be_visible()
        await expect(here.get_by_title("Анна Ким")).not_to_be_visible()  # not oneself
        await browser.put(f"{path}?doing=writes")
        await expect(here.get_by_title("Игорь Лапин сейчас пишет здесь")).to_be_visible()

        # what else happens around the chat takes nobody away
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).set_line(1, by=served.igor.actor)
            await (await work.locked_lead(ivan)).tag("vip", by=served.igor.actor)
        await expect(page.locator(f"#deal-{ivan} .tag")).to_have_text("vip")
        await expect(here.get_by_title("Игорь Лапин сейчас пишет здесь")).to_be_visible()

        await browser.put(f"{path}?doing=gone")
        await expect(here.locator(".here")).to_have_count(1)


async def test_typing_and_leaving_are_said_by_the_page(visit: Visit, served: Town, site: Website):
    ivan = await served.writes("Иван", "Привет")
    petra = await served.writes("Petra", "Hello")
    there: presence.Presence = site.app.state.presence
    page = await visit(served.anna, f"/leads/{ivan}")
    await eventually(lambda: [one.doing for one in there.of(ivan).values()] == ["looks"])

    await page.get_by_label("Сообщение", exact=True).press_sequentially("Здр")
    await eventually(lambda: [one.doing for one in there.of(ivan).values()] == ["writes"])

    await page.locator(f"#lead-{petra} .row").click()
    await eventually(lambda: not there.of(ivan) and len(there.of(petra)) == 1)
    await page.close(run_before_unload=True)
    await eventually(lambda: not there.of(petra))


async def test_who_says_nothing_any_more_is_forgotten(undone: Database):
    there = presence.Presence(Hub(undone), undone, looks=0.1, writes=0.05)
    there.hear(json.dumps([7, 1, "Игорь", "writes"]))
    assert [one.doing for one in there.of(7).values()] == ["writes"]
    await eventually(lambda: [one.doing for one in there.of(7).values()] == ["looks"], every=0.005)
    await eventually(lambda: not there.of(7))


async def test_it_goes_from_process_to_process_and_only_to_who_sees_the_lead(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    async with listening(site, served.anna, ivan) as anna, listening(site, served.boris, ivan) as b:
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).assign(served.anna, by=served.igor.actor)
        await eventually(lambda: b.of("gone"))
        said = json.dumps([ivan, served.igor.id, served.igor.name, "looks"])
        async with served.database.statement() as elsewhere:
            await elsewhere.execute(
                text("select pg_notify(:channel, :said)"),
                {"channel": presence.CHANNEL, "said": said},
            )
        (heard,) = await eventually(lambda: anna.of("presence"))
        assert "Игорь Лапин" in heard["html"]
        assert b.of("presence") == []

    async with site.signed_in(served.boris) as browser:
        assert (await browser.put(f"/leads/{ivan}/presence?doing=looks")).status_code == 404


async def test_messages_only_is_a_persons_choice_everywhere(visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    page = await visit(served.anna, f"/leads/{ivan}")
    event = page.locator("[role=log] .ev").last
    await expect(event).to_be_visible()

    async with page.expect_response("**/me/events?shown=false"):
        await page.get_by_role("button", name="Только сообщения").click()
    await expect(event).not_to_be_visible()

    again = await visit(served.anna, f"/leads/{ivan}")
    await expect(again.get_by_text("Привет").last).to_be_visible()
    await expect(again.locator("[role=log] .ev").last).not_to_be_visible()
    await expect(again.get_by_role("button", name="Только сообщения")).to_have_attribute(
        "aria-pressed", "true"
    )
