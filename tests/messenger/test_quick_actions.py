"""Quick actions: one press is one act, all of it or nothing, and what can be is taken back."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from models.message import State
from models.quick_action import QuickAction
from models.stage import Stage, Tag
from models.timeline import Action
from models.user import User
from tests.messenger.test_deeds import tag_id
from tests.messenger.test_driving import greeted, happened, manual, taken
from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website

JSON = {"Accept": "application/json"}


async def made(site: Website, by: User, name: str, **given: Any) -> httpx.Response:
    words = given.pop("words", {})
    form = {"scope": "private", "name": name, "language": list(words), "text": [*words.values()]}
    async with site.signed_in(by) as browser:
        return await browser.post("/quick-actions", data=form | given)


async def kept(town: Town, name: str) -> int:
    async with town.database.reading() as session:
        query = select(QuickAction.id).where(QuickAction.name == name)
        return int((await session.execute(query)).scalars().all()[-1])


async def run(
    browser: httpx.AsyncClient, lead_id: int, number: int, **given: Any
) -> httpx.Response:
    form = {"key": str(uuid4()), "seen": 99, **given}
    path = f"/leads/{lead_id}/quick-actions/{number}"
    return await browser.post(path, data=form, headers=JSON)


async def tags(town: Town, lead_id: int) -> list[str]:
    async with town.database.unit_of_work(silent=True) as work:
        return await (await work.locked_lead(lead_id)).tags()


async def deposit(site: Website, town: Town, **given: Any) -> int:
    """A message, a tag, a stage, the line, the owner."""
    name = f"Депозит {uuid4().hex[:6]}"
    parts = {
        "words": {"ru": "Спасибо, {{ lead.first_name }}!"}, "tag": await tag_id(town, "vip"),
        "stage": "deposit", "line": "2", "owner": "me",
    }  # fmt: skip
    assert (await made(site, town.anna, name, **parts | given)).status_code == 200
    return await kept(town, name)


async def test_one_press_is_one_act_and_one_line_however_often_it_is_pressed(
    site: Website, served: Town
):
    ivan = await greeted(served)  # the robot leads: it is taken over, as by a message
    number, key = await deposit(site, served), str(uuid4())
    async with site.signed_in(served.anna) as anna:
        pressed = [run(anna, ivan, number, key=key) for _ in range(3)]
        for done in await asyncio.gather(*pressed):
            assert done.json()["path"] == f"/quick-actions/runs/{key}/undoing"
        log = one(await page_of(anna, ivan), "[role=log]")

    lead = await served.lead(ivan)
    assert (lead.mode, lead.stage_key, lead.line, lead.owner_id) == (
        "manual", "deposit", 2, served.anna.id,
    )  # fmt: skip
    assert await tags(served, ivan) == ["vip"]
    (mine,) = [each for each in await served.messages(ivan) if each.author == served.anna.actor]
    assert (mine.text, mine.state) == ("Спасибо, Иван!", State.QUEUED)
    assert (await happened(served, ivan)).count(Action.QUICK_ACTION_RUN) == 1

    (act,) = log.select("details.is-act")
    assert "быстрое действие «Депозит" in said(one(act, "summary"))
    parts = [said(each) for each in act.select("li")]
    assert parts[0] == "сообщение клиенту"
    for word in ("vip", "Стадия", "Линия"):
        assert [each for each in parts if word in each]
    assert not [each for each in log.select(".ev:not(.is-act)") if "Стадия" in said(each)]


async def test_it_is_taken_back_whole_while_its_message_waits(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    before = await served.lead(ivan)
    number, key = await deposit(site, served, owner=str(served.boris.id)), str(uuid4())
    async with site.signed_in(served.anna) as anna, site.signed_in(served.boris) as boris:
        await run(anna, ivan, number, key=key)
        assert (await served.lead(ivan)).owner_id == served.boris.id
        path = f"/quick-actions/runs/{key}/undoing"
        assert (await boris.post(path)).status_code == 404
        for _ in range(2):  # the second press finds nothing to do
            assert (await anna.post(path)).status_code == 204

    after = await served.lead(ivan)
    assert (after.stage_key, after.line, after.owner_id) == (
        before.stage_key, before.line, before.owner_id,
    )  # fmt: skip
    assert await tags(served, ivan) == []
    assert (await served.messages(ivan))[-1].state == State.CANCELLED
    assert (await happened(served, ivan)).count(Action.QUICK_ACTION_UNDONE) == 1


async def test_what_has_left_or_was_changed_since_stays_and_is_said(site: Website, served: Town):
    ivan = await greeted(served)
    number, key = await deposit(site, served), str(uuid4())
    async with site.signed_in(served.anna) as anna:
        await run(anna, ivan, number, key=key)
        await served.becomes((await served.messages(ivan))[-1], State.SENT)
        await anna.put(f"/leads/{ivan}/stage?key=registration")
        undone = await anna.post(f"/quick-actions/runs/{key}/undoing")
    told = undone.headers["HX-Trigger"].encode().decode("unicode_escape")
    for words in ("сообщение уже ушло", "диалог ведёте вы", "стадию с тех пор сменили"):
        assert words in told
    lead = await served.lead(ivan)
    assert (lead.stage_key, lead.line, await tags(served, ivan)) == ("registration", 1, [])


async def test_it_asks_what_it_does_not_know_and_shows_the_words_before_they_leave(
    site: Website, served: Town
):
    ivan = await greeted(served)
    await made(
        site, served.anna, "Сумма", stage="deposit",
        words={"ru": "{{ lead.first_name }}, внесите **{{ сумма }}**", "en": "Deposit"},
    )  # fmt: skip
    number = await kept(served, "Сумма")
    answered = {"path": ["сумма"], "value": ["100 **$**"]}
    async with site.signed_in(served.anna) as anna:
        asked = (await run(anna, ivan, number)).json()
        shown = (await run(anna, ivan, number, just_shown="1", **answered)).json()
        assert asked["asks"] == [{"path": "сумма", "said": "Сумма"}]
        assert (asked["shown"], shown["shown"]) == ("Иван, внесите …", "Иван, внесите 100 **$**")
        assert Action.STAGE_CHANGED not in await happened(served, ivan)
        assert (await served.lead(ivan)).mode == "auto"

        assert "path" in (await run(anna, ivan, number, **answered)).json()
    assert (await served.messages(ivan))[-1].text == "Иван, внесите 100 **$**"
    assert (await served.lead(ivan)).stage_key == "deposit"


async def test_a_colleague_who_answered_meanwhile_stops_it_like_any_answer(
    site: Website, served: Town
):
    ivan = await greeted(served)
    await served.answers(ivan, "Минуту", by=served.anna)
    seen = (await served.lead(ivan)).seq
    await served.answers(ivan, "Я отвечу", by=served.boris)
    number = await deposit(site, served)
    await made(site, served.anna, "Тихо", stage="registration")
    silent = await kept(served, "Тихо")
    async with site.signed_in(served.anna) as anna:
        stopped = await run(anna, ivan, number, seen=seen)
        assert (stopped.status_code, "Борис Орлов" in stopped.text) == (409, True)
        assert (await served.lead(ivan)).stage_key != "deposit"
        assert (await run(anna, ivan, silent, seen=seen)).status_code == 200  # it says nothing
        assert (await run(anna, ivan, number, seen=seen, anyway="1")).status_code == 200
    assert (await served.lead(ivan)).stage_key == "deposit"


async def test_it_may_hand_the_chat_back_after_its_message_or_mark_it_read(
    site: Website, served: Town
):
    ivan, petra = await greeted(served), await served.writes("Petra", "Hello")
    await taken(served, ivan)
    await made(site, served.anna, "И в авто", words={"ru": "Ждём"}, ends="give_back")
    await made(site, served.anna, "Прочитано", ends="read")
    back, read = await kept(served, "И в авто"), await kept(served, "Прочитано")
    keys = [str(uuid4()), str(uuid4())]
    async with site.signed_in(served.anna) as anna:
        await run(anna, ivan, back, key=keys[0])
        await run(anna, petra, read, key=keys[1])
        assert (await manual(served, ivan), (await served.lead(petra)).unread) == (False, 0)
        for key in keys:
            await anna.post(f"/quick-actions/runs/{key}/undoing")
        assert (await manual(served, ivan), (await served.lead(petra)).unread) == (True, 1)

        # nothing to hand back to: nothing is sent either
        move = (await served.lead(ivan)).move
        await anna.delete(f"/leads/{ivan}/process?seen={move}")
        before = len(await served.messages(ivan))
        refused = await run(anna, ivan, back)
        assert (refused.status_code, "нет процесса" in refused.json()["detail"]) == (422, True)
        assert len(await served.messages(ivan)) == before


async def test_what_it_names_and_is_gone_is_said_and_nothing_is_half_done(
    site: Website, served: Town
):
    ivan = await greeted(served)
    gone = await site.person("Ушедший")
    word = uuid4().hex[:6]
    async with served.database.unit_of_work(silent=True) as work:
        work.add(Stage(key=word, position=90, name_ru=word, name_en=word))
        work.add(tag := Tag(name=word))
        await work.flush()
    given: dict[str, dict[str, Any]] = {
        "тега": {"tag": tag.id}, "стадии": {"stage": word}, "менеджер": {"owner": str(gone.id)},
    }  # fmt: skip
    for name, parts in given.items():
        answer = await made(site, served.anna, f"{name} {word}", words={"ru": "Спасибо"}, **parts)
        assert answer.status_code == 200, answer.text
    async with served.database.unit_of_work(silent=True) as work:
        await work.session.delete(await work.session.get_one(Tag, tag.id))
        await work.session.delete(await work.session.get_one(Stage, word))
        await (await work.session.get_one(User, gone.id)).disable(now=served.now)
    async with site.signed_in(served.anna) as anna:
        for name in given:
            refused = await run(anna, ivan, await kept(served, f"{name} {word}"))
            assert (refused.status_code, name in refused.json()["detail"]) == (422, True)
        page = soup(await anna.get("/quick-actions"))
        assert len(page.select(".tpl__one .badge.is-warn")) == len(given)
    assert Action.MANAGER_WROTE not in await happened(served, ivan)
    assert (await made(site, served.anna, "Снова", tag=tag.id)).status_code == 422
