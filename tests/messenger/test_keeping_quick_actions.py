"""Quick actions on their page and in the composer: whose they are, their order and keys."""

from uuid import uuid4

from playwright.async_api import expect
from sqlalchemy import select

from models.timeline import Action, Event
from models.tool import Tool, Whose, give_tool
from tests.browsers import axe
from tests.messenger.conftest import Visit
from tests.messenger.test_driving import greeted
from tests.messenger.test_pages import page_of, said
from tests.messenger.test_quick_actions import deposit, kept, made, run
from tests.messenger.town import Town
from tests.web.website import Website


async def test_each_keeps_their_own_and_sees_the_teams_and_everybodys(site: Website, served: Town):
    tag = uuid4().hex[:6]
    assert (await made(site, served.anna, f"моё {tag}", stage="deposit")).status_code == 200
    team = await made(site, served.igor, f"команды {tag}", scope="team", stage="deposit")
    assert team.status_code == 200
    for scope in ("team", "all"):
        refused = await made(site, served.anna, "нельзя", scope=scope, stage="deposit")
        assert refused.status_code == 403
    ivan = await served.writes("Иван", "Привет")
    numbers = [await kept(served, f"{name} {tag}") for name in ("моё", "команды")]
    async with site.signed_in(served.boris) as boris:
        shown = [said(each) for each in (await page_of(boris, ivan)).select(".quick .chip")]
        assert shown == [f"команды {tag}"]
        assert [(await run(boris, ivan, each)).status_code for each in numbers] == [404, 200]
        assert (await boris.delete(f"/quick-actions/{numbers[1]}")).status_code == 403
        order = await boris.put("/quick-actions/order", data={"numbers": str(numbers[1])})
        assert order.status_code == 403
    async with site.signed_in(served.igor) as igor:
        await igor.delete(f"/quick-actions/{numbers[1]}")
        assert (await run(igor, ivan, numbers[1])).status_code == 404
        assert (await igor.post(f"/quick-actions/{numbers[1]}/return")).status_code == 200
        assert (await run(igor, ivan, numbers[1])).status_code == 200


async def test_one_that_says_nothing_or_has_anothers_key_is_refused(site: Website, served: Town):
    assert (await made(site, served.anna, "раз", stage="deposit", digit="1")).status_code == 200
    for name, given in (
        ("два", {"stage": "deposit", "digit": "1"}),
        ("пусто", {}),
        (" ", {"stage": "deposit"}),
        ("сумма", {"words": {"ru": "{{ a + b }}"}}),
        ("линия", {"line": "3"}),
        ("хозяин", {"owner": "somebody"}),
    ):
        answer = await made(site, served.anna, name, **given)
        assert (answer.status_code, "не сохранено" in answer.text) == (422, True), name
    # the team's may have it: one's own goes before it
    shared = await made(site, served.igor, "общее", scope="team", stage="new", digit="1")
    assert shared.status_code == 200
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna:
        chips = (await page_of(anna, ivan)).select(".quick .chip")
        found = {said(each): "Alt+Digit1" in str(each["data-key"]) for each in chips}
        palette = (
            await anna.get("/palette", headers={"HX-Current-URL": f"{site.address}/leads/{ivan}"})
        ).text
    assert found == {"раз 1": True, "общее": False}
    assert "Раз" in palette


async def test_kept_on_their_page_pressed_by_keys_asked_and_taken_back(
    site: Website, visit: Visit, served: Town
):
    ivan = await greeted(served)
    tag = uuid4().hex[:6]
    page = await visit(served.anna, "/quick-actions")
    for name, digit in ((f"первое {tag}", "2"), (f"второе {tag}", "3")):
        await page.get_by_role("button", name="Новое быстрое действие").click()
        await page.get_by_label("Название").fill(name)
        await page.get_by_label("Клавиша").select_option(digit)
        await page.get_by_label("Текст", exact=True).first.fill("Внесите {{ сумма }}")
        await page.get_by_label("Стадия", exact=True).select_option("deposit")
        if digit == "2":
            assert await axe(page) == []
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator(".tpl__one", has_text=name)).to_contain_text("Депозит")
    first = page.get_by_role("button", name=f"Передвинуть «первое {tag}»")
    await first.press("ArrowDown")
    await expect(page.locator(".tpl__one b")).to_have_text([f"второе {tag}", f"первое {tag}"])
    await expect(first).to_be_focused()
    second = page.get_by_role("button", name=f"Передвинуть «второе {tag}»")
    below = page.locator(".tpl__one", has_text=f"первое {tag}")
    await second.drag_to(below, target_position={"x": 60, "y": 55})
    await expect(page.locator(".tpl__one b")).to_have_text([f"первое {tag}", f"второе {tag}"])

    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    chips = page.get_by_role("group", name="Быстрые действия").get_by_role("button")
    await expect(chips).to_have_text([f"первое {tag}2", f"второе {tag}3"])
    await field.focus()
    await page.keyboard.press("Alt+Digit2")
    await page.get_by_label("Сумма").fill("100 $")
    await expect(page.get_by_text("Внесите 100 $")).to_be_visible()
    assert await axe(page, within=".composer") == []
    await page.keyboard.press("Enter")
    await expect(page.locator(".ev.is-act")).to_contain_text(f"первое {tag}")
    await expect(field).to_be_focused()
    await page.locator(".ev.is-act summary").click()
    await expect(page.locator(".ev.is-act")).to_contain_text("Стадия")
    assert await axe(page, within="[role=log]") == []
    await page.get_by_role("button", name="Вернуть", exact=True).click()
    await expect(page.get_by_text("Отменено, диалог ведёте вы")).to_be_visible()
    await expect(page.locator(".ev.is-act")).to_have_count(2)


async def test_who_lacks_the_tool_has_no_chips_and_the_server_refuses(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    number = await deposit(site, served)
    async with site.signed_in(served.anna) as anna:
        assert (await page_of(anna, ivan)).select(".quick .chip")
        async with served.database.unit_of_work(silent=True) as work:
            whose = Whose(team_id=served.team_id)
            await give_tool(work, Tool.QUICK_ACTIONS, whose, has=False, by=served.maria)
        assert not (await page_of(anna, ivan)).select(".quick .chip")
        assert (await run(anna, ivan, number)).status_code == 403
        assert "быстрых действий нет" in (await anna.get("/quick-actions")).text
    async with served.database.reading() as session:
        events = select(Event).where(Event.lead_id == ivan, Event.kind == Action.QUICK_ACTION_RUN)
        assert not (await session.execute(events)).first()
