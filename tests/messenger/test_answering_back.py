"""Answer and give back: one act, in this order, and taken back as one."""

from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import expect

from models.message import State
from models.timeline import Action
from tests.eventually import eventually
from tests.messenger.conftest import Visit
from tests.messenger.test_browser import bubbles
from tests.messenger.test_driving import greeted, happened, manual, taken
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def answers(browser: httpx.AsyncClient, lead_id: int, **given: Any) -> httpx.Response:
    form = {"key": str(uuid4()), "seen": 99, "text": "Да, конечно", "back": "same", **given}
    return await browser.post(f"/leads/{lead_id}/messages", data=form)


async def test_the_answer_and_the_giving_back_are_one_act_said_twice_done_once(
    site: Website, served: Town
):
    ivan = await greeted(served)
    await taken(served, ivan)
    await served.writes("Иван", "а можно завтра?")
    key = str(uuid4())
    async with site.signed_in(served.anna) as anna:
        for _ in range(2):
            assert (await answers(anna, ivan, key=key)).status_code == 204
        log = said(one(soup(await anna.get(f"/leads/{ivan}")), "[role=log]"))
    assert "вернула в авто, шаг Ждём ответ" in log

    lead, kinds = await served.lead(ivan), await happened(served, ivan)
    assert (lead.mode, lead.step, kinds[-1]) == ("auto", "answer", Action.GIVEN_BACK)
    assert [kinds.count(one) for one in (Action.MANAGER_WROTE, Action.GIVEN_BACK)] == [1, 1]
    assert (await served.messages(ivan))[-1].text == "Да, конечно"
    # what the answer answered is not read by the step: it waits for the next word
    await served.moves(ivan)
    assert (await served.lead(ivan)).step == "answer"


async def test_the_process_speaks_after_the_answer_and_never_before(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    move = (await served.lead(ivan)).move
    async with site.signed_in(served.anna) as anna:
        nudged = await answers(anna, ivan, back="step", step="nudge", move=move)
        assert nudged.status_code == 204
    first = await served.moves(ivan)
    mine, robots = (await served.messages(ivan))[-2:]
    assert (mine.text, robots.text) == ("Да, конечно", "Вы ещё здесь?")
    assert first.deliver == mine.id
    await served.becomes(mine, State.SENT)
    assert (await served.moves(ivan)).deliver == robots.id


async def test_an_answer_that_cannot_give_back_is_not_sent_either(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    before = await served.lead(ivan)
    async with site.signed_in(served.anna) as anna:
        nowhere = await answers(anna, ivan, back="step", step="nowhere", move=before.move)
        outrun = await answers(anna, ivan, back="next", move=before.move - 1)
        await anna.delete(f"/leads/{ivan}/process?seen={before.move}")
        homeless = await answers(anna, ivan)

    assert [one.status_code for one in (nowhere, outrun, homeless)] == [422, 409, 422]
    assert Action.MANAGER_WROTE not in await happened(served, ivan)


async def test_taken_back_while_it_waits_a_person_leads_again(site: Website, served: Town):
    ivan, petra = await greeted(served), await greeted(served, "Petra")
    async with site.signed_in(served.anna) as anna:  # it takes over, too, where the robot leads
        for lead_id in (ivan, petra):
            assert (await answers(anna, lead_id)).status_code == 204
            assert not await manual(served, lead_id)
        mine, left = [(await served.messages(one))[-1] for one in (ivan, petra)]
        await served.becomes(left, State.SENT)
        answer = [
            (await anna.delete(f"/leads/{one.lead_id}/messages/{one.id}")).status_code
            for one in (mine, left)
        ]
    assert answer == [204, 422]
    assert (await manual(served, ivan), await manual(served, petra)) == (True, False)
    assert (await served.messages(ivan))[-1].state == State.CANCELLED


async def test_a_choice_is_asked_for_where_the_process_would_speak_at_once(
    site: Website, served: Town
):
    waits, speaks = await greeted(served), await served.writes("Petra", "/start")
    await taken(served, speaks)  # before the greeting
    async with site.signed_in(served.anna) as anna:
        straight = soup(await anna.get(f"/leads/{waits}/takeover/answer"))
        asked = soup(await anna.get(f"/leads/{speaks}/takeover/answer"))
    assert straight.select("[data-straight]")
    assert "Здравствуйте, Petra" in said(one(asked, "form .preview"))


async def test_answered_and_given_back_by_keys(visit: Visit, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    page = await visit(served.anna, f"/leads/{ivan}")
    field = page.get_by_label("Сообщение", exact=True)
    await field.fill("Да, ждём")
    await page.keyboard.press("Alt+Enter")
    await expect(bubbles(page).last).to_contain_text("Да, ждём")
    await expect(page.get_by_role("button", name="Взять и отправить")).to_be_visible()
    await expect(field).to_be_focused()

    petra = await served.writes("Petra", "/start")
    await taken(served, petra)
    page = await visit(served.anna, f"/leads/{petra}")
    await page.get_by_label("Сообщение", exact=True).fill("Минуту")
    await page.get_by_role("button", name="Отправить позже").click()
    await page.get_by_role("button", name="Ответить и вернуть в авто").click()
    panel = page.get_by_role("dialog", name="Ответить и вернуть в авто")
    await panel.get_by_label("Выбрать шаг").check()
    await panel.get_by_label("Шаг", exact=True).select_option("nudge")
    await expect(panel).to_contain_text("Вы ещё здесь?")
    await panel.get_by_role("button", name="Ответить и вернуть в авто").click()

    async def spoken() -> bool:
        lead = await served.lead(petra)
        return (lead.mode, lead.step) == ("auto", "nudge")

    await eventually(spoken)
