"""Scripts: templates in an order, walked through with each client by oneself."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import Route, expect
from sqlalchemy import select

from api.demo_words import demo_words
from api.routes.scripts import gaps
from models.script import Script, held_by, scripts_for
from models.user import User
from tests.browsers import Complaints, axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_browser import bubbles
from tests.messenger.test_media import jpeg
from tests.messenger.test_pages import one, said, soup, write
from tests.messenger.test_templates import kept, made
from tests.messenger.town import Town
from tests.web.website import Website


async def script(site: Website, town: Town, by: User, *names: str, **given: Any) -> Script:
    """A script of templates with these names, which say their names."""
    scope, name = given.get("scope", "private"), f"Знакомство {uuid4().hex[:6]}"
    async with site.signed_in(by) as browser:
        assert (await browser.post("/scripts", data={"scope": scope, "name": name})).is_success
        found = await named(town, name)
        for each in names:
            await made(
                site, by, each, words={"ru": f"{each}, {{{{ lead.first_name }}}}"}, scope=scope
            )
            template = await kept(town, each)
            answer = await browser.post(
                f"/scripts/{found.id}/templates", data={"template": template.id}
            )
            assert answer.is_success, answer.text
    return await named(town, name)


async def named(town: Town, name: str) -> Script:
    async with town.database.reading() as session:
        return (await session.execute(select(Script).where(Script.name == name))).scalar_one()


async def strip(browser: httpx.AsyncClient, lead_id: int) -> str:
    found = soup(await browser.get(f"/leads/{lead_id}/script")).select(".script[data-next]")
    return said(found[0]) if found else ""


async def test_each_walks_through_it_alone_with_each_client(site: Website, served: Town):
    ivan, petra = await served.writes("Иван", "Привет"), await served.writes("Petra", "Hello")
    team = await script(site, served, served.igor, "раз", "два", scope="team")
    async with site.signed_in(served.anna) as anna, site.signed_in(served.boris) as boris:
        begun = await anna.post(f"/leads/{ivan}/script", data={"script": team.id})
        assert "раз, Иван" in said(one(soup(begun), ".script"))
        assert "1 из 2" in begun.text
        await anna.put(f"/leads/{ivan}/script?place=1")
        assert "два, Иван" in await strip(anna, ivan)
        assert "/script" in str(one(soup(await anna.get(f"/leads/{ivan}")), ".script")["hx-get"])
        assert (await strip(anna, petra), await strip(boris, ivan)) == ("", "")
        assert "hx-get" not in one(soup(await boris.get(f"/leads/{ivan}")), ".script").attrs
        assert (await boris.put(f"/leads/{ivan}/script?place=1")).status_code == 404

        ended = await anna.put(f"/leads/{ivan}/script?place=9")
        assert "Пройден до конца" in ended.text
        await anna.delete(f"/leads/{ivan}/script")
        assert await strip(anna, ivan) == ""


async def test_a_changed_order_does_not_move_who_walks(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    mine = await script(site, served, served.anna, "раз", "два", "три")
    first, second, third = mine.templates
    path = f"/scripts/{mine.id}"
    async with site.signed_in(served.anna) as anna:
        await anna.post(f"/leads/{ivan}/script", data={"script": mine.id})
        await anna.put(f"/leads/{ivan}/script?place=1")
        await anna.put(f"{path}/order", data={"numbers": f"{second},{third},{first}"})
        assert (await named(served, mine.name)).templates == [second, third, first]
        assert "два" in await strip(anna, ivan)
        await anna.delete(f"{path}/templates/{second}")
        assert "три" in await strip(anna, ivan)
        await anna.put(f"{path}/order", data={"numbers": f"{first},77,{first}"})
        assert (await named(served, mine.name)).templates == [first, third]
        assert (await anna.put(f"{path}/order", data={"numbers": "a"})).status_code == 422

        retired = await anna.delete(path)
        assert f"{path}/return" in retired.headers["HX-Trigger"]
        assert await strip(anna, ivan) == ""
        await anna.post(f"{path}/return")
        assert "три" in await strip(anna, ivan)


async def test_a_script_holds_what_all_its_readers_see(site: Website, served: Town):
    team = await script(site, served, served.igor, "для команды", scope="team")
    own = await script(site, served, served.anna, "своё")
    stranger = await site.person("Пётр")
    ivan = await served.writes("Иван", "Привет")
    async with (
        site.signed_in(served.igor) as igor,
        site.signed_in(served.anna) as anna,
        site.signed_in(stranger) as other,
    ):
        await made(site, served.igor, "личный Игоря")
        private = await kept(served, "личный Игоря")
        refused = await igor.post(f"/scripts/{team.id}/templates", data={"template": private.id})
        assert (refused.status_code, "видят не все" in refused.text) == (422, True)
        shared = {"template": (await kept(served, "для команды")).id}
        assert (await anna.post(f"/scripts/{own.id}/templates", data=shared)).is_success

        for path in (f"/scripts/{own.id}", f"/scripts/{team.id}"):
            form = {"name": "моё", "scope": "private"}
            assert (await other.put(path, data=form)).status_code == 404
        assert (await anna.delete(f"/scripts/{team.id}")).status_code == 403
        begun = await other.post(f"/leads/{ivan}/script", data={"script": team.id})
        assert begun.status_code == 404
        wider = {"name": "шире", "scope": "all"}
        assert (await igor.put(f"/scripts/{team.id}", data=wider)).status_code == 403
    mixed = await script(site, served, served.maria, "личное Марии")
    async with site.signed_in(served.maria) as maria:
        answer = await maria.put(f"/scripts/{mixed.id}", data=wider)
        assert (answer.status_code, "не увидят: личное Марии" in answer.text) == (422, True)
        assert (
            await maria.put(f"/scripts/{mixed.id}", data={"scope": "private"})
        ).status_code == 422
        page = (await maria.get("/templates")).text
    assert (mixed.name in page, own.name in page, team.name in page) == (True, False, True)


async def test_what_is_not_said_in_a_language_is_told(site: Website, served: Town):
    mine = await script(site, served, served.anna, "раз")
    await made(site, served.anna, "два", words={"ru": "да", "en": "yes"})
    async with site.signed_in(served.anna) as anna:
        two = (await kept(served, "два")).id
        await anna.post(f"/scripts/{mine.id}/templates", data={"template": two})
        page = soup(await anna.get("/templates"))
    assert "нет на этом языке: раз" in said(one(page, f"#script-one-{mine.id}"))


async def test_the_demos_script_speaks_both_languages_to_everybody(town: Town):
    async with town.database.unit_of_work() as work:
        await demo_words(work, town.maria)
    async with town.database.reading() as session:
        (found,) = await scripts_for(session, town.anna)
        held = found.in_order(await held_by(session, [found], town.anna))
    assert (len(held), gaps(held)) == (5, {})
    assert {language for one in held for language in one.words} == {"ru", "en"}


async def test_walked_through_in_the_chat(site: Website, visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    mine = await script(site, served, served.anna, "раз", "два", "три")
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    walk = page.get_by_role("region", name=f"Скрипт «{mine.name}»")

    typed, asked = asyncio.Event(), list[str]()

    async def late(route: Route) -> None:
        asked.append(route.request.url)
        await typed.wait()
        await route.continue_()

    await page.route("**/templates", late)
    await field.press_sequentially("/знакомство")
    typed.set()
    menu = page.get_by_role("listbox", name="Шаблоны")
    await expect(menu.get_by_role("option", selected=True)).to_contain_text(mine.name)
    assert len(asked) == 1
    await page.keyboard.press("Enter")
    await expect(walk).to_contain_text("1 из 3")
    await expect(field).to_have_value("")
    assert await axe(page, within=".composer") == []
    await walk.get_by_role("button", name="Вставить").press("Enter")
    await expect(field).to_have_value("раз, Иван")
    await expect(walk).to_contain_text("2 из 3")
    await field.press("Enter")
    await expect(bubbles(page).last).to_contain_text("раз, Иван")

    await walk.get_by_role("button", name="Пропустить этот").click()
    await expect(walk).to_contain_text("три, Иван")
    await walk.get_by_role("button", name="На один назад").click()
    await expect(walk).to_contain_text("два, Иван")
    await page.reload()
    await expect(walk).to_contain_text("два, Иван")
    await walk.get_by_role("button", name="Закончить скрипт").click()
    await expect(walk).to_have_count(0)


async def test_arranged_on_its_page_by_keys_and_by_dragging(
    site: Website, visit: Visit, served: Town
):
    mine = await script(site, served, served.anna, "раз", "два", "три")
    await made(site, served.anna, "четыре")
    first, second, third = mine.templates
    page = await visit(served.anna, "/templates")
    card = page.get_by_role("region", name=mine.name)

    async def are(*wanted: int) -> None:
        async def there() -> bool:
            return (await named(served, mine.name)).templates == [*wanted]

        await eventually(there)

    await card.get_by_label("Шаблон, который добавить").select_option(label="четыре")
    await card.get_by_role("button", name="Добавить в скрипт").click()
    await expect(card.get_by_role("listitem")).to_have_count(4)
    fourth = (await kept(served, "четыре")).id
    await card.get_by_role("button", name="Передвинуть «раз»").press("ArrowDown")
    await are(second, first, third, fourth)
    await expect(card.get_by_role("button", name="Передвинуть «раз»")).to_be_focused()
    await expect(card.get_by_role("listitem").first).to_contain_text("1. два")
    grip = card.get_by_role("button", name="Передвинуть «три»")
    await grip.drag_to(card.get_by_role("listitem").first, target_position={"x": 60, "y": 2})
    await are(third, second, first, fourth)
    await card.get_by_role("button", name="Убрать «два» из скрипта").click()
    await are(third, first, fourth)
    assert await axe(page) == []
    await card.get_by_role("button", name=f"Убрать «{mine.name}»").click()
    await expect(card).to_have_count(0)
    await page.get_by_role("button", name="Вернуть").click()
    await expect(card).to_be_visible()


async def test_what_is_written_or_was_sent_becomes_a_template(
    site: Website, visit: Visit, served: Town, complaints: Complaints
):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as anna, site.signed_in(served.dora) as dora:
        await write(anna, ivan, "вот **схема**", files=[("files", ("схема.jpg", jpeg()))])
        message = (await served.messages(ivan))[-1]
        incoming = (await served.messages(ivan))[0]
        shown = await anna.get(f"/templates/new?in_chat=1&message={message.id}")
        assert "вот **схема**</textarea>" in shown.text
        assert (await anna.get(f"/templates/new?message={incoming.id}")).status_code == 404
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).assign(served.boris, by=served.igor.actor)
        assert (await anna.get(f"/templates/new?message={message.id}")).status_code == 404
        assert (await dora.get(f"/templates/new?message={message.id}")).status_code == 200
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).assign(served.anna, by=served.igor.actor)
    page = await visit(served.anna, f"/leads/{ivan}")
    form = page.get_by_role("dialog", name="Сохранить шаблоном")
    name = f"Схема {uuid4().hex[:6]}"

    await bubbles(page).last.hover()
    await bubbles(page).last.get_by_role("button", name="Что сделать").click()
    await page.get_by_role("menuitem", name="Сохранить шаблоном").click()
    await expect(form.get_by_label("схема.jpg")).to_be_checked()
    assert await axe(page, within="dialog[open]") == []
    await form.get_by_label("Название").fill(name)
    await form.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_text(f"«{name}» теперь шаблон")).to_be_visible()
    await expect(form).to_have_count(0)
    template = await kept(served, name)
    assert (template.words, [one["name"] for one in template.files]) == (
        {"ru": "вот **схема**"}, ["схема.jpg"],
    )  # fmt: skip

    field = page.get_by_label("Сообщение", exact=True)
    await field.fill("Жду вас")
    await page.get_by_role("button", name="Шаблоны").click()
    await page.get_by_role("button", name="Сохранить написанное шаблоном").click()
    await form.get_by_label("Название").fill(f"{name} 2")
    await form.get_by_role("button", name="Сохранить").click()
    await expect(form).to_have_count(0)
    assert (await kept(served, f"{name} 2")).words == {"ru": "Жду вас"}
    await expect(field).to_have_value("Жду вас")
