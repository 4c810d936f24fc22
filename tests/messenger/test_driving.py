"""Taking over and giving back, from the page."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from models.message import State
from models.timeline import Action, Event
from tests.eventually import eventually
from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def greeted(town: Town, name: str = "Иван") -> int:
    """A lead whom the robot has greeted; it waits for the answer."""
    lead_id = await town.writes(name, "/start")
    await town.moves(lead_id)
    for message in await town.messages(lead_id):
        if message.direction == "out":
            await town.becomes(message, State.SENDING)
            await town.becomes(message, State.SENT)
    await town.moves(lead_id)
    assert (await town.lead(lead_id)).step == "answer"
    return lead_id


async def taken(town: Town, lead_id: int) -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        await lead.take_over(by=town.anna.actor, now=town.now)


async def happened(town: Town, lead_id: int) -> list[str]:
    async with town.database.reading() as session:
        query = select(Event.kind).where(Event.lead_id == lead_id).order_by(Event.seq)
        return list((await session.execute(query)).scalars())


async def test_taking_over_answers_with_the_new_state(site: Website, served: Town):
    ivan = await greeted(served)
    async with site.signed_in(served.anna) as browser:
        page = await page_of(browser, ivan)
        path = str(one(page, f"#take-{ivan}")["hx-post"])
        state = soup(await browser.post(path))

    assert (await served.lead(ivan)).mode == "manual"
    assert (await happened(served, ivan))[-1] == Action.TAKEN_OVER
    assert "Мануал" in said(one(state, f"#proc-{ivan} .kv"))
    assert said(one(state, f"#send-{ivan}")) == "Отправить"


async def test_what_the_robot_has_queued_is_cancelled_and_what_left_is_named(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "/start")
    await served.moves(ivan)
    (greeting,) = [one for one in await served.messages(ivan) if one.direction == "out"]
    await served.becomes(greeting, State.SENDING)

    async def telegram_accepts() -> None:
        await eventually(lambda: manual(served, ivan))
        await served.becomes(greeting, State.SENT)

    async with site.signed_in(served.anna) as browser:
        move = (await served.lead(ivan)).move
        answer, _ = await asyncio.gather(
            browser.post(f"/leads/{ivan}/takeover?seen={move}"), telegram_accepts()
        )

    told = said(one(soup(answer), f"#proc-{ivan} [role=status]"))
    assert told == "Успело уйти: «Здравствуйте, Иван»"


async def manual(town: Town, lead_id: int) -> bool:
    return (await town.lead(lead_id)).mode == "manual"


async def test_a_lead_that_has_moved_on_is_not_commanded(site: Website, served: Town):
    ivan = await greeted(served)
    old = (await served.lead(ivan)).move
    await taken(served, ivan)
    now_at = await served.lead(ivan)
    async with site.signed_in(served.anna) as browser:
        for method, path in (
            ("POST", f"takeover?seen={old}"),
            ("DELETE", f"takeover?seen={old}&at=next"),
            ("POST", f"pause?seen={old}&span=15"),
            ("DELETE", f"wait?seen={old}"),
            ("POST", f"process?seen={old}&key=greeting"),
            ("DELETE", f"process?seen={old}"),
        ):
            answer = await browser.request(method, f"/leads/{ivan}/{path}")
            assert answer.status_code == 409, path
            state = soup(answer)
            assert "Мануал" in said(one(state, f"#proc-{ivan} .kv")), path
            assert one(state, f"#proc-{ivan} [role=alert] .note"), path

    assert (await served.lead(ivan)).seq == now_at.seq


async def test_the_chooser_lists_what_was_written_and_ticks_what_nobody_answered(
    site: Website, served: Town
):
    ivan = await greeted(served)
    await taken(served, ivan)
    await served.writes("Иван", "первый вопрос")
    await served.answers(ivan, "ответ")
    await served.writes("Иван", "второй вопрос")
    async with site.signed_in(served.anna) as browser:
        chooser = soup(await browser.get(f"/leads/{ivan}/takeover/end"))

    ticks = {said(box): one(box, "input") for box in chooser.select(".heard label")}
    assert list(ticks) == ["первый вопрос", "второй вопрос"]
    assert "checked" not in ticks["первый вопрос"].attrs
    assert "checked" in ticks["второй вопрос"].attrs
    assert "Спасибо за ответ" in said(one(chooser, ".preview"))


async def test_the_preview_says_what_leaves_before_it_leaves(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    await served.writes("Иван", "да")
    heard = (await served.lead(ivan)).seq
    before = await served.messages(ivan)
    async with site.signed_in(served.anna) as browser:

        async def preview(**chosen: str | int) -> str:
            answer = await browser.get(f"/leads/{ivan}/takeover/preview", params=chosen)
            return said(soup(answer))

        assert "Спасибо за ответ" in await preview(at="same", read=heard)
        silent = await preview(at="same")
        assert "Спасибо" not in silent
        assert "Ждём ответ" in silent
        assert "Здравствуйте, Иван" in await preview(at="start")
        assert "Вы ещё здесь?" in await preview(at="step", step="nudge")
        assert "Здравствуйте, Иван" in await preview(at="process", process="greeting")

    assert await served.messages(ivan) == before
    assert (await served.lead(ivan)).mode == "manual"


async def test_giving_back_does_what_the_preview_said(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    await served.writes("Иван", "да")
    lead = await served.lead(ivan)
    async with site.signed_in(served.anna) as browser:
        answer = await browser.delete(
            f"/leads/{ivan}/takeover",
            params={"seen": lead.move, "at": "same", "read": lead.seq},
        )
    assert answer.status_code == 200
    served.passes(minutes=1)
    await served.moves(ivan)

    assert (await served.lead(ivan)).mode == "auto"
    assert (await served.messages(ivan))[-1].text == "Спасибо за ответ"


async def test_giving_back_at_a_step_that_is_not_there_changes_nothing(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    lead = await served.lead(ivan)
    async with site.signed_in(served.anna) as browser:
        answer = await browser.delete(
            f"/leads/{ivan}/takeover", params={"seen": lead.move, "at": "step", "step": "nowhere"}
        )

    assert answer.status_code == 422
    assert (await served.lead(ivan)).seq == lead.seq


async def test_another_process_can_be_what_goes_on(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    lead = await served.lead(ivan)
    async with site.signed_in(served.anna) as browser:
        await browser.delete(
            f"/leads/{ivan}/takeover",
            params={"seen": lead.move, "at": "process", "process": "greeting"},
        )

    after = await served.lead(ivan)
    assert (after.mode, after.run) == ("auto", lead.run + 1)


async def test_a_pause_has_an_end_and_can_be_made_longer(site: Website, served: Town):
    ivan = await greeted(served)
    async with site.signed_in(served.anna) as browser:
        move = (await served.lead(ivan)).move
        await browser.post(f"/leads/{ivan}/pause?seen={move}&span=15")
        first = await served.lead(ivan)
        await browser.post(f"/leads/{ivan}/pause?seen={first.move}&span=longer")
        longer = await served.lead(ivan)

    assert first.mode == "manual"
    assert first.manual_until is not None
    left = first.manual_until - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert longer.manual_until == first.manual_until + timedelta(minutes=60)


async def test_a_pause_until_tomorrow_ends_in_the_persons_morning(site: Website, served: Town):
    ivan = await greeted(served)
    async with site.signed_in(served.anna) as browser:
        move = (await served.lead(ivan)).move
        await browser.post(f"/leads/{ivan}/pause?seen={move}&span=morning")

    until = (await served.lead(ivan)).manual_until
    assert until is not None
    assert (until + timedelta(hours=3)).hour == 9  # Moscow
    assert timedelta(0) < until - datetime.now(UTC) < timedelta(hours=33)


async def test_a_wait_is_skipped_once(site: Website, served: Town):
    ivan = await greeted(served)
    move = (await served.lead(ivan)).move
    async with site.signed_in(served.anna) as browser:
        skips = [await browser.delete(f"/leads/{ivan}/wait?seen={move}") for _ in range(2)]

    assert [answer.status_code for answer in skips] == [200, 409]
    assert (await happened(served, ivan)).count(Action.WAIT_SKIPPED) == 1


async def test_a_stopped_process_leaves_the_chat_to_people(site: Website, served: Town):
    ivan = await greeted(served)
    move = (await served.lead(ivan)).move
    async with site.signed_in(served.anna) as browser:
        state = soup(await browser.delete(f"/leads/{ivan}/process?seen={move}"))

    lead = await served.lead(ivan)
    assert (lead.mode, lead.process_key) == ("manual", None)
    assert "Нет процесса" in said(one(state, f"#proc-{ivan}"))


async def test_only_ops_and_admins_are_led_to_temporals_console(site: Website, served: Town):
    ivan = await greeted(served)
    for person, links in ((served.maria, 1), (served.anna, 0)):
        async with site.signed_in(person) as browser:
            page = await page_of(browser, ivan)
            found = page.select(f'#proc-{ivan} a[href$="workflows/lead-{ivan}"]')
            assert len(found) == links


async def test_whatever_the_robot_does_meanwhile_a_take_over_takes_over(
    site: Website, served: Town
):
    ivan = await greeted(served)
    seen = (await served.lead(ivan)).move
    await served.writes("Иван", "да")
    served.passes(minutes=1)
    await served.moves(ivan)
    assert (await served.lead(ivan)).move > seen
    async with site.signed_in(served.anna) as browser:
        skipped = await browser.delete(f"/leads/{ivan}/wait?seen={seen}")
        assert (skipped.status_code, await manual(served, ivan)) == (409, False)
        took = await browser.post(f"/leads/{ivan}/takeover?seen={seen}")
    assert (took.status_code, await manual(served, ivan)) == (200, True)
