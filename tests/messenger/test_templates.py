"""Ready answers: whose they are, what is put into them, and how they reach the client."""

from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import expect
from sqlalchemy import select

from models.media import Media
from models.template import Template
from models.user import User
from tests.browsers import Complaints, axe
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_media import jpeg
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def made(site: Website, by: User, name: str = "Ссылка", **given: Any) -> httpx.Response:
    words, files = given.pop("words", {"ru": "Вот: {{ link }}"}), given.pop("files", None)
    form = {"scope": "private", "name": name, "language": list(words), "text": [*words.values()]}
    async with site.signed_in(by) as browser:
        return await browser.post("/templates", data=form | given, files=files)


async def kept(town: Town, name: str) -> Template:
    async with town.database.reading() as session:
        query = select(Template).where(Template.name == name).order_by(Template.id.desc()).limit(1)
        return (await session.execute(query)).scalar_one()


async def seen_by(site: Website, person: User) -> str:
    async with site.signed_in(person) as browser:
        return (await browser.get("/templates")).text


async def test_each_keeps_their_own_and_sees_the_teams_and_everybodys(site: Website, served: Town):
    tag = uuid4().hex[:6]
    assert (await made(site, served.anna, f"анны {tag}")).status_code == 200
    assert (await made(site, served.igor, f"команды {tag}", scope="team")).status_code == 200
    assert (await made(site, served.maria, f"общий {tag}", scope="all")).status_code == 200
    for person, scope in ((served.anna, "team"), (served.anna, "all"), (served.dora, "team")):
        assert (await made(site, person, "нельзя", scope=scope)).status_code == 403

    stranger = await site.person("Пётр")
    for person, names in (
        (served.anna, {"анны", "команды", "общий"}),
        (served.boris, {"команды", "общий"}),
        (stranger, {"общий"}),
    ):
        page = await seen_by(site, person)
        assert {one for one in ("анны", "команды", "общий") if f"{one} {tag}" in page} == names

    shared = await kept(served, f"команды {tag}")
    async with site.signed_in(served.boris) as boris, site.signed_in(stranger) as other:
        assert (await boris.delete(f"/templates/{shared.id}")).status_code == 403
        assert (await other.delete(f"/templates/{shared.id}")).status_code == 404
    async with site.signed_in(served.igor) as igor:
        answer = await igor.delete(f"/templates/{shared.id}")
        assert f"/templates/{shared.id}/return" in answer.headers["HX-Trigger"]
        assert f"команды {tag}" not in await seen_by(site, served.anna)
        await igor.post(f"/templates/{shared.id}/return")
    assert f"команды {tag}" in await seen_by(site, served.anna)
    async with site.signed_in(served.maria) as maria:  # nobody else's tests shall see it
        everybodys = await kept(served, f"общий {tag}")
        assert (await maria.delete(f"/templates/{everybodys.id}")).status_code == 200


async def test_a_template_that_says_nothing_or_cannot_be_read_is_refused(
    site: Website, served: Town
):
    for words, name in (({}, "пусто"), ({"ru": "{{ a + b }}"}, "сумма"), ({"ru": "да"}, " ")):
        answer = await made(site, served.anna, name, words=words)
        assert answer.status_code == 422
        assert "Шаблон не сохранён" in answer.text


async def test_it_is_filled_in_the_clients_language_and_asks_what_it_does_not_know(
    site: Website, served: Town
):
    ivan = await served.writes("Иван__ов", "Привет")
    words = {
        "ru": "{{ lead.first_name }}, {{ сумма_депозита }} "
        "[тут]({{ link | default('https://a.b/') }})",
        "en": "{{ manager.first_name }} here",
    }
    await made(site, served.anna, "Депозит", words=words)
    template = await kept(served, "Депозит")
    path = f"/leads/{ivan}/templates/{template.id}"
    async with site.signed_in(served.anna) as anna, site.signed_in(served.boris) as boris:
        found = (await anna.post(path)).json()
        assert found["asks"] == [{"path": "сумма_депозита", "said": "Сумма депозита"}]

        answers = {"path": ["сумма_депозита"], "value": ["100 **$**"]}
        found = (await anna.post(path, data=answers)).json()
        assert (found["asks"], found["text"]) == (
            [], r"Иван\_\_ов, 100 \*\*$\*\* [тут](https://a.b/)",
        )  # fmt: skip
        assert (await anna.post(path, data={"language": "en"})).json()["text"] == "Анна here"
        menu = soup(await anna.get(f"/leads/{ivan}/templates"))
        assert "Депозит" in said(one(menu, f"[data-template='{template.id}']"))

        assert (await boris.post(path)).status_code == 404
        assert "Депозит" not in (await boris.get(f"/leads/{ivan}/templates")).text


async def test_its_file_goes_along_and_only_from_ones_own_templates(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    files = [("files", ("../схема.jpg", jpeg()))]
    assert (await made(site, served.anna, "Схема", words={}, files=files)).status_code == 200
    template = await kept(served, "Схема")
    (file,) = template.files
    digest = file["sha256"]
    assert (file["kind"], file["name"]) == ("photo", "схема.jpg")
    form = {"key": str(uuid4()), "seen": 99, "kept": f"{template.id}:{digest}"}
    async with site.signed_in(served.boris) as boris:
        assert (await boris.post(f"/leads/{ivan}/messages", data=form)).status_code == 404
        assert (await boris.get(f"/templates/{template.id}/files/{digest}")).status_code == 404
    async with site.signed_in(served.anna) as anna:
        assert (await anna.post(f"/leads/{ivan}/messages", data=form)).status_code == 204
        shown = await anna.get(f"/templates/{template.id}/files/{digest}")
        assert shown.headers["content-type"] == "image/jpeg"

    (message,) = [each for each in await served.messages(ivan) if each.direction == "out"]
    async with served.database.reading() as session:
        query = select(Media).where(Media.message_id == message.id)
        media = (await session.execute(query)).scalar_one()
    sent = (message.kind, media.name, media.sha256)
    assert sent == ("photo", "схема.jpg", bytes.fromhex(digest))


async def test_picked_by_keys_asked_and_sent(site: Website, visit: Visit, served: Town):
    ivan = await served.writes("Иван", "Привет")
    files = [("files", ("схема.jpg", jpeg()))]
    await made(site, served.anna, "Приветствие", words={"ru": "Добрый день"})
    await made(
        site, served.anna, "Депозит", folder="Деньги", files=files,
        words={"ru": "{{ lead.first_name }}, внесите {{ сумма }}", "en": "Deposit {{ сумма }}"},
    )  # fmt: skip
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    menu = page.get_by_role("listbox", name="Шаблоны")

    await field.press_sequentially("/")
    await expect(menu.get_by_role("option")).to_have_count(2)
    assert await axe(page, within=".composer") == []
    await field.press_sequentially("деньги внес")
    await expect(menu.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(field).to_have_value("/деньги внес")

    await field.fill("")
    await field.press_sequentially("/")
    await expect(menu.get_by_role("option")).to_have_count(2)
    await expect(menu.get_by_role("option", selected=True)).to_contain_text("Приветствие")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await page.get_by_label("Сумма").fill("100 $")
    await page.keyboard.press("Enter")

    await expect(field).to_have_value("Иван, внесите 100 $")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("list", name="Прикреплённые файлы")).to_contain_text("схема.jpg")
    await page.keyboard.press("Enter")

    async def sent() -> bool:
        last = (await served.messages(ivan))[-1]
        return (last.kind, last.text) == ("photo", "Иван, внесите 100 $")

    await eventually(sent)


async def test_templates_are_kept_on_their_page(visit: Visit, served: Town, complaints: Complaints):
    page = await visit(served.maria, "/templates")
    name = f"Вывод {uuid4().hex[:6]}"
    await page.get_by_role("button", name="Новый шаблон").click()
    await page.get_by_label("Название").fill(name)
    await page.get_by_label("Папка").fill("Деньги")
    await page.get_by_label("Текст", exact=True).first.fill("Заявка {{ a + b }}")
    assert await axe(page) == []
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_text("Здесь макрос, который не читается")).to_be_visible()
    await expect(page.get_by_label("Название")).to_have_value(name)
    await page.get_by_label("Текст", exact=True).first.fill("Заявка {{ номер }}")
    await page.get_by_role("button", name="Сохранить").click()
    made = page.locator(".tpl__one", has_text=name)
    await expect(made).to_contain_text("Заявка")

    await made.get_by_role("button", name="Изменить").click()
    await page.get_by_label("Текст", exact=True).first.fill("Заявка принята")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(made).to_contain_text("Заявка принята")
    await made.get_by_role("button", name="Удалить").click()
    await expect(made).to_have_count(0)
    await page.get_by_role("button", name="Вернуть").click()
    await expect(made).to_contain_text("Заявка принята")
    complaints.expect("422")
