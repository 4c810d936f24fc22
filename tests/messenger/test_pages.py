"""The messenger's pages and fragments: what is on them, and for whom."""

from typing import Any
from uuid import uuid4

import httpx
from bs4 import BeautifulSoup, Tag

from models.message import State
from models.user import Role, User
from tests.messenger.town import Town
from tests.web.website import Website

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def soup(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text.replace("hx-partial", "div"), "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector!r}"
    return found[0]


def said(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


async def test_the_four_zones_of_an_open_chat(site: Website, served: Town):
    ivan = await served.writes("Иван Петров", "Привет")
    await served.moves(ivan)
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get(f"/leads/{ivan}"))

    assert "Иван Петров" in said(one(page, f"#lead-{ivan}"))
    assert one(page, f"#lead-{ivan} .row")["aria-current"] == "true"
    assert "Привет" in said(one(page, "[role=log]"))
    assert "Ждём ответ" in said(one(page, f"#proc-{ivan}")) or "Приветствие" in said(
        one(page, f"#proc-{ivan}")
    )
    assert said(one(page, "button[type=submit][id^=send]")) == "Взять и отправить"


async def test_a_row_tells_a_photo_from_the_word_photo(site: Website, served: Town):
    named = await served.writes("Иван", "photo")
    shown = await served.writes("Petra", photo=[{"file_id": "a", "width": 90, "height": 60}])
    asked = await served.writes("Ольга", photo=[{"file_id": "b", "width": 90, "height": 60}],
                                caption="voice")  # fmt: skip
    await served.answers(asked, "sticker", by=served.boris)
    for locale, photo in (("ru", "Фото"), ("en", "Photo")):
        maria = await site.person("Мария", role=Role.ADMIN, locale=locale)
        async with site.signed_in(maria) as browser:
            page = soup(await browser.get("/leads"))
        last = [said(one(page, f"#lead-{lead} .row__txt bdi")) for lead in (named, shown, asked)]
        assert last == ["photo", photo, "sticker"]


async def test_a_row_opens_a_chat_without_its_list(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get(f"/leads/{ivan}", headers=FRAGMENT))

    assert one(page, "main")["data-open-lead"] == str(ivan)
    assert page.select("#list") == []


async def test_a_lead_of_another_is_not_there(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.boris, by="user:1")
    key = str(uuid4())
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/leads/{ivan}", {}),
        ("GET", f"/leads/{ivan}/state", {}),
        ("GET", f"/leads/{ivan}/messages", {}),
        ("GET", f"/leads/{ivan}/contact", {}),
        ("GET", f"/leads/{ivan}/contact/edit", {}),
        ("GET", f"/leads/{ivan}/process", {}),
        ("GET", f"/leads/{ivan}/takeover/end", {}),
        ("GET", f"/leads/{ivan}/takeover/preview", {}),
        ("POST", f"/leads/{ivan}/messages", {"data": {"key": key, "seen": "0", "text": "x"}}),
        ("POST", f"/leads/{ivan}/reading", {}),
        ("POST", f"/leads/{ivan}/takeover?seen=0", {}),
        ("DELETE", f"/leads/{ivan}/takeover?seen=0", {}),
        ("POST", f"/leads/{ivan}/pause?seen=0&span=15", {}),
        ("DELETE", f"/leads/{ivan}/wait?seen=0", {}),
        ("POST", f"/leads/{ivan}/process?seen=0&key=greeting", {}),
        ("DELETE", f"/leads/{ivan}/process?seen=0", {}),
        ("PUT", f"/leads/{ivan}/stage?key=talking", {}),
        ("PUT", f"/leads/{ivan}/line?line=2", {}),
        ("PUT", f"/leads/{ivan}/owner", {"data": {"owner": str(served.anna.id)}}),
        ("POST", f"/leads/{ivan}/tags", {"data": {"name": "vip"}}),
        ("DELETE", f"/leads/{ivan}/tags?name=vip", {}),
        ("POST", f"/leads/{ivan}/notes", {"data": {"text": "x"}}),
        ("PUT", f"/leads/{ivan}/contact", {"data": {"buyer": "x"}}),
    ]
    before = (await served.lead(ivan)).seq
    async with site.signed_in(served.boris) as browser:
        assert (await browser.get(f"/leads/{ivan}")).status_code == 200
    async with site.signed_in(served.anna) as browser:
        for method, path, how in asked:
            answer = await browser.request(method, path, **how)
            assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
    assert (await served.lead(ivan)).seq == before


async def test_a_designer_reads_and_does_not_talk(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.dora) as browser:
        page = soup(await browser.get(f"/leads/{ivan}"))
        written = await write(browser, ivan, "Здравствуйте")
        taken = await browser.post(f"/leads/{ivan}/takeover?seen=0")

    assert "Привет" in said(one(page, "[role=log]"))
    assert page.select("message-composer") == []
    assert (written.status_code, taken.status_code) == (403, 403)


async def write(browser: httpx.AsyncClient, lead_id: int, text: str, **given: Any):
    data = {"key": str(uuid4()), "seen": str(2**40), "text": text} | given
    files = data.pop("files", None)
    return await browser.post(f"/leads/{lead_id}/messages", data=data, files=files)


async def test_what_anna_writes_is_one_message_however_often_it_is_posted(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    key = str(uuid4())
    async with site.signed_in(served.anna) as browser:
        answers = [await write(browser, ivan, "Здравствуйте, **Иван**", key=key) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    sent = [one for one in await served.messages(ivan) if one.direction == "out"]
    mine = [one for one in sent if one.author == served.anna.actor]
    assert [(one.text, one.client_key) for one in mine] == [("Здравствуйте, Иван", key)]
    assert mine[0].entities == [{"type": "bold", "offset": 14, "length": 4}]


async def test_writing_takes_the_lead_over(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    assert (await served.lead(ivan)).mode == "auto"
    async with site.signed_in(served.anna) as browser:
        await write(browser, ivan, "Здравствуйте")

    lead = await served.lead(ivan)
    assert (lead.mode, lead.owner_id) == ("manual", served.anna.id)


async def test_a_colleagues_answer_stops_the_send_and_keeps_the_text(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    seen = (await served.lead(ivan)).seq
    await served.answers(ivan, "Уже отвечаю", by=served.boris)
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(None, by="user:1")
    async with site.signed_in(served.anna) as browser:
        browser.headers["Accept"] = "application/json"
        stopped = await write(browser, ivan, "Здравствуйте", seen=str(seen))
        anyway = await write(browser, ivan, "Здравствуйте", seen=str(seen), anyway="1")

    assert stopped.status_code == 409
    assert "Борис Орлов" in stopped.json()["detail"]
    assert anyway.status_code == 204


async def test_her_own_answer_stops_nobody(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    seen = (await served.lead(ivan)).seq
    await served.answers(ivan, "Минуту", by=served.anna)
    async with site.signed_in(served.anna) as browser:
        assert (await write(browser, ivan, "Вот", seen=str(seen))).status_code == 204


async def test_a_reply_names_a_message_of_this_very_chat(site: Website, served: Town):
    ivan = await served.writes("Иван", "Сколько стоит?")
    petra = await served.writes("Petra", "Hello")
    (question,), (foreign,) = await served.messages(ivan), await served.messages(petra)
    async with site.signed_in(served.anna) as browser:
        replied = await write(browser, ivan, "Сто", reply_to=str(question.id))
        crossed = await write(browser, ivan, "Сто", reply_to=str(foreign.id))
        page = await page_of(browser, ivan)

    assert (replied.status_code, crossed.status_code) == (204, 404)
    assert (await served.messages(ivan))[-1].reply_to_id == question.id
    assert "Сколько стоит?" in said(one(page, ".msg.is-out .quote"))


async def test_an_empty_message_and_a_blocked_client_are_refused(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        assert (await write(browser, ivan, "   ")).status_code == 422
        async with served.database.unit_of_work() as work:
            (await work.locked_lead(ivan)).blocked_at = served.now
        page = soup(await browser.get(f"/leads/{ivan}"))
        assert (await write(browser, ivan, "Привет")).status_code == 422

    assert page.select("message-composer") == []
    assert "заблокировал" in said(one(page, f"#composer-{ivan}"))


async def test_the_three_answers_to_an_unknown_send(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        for answer, after in (
            ("sent", State.SENT),
            ("queued", State.QUEUED),
            ("failed", State.FAILED),
        ):
            message = await served.answers(ivan, "Ответ")
            await served.becomes(message, State.UNKNOWN)
            page = soup(await browser.get(f"/leads/{ivan}"))
            path = f"/leads/{ivan}/messages/{message.id}/settlement?answer={answer}"
            one(page, f'[hx-post="{path}"]')

            assert (await browser.post(path)).status_code == 204

            settled = next(one for one in await served.messages(ivan) if one.id == message.id)
            assert settled.state == after
        nonsense = f"/leads/{ivan}/messages/{message.id}/settlement?answer=received"
        assert (await browser.post(nonsense)).status_code == 422


async def test_a_message_that_has_not_left_can_be_taken_back(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    message = await served.answers(ivan, "Ой")
    async with site.signed_in(served.anna) as browser:
        assert (await browser.delete(f"/leads/{ivan}/messages/{message.id}")).status_code == 204
        gone = await served.answers(ivan, "Поздно")
        await served.becomes(gone, State.SENT)
        late = await browser.delete(f"/leads/{ivan}/messages/{gone.id}")

    assert late.status_code == 422
    states = {one.id: one.state for one in await served.messages(ivan)}
    assert (states[message.id], states[gone.id]) == (State.CANCELLED, State.SENT)


async def test_what_changed_is_put_in_by_key_with_a_new_cursor(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    since = (await served.lead(ivan)).seq
    await served.writes("Иван", "Вы здесь?")
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get(f"/leads/{ivan}/messages?since={since}", headers=FRAGMENT))

    assert said(one(page, ".said-text")) == "Вы здесь?"
    assert one(page, f"#cursor-{ivan}")["data-seq"] == str((await served.lead(ivan)).seq)


async def test_opening_is_reading_only_for_who_is_responsible(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).assign(served.anna, by="user:1")
    assert (await served.lead(ivan)).unread == 1
    for person, left in ((served.igor, 1), (served.anna, 0)):
        async with site.signed_in(person) as browser:
            await browser.get(f"/leads/{ivan}")
            assert (await browser.post(f"/leads/{ivan}/reading")).status_code == 204
        assert (await served.lead(ivan)).unread == left


async def test_each_view_of_the_list_has_an_address(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        for address, there in (("?tab=unread", 1), ("?tab=mine", 0), ("?q=иван", 1), ("?q=зоя", 0)):
            page = soup(await browser.get(f"/leads{address}"))
            assert len(page.select(f'[data-lead="{ivan}"] .row__name')) == there, address
        view = await browser.get(
            "/leads/rows?tab=unread",
            headers=FRAGMENT | {"HX-Current-URL": f"{site.address}/leads/{ivan}"},
        )
        typed = await browser.get("/leads/rows?typed=1&q=иван", headers=FRAGMENT)
    assert view.headers["HX-Push-Url"] == f"/leads/{ivan}?tab=unread"
    assert "HX-Push-Url" not in typed.headers
    assert typed.headers["HX-Replace-Url"].startswith("/leads?q=")


async def test_the_next_page_of_the_list_follows_the_first(site: Website, served: Town):
    for number in range(53):
        await served.writes(f"Client{number}", "hi")
    async with site.signed_in(served.anna) as browser:
        first = soup(await browser.get("/leads"))
        path = str(one(first, "#more")["hx-get"])
        second = soup(await browser.get(path, headers=FRAGMENT))

    ids = [row["id"] for page in (first, second) for row in page.select("li[data-lead]")]
    assert len(first.select("li[data-lead]")) == 50
    assert len(ids) == len(set(ids)) == 53
    assert "hx-get" not in one(second, "#more").attrs


async def test_a_name_that_is_markup_is_only_a_name(site: Website, served: Town):
    ivan = await served.writes("<b>Иван</b>", "<script>alert(1)</script>")
    async with site.signed_in(served.anna) as browser:
        answer = await browser.get(f"/leads/{ivan}")

    assert "<script>alert" not in answer.text
    assert "<b>Иван" not in answer.text
    assert said(one(soup(answer), ".chat__name")) == "<b>Иван</b>"


async def page_of(browser: httpx.AsyncClient, lead_id: int) -> BeautifulSoup:
    return soup(await browser.get(f"/leads/{lead_id}"))


async def test_both_languages_word_the_same_page(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.session.get_one(User, served.boris.id)).prefer(locale="en")
    for person, button in (
        (served.anna, "Взять и отправить"),
        (served.boris, "Take over and send"),
    ):
        async with site.signed_in(person) as browser:
            page = await page_of(browser, ivan)
            assert said(one(page, "button[id^=send]")) == button
