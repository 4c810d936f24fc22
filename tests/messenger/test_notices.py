"""What a person is told of: which chats concern them, what the bell says, and until when."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.errors import Refused
from models.message import State
from models.notice import ALWAYS, Kind
from models.queries import notices
from models.queries.inbox import page as listed
from models.user import Role, User
from tests.eventually import eventually
from tests.messenger.test_driving import greeted, taken
from tests.messenger.test_pages import FRAGMENT, one, said, soup
from tests.messenger.town import Town
from tests.web.ear import listening
from tests.web.website import Website


async def news(town: Town, person: User) -> set[int]:
    async with town.database.reading() as session:
        asked = await session.get_one(User, person.id)
        return {lead.id for lead in await notices.news(session, asked)}


async def changed(town: Town, lead_id: int, **values: Any) -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        for name, value in values.items():
            setattr(lead, name, value)


async def given(town: Town, lead_id: int, owner: User | None, *, by: User) -> None:
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(lead_id)).assign(owner, by=by.actor, at=town.now)


async def handed_over(town: Town, lead_id: int, reason: str = "просит вывод") -> None:
    async with town.database.unit_of_work() as work:
        await (await work.locked_lead(lead_id)).hand_over(
            by="process:greeting/answer", now=town.now, because="asked", reason={"ru": reason}
        )


async def opened(town: Town, lead_id: int, *, by: User) -> None:
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(lead_id)).mark_read(by=by)


async def test_what_concerns_me_is_mine_or_nobodys_that_a_person_leads(town: Town):
    mine, nobodys, robots, his, ignored = [
        await town.writes(name, "привет") for name in ("Иван", "Petra", "Ольга", "Lucas", "Priya")
    ]
    await given(town, mine, town.anna, by=town.anna)
    await given(town, his, town.boris, by=town.boris)
    await handed_over(town, nobodys)
    await given(town, ignored, town.anna, by=town.igor)
    await changed(town, ignored, ignored_at=town.now)
    await changed(town, robots, mode="auto")
    assert (await town.lead(robots)).unread == 1

    assert await news(town, town.anna) == {mine, nobodys}
    assert await news(town, town.boris) == {his, nobodys}
    assert await news(town, town.maria) == await news(town, town.igor) == {nobodys}
    assert await news(town, town.dora) == set()  # sees all, and talks with nobody
    await changed(town, nobodys, line=2)
    assert await news(town, town.anna) == {mine}


async def test_the_bell_holds_no_more_than_a_person_may_see(town: Town):
    people = (town.anna, town.boris, town.igor, town.maria, town.dora)
    owners = (None, *people)
    for number in range(36):
        lead = await town.writes(f"Иван{number}", "привет")
        owner = owners[number % 6]
        await changed(
            town, lead, owner_id=owner.id if owner else None, line=1 + number // 6 % 2,
            mode="manual" if number % 4 else "auto", team_id=town.team_id if number % 5 else None,
        )  # fmt: skip
    for person in people:
        async with town.database.reading() as session:
            seen = {chat.lead.id: chat.lead for chat in (await listed(session, person)).chats}
        mine = {id for id, lead in seen.items() if lead.owner_id == person.id}
        nobodys = {id for id, lead in seen.items() if not lead.owner_id and lead.mode == "manual"}
        assert await news(town, person) == mine | (
            nobodys if person.role != Role.DESIGNER else set()
        )


async def test_what_was_opened_answered_or_seen_is_not_new_and_the_next_thing_is(town: Town):
    ivan, petra, olga = [await town.writes(name, "привет") for name in ("Иван", "Petra", "Ольга")]
    for lead in (ivan, petra, olga):
        await given(town, lead, town.anna, by=town.anna)
    await opened(town, ivan, by=town.igor)
    assert await news(town, town.anna) == {ivan, petra, olga}  # whose it is has not looked

    await opened(town, ivan, by=town.anna)
    await town.answers(petra, "здравствуйте", by=town.boris)
    assert await news(town, town.anna) == {olga}

    async with town.database.unit_of_work() as work:
        myself = await work.session.get_one(User, town.anna.id)
        await myself.see_notices(town.now)
        await myself.see_notices(datetime(2020, 1, 1, tzinfo=UTC))  # what was seen stays seen
    assert await news(town, town.anna) == set()
    town.passes(seconds=1)
    await town.writes("Ольга", "вы здесь?")
    assert await news(town, town.anna) == {olga}


async def test_who_is_given_a_chat_is_told_and_nobody_of_their_own_act(town: Town):
    ivan, petra = await town.writes("Иван", "привет"), await town.writes("Petra", "hello")
    for lead in (ivan, petra):
        await changed(town, lead, unread=0)
    town.passes(minutes=5)
    await given(town, ivan, town.anna, by=town.igor)
    await given(town, petra, town.anna, by=town.anna)

    hers = await town.lead(ivan)
    assert (hers.notice, hers.last_action_at) == ("assigned", town.now)
    assert (await town.lead(petra)).notice is None
    assert await news(town, town.anna) == {ivan}
    await given(town, ivan, None, by=town.igor)
    assert (await town.lead(ivan)).notice is None

    failed = await town.answers(petra, "здравствуйте")
    await town.becomes(failed, State.FAILED, because="Bad Request: chat not found")
    await handed_over(town, petra)
    assert (await town.lead(petra)).notice == "failed"  # a trouble is not covered up


async def test_a_client_who_blocks_the_bot_is_an_error_until_they_are_back(town: Town):
    ivan = await town.writes("Иван", "привет")
    await given(town, ivan, town.anna, by=town.anna)
    await opened(town, ivan, by=town.anna)
    town.passes(minutes=1)
    chat = {"id": (await town.lead(ivan)).chat_id, "type": "private"}
    for status, told in (("kicked", {ivan}), ("member", set())):
        await town.sends_update(
            {"my_chat_member": {"chat": chat, "new_chat_member": {"status": status}}}
        )
        assert await news(town, town.anna) == told


async def test_the_bell_says_what_happened_chat_by_chat(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    await given(served, ivan, served.anna, by=served.igor)
    failed = await served.answers(ivan, "Высылаю условия")
    await served.becomes(failed, State.FAILED, because="Bad Request: message is too long")
    served.passes(minutes=1)
    for text in ("где ответ?", "алло"):
        await served.writes("Иван", text)
    petra = await served.writes("Petra <b>", "hello")
    await handed_over(served, petra)
    his = await served.writes("Lucas", "oi")
    await given(served, his, served.boris, by=served.boris)

    async with site.signed_in(served.anna) as browser:
        bell = soup(await browser.get("/notices", headers=FRAGMENT))
        assert [each["data-lead"] for each in bell.select(".told.is-new")] == [
            str(petra),
            str(ivan),
        ]
        assert said(one(bell, f".told[data-lead='{petra}'] .is-manual bdi")) == (
            "Робот зовёт человека: просит вывод"
        )
        lines = bell.select(f".told[data-lead='{ivan}'] .told__line")
        assert [said(one(line, "bdi")) for line in lines] == [
            "алло", "Не отправлено: Высылаю условия", "Вам передали чат: Игорь Лапин",
        ]  # fmt: skip
        assert said(one(lines[0], ".count")) == "2"
        last = (await served.messages(ivan))[-1]
        assert lines[0]["href"] == f"/leads/{ivan}?at={last.position}"

        until = str(one(bell, "[name=until]")["value"])
        bell = soup(await browser.post("/notices/seen", data={"until": until}))
        assert bell.select(".is-new") == bell.select("[name=until]") == []
        assert len(bell.select(".told")) == 2

        await given(served, ivan, served.boris, by=served.igor)
        bell = soup(await browser.get("/notices", headers=FRAGMENT))
        assert [each["data-lead"] for each in bell.select(".told")] == [str(petra)]


async def test_every_chat_of_the_bell_stands_on_exactly_one_page(town: Town):
    leads = []
    for number in range(7):
        leads.append(await town.writes(f"Иван{number}", "привет"))
        await given(town, leads[-1], town.anna, by=town.anna)
        town.passes(seconds=number % 2)
    found, after = [], None
    async with town.database.reading() as session:
        while True:
            page = await notices.page(session, town.anna, after=after, size=3)
            found += [told.chat.lead.id for told in page.told]
            if (after := page.after) is None:
                break
        for broken in ("", "x", "1.", "9" * 30 + ".1"):
            with pytest.raises(Refused):
                await notices.page(session, town.anna, after=broken)
    assert sorted(found) == leads
    assert found[:1] == leads[-1:]


async def test_a_change_brings_its_news_and_another_device_hears_what_was_seen(
    site: Website, served: Town
):
    ivan = await served.writes("Иван\u202e", "привет")
    await given(served, ivan, served.anna, by=served.anna)
    async with (
        site.signed_in(served.anna) as browser,
        listening(site, served.anna) as device,
        listening(site, served.igor) as other,
    ):
        await served.writes("Иван\u202e", "вы здесь?")
        heard = (await eventually(lambda: device.of("row")))[-1]["news"]
        assert (heard["owner"], heard["unread"], heard["text"]) == (served.anna.id, 2, "вы здесь?")
        assert heard["name"] == "ИванRLO"
        standing = (await browser.get("/notices/news")).json()
        assert standing["leads"] == {str(ivan): heard}
        assert (standing["person"], standing["talks"], standing["seen"]) == (
            served.anna.id, True, 0,
        )  # fmt: skip

        await browser.post("/notices/seen", data={"until": heard["at"]})
        await eventually(lambda: device.of("notices"))
        assert (await browser.get("/notices/news")).json()["leads"] == {}
        await opened(served, ivan, by=served.anna)
        await eventually(lambda: device.of("row")[-1]["news"] is None)
        assert other.of("notices") == []


async def test_quiet_is_for_a_while_until_the_morning_or_until_it_is_switched_off(
    site: Website, served: Town
):
    now = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 23:30 in Moscow
    morning = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Moscow"))
    async with site.signed_in(served.anna) as browser, site.at(now):
        for span, until, words in (
            ("30", now.replace(hour=21, minute=0), "Не беспокоить до"),
            ("morning", morning, "Не беспокоить до"),
            ("always", ALWAYS, "Не беспокоить"),
        ):
            panel = soup(await browser.post("/notices/quiet", data={"span": span}))
            assert words in said(one(panel, ".told-panel__quiet b"))
            standing = (await browser.get("/notices/news")).json()
            assert standing["quiet"] == int(until.timestamp() * 1000)
        assert (await browser.post("/notices/quiet", data={"span": "5"})).status_code == 422

        panel = soup(await browser.delete("/notices/quiet"))
        assert panel.select(".told-panel__quiet") == []
        assert (await browser.get("/notices/news")).json()["quiet"] == 0


async def test_how_notices_are_heard_is_chosen_by_kind(site: Website, served: Town):
    chosen = {"sound": ["error"], "browser": ["message", "error"], "tone": "bell", "volume": "30",
              "hours": "true", "quiet_from": "21:00", "quiet_to": "09:00"}  # fmt: skip
    async with site.signed_in(served.anna) as browser:
        before = (await browser.get("/notices/news")).json()["hearing"]
        assert before["without_sound"] == before["without_browser"] == []  # later kinds, too

        assert (await browser.put("/notices/hearing", data=chosen)).status_code == 200
        hearing = (await browser.get("/notices/news")).json()["hearing"]
        assert set(hearing["without_sound"]) == set(Kind) - {"error"}
        assert set(hearing["without_browser"]) == set(Kind) - {"error", "message"}
        assert (hearing["quiet_from"], hearing["quiet_to"]) == ("21:00", "09:00")
        form = soup(await browser.get("/me"))
        assert [each["value"] for each in form.select("[name=sound][checked]")] == ["error"]

        for broken in ({"sound": ["nothing"]}, {"volume": "101"}, {"quiet_from": "25:00"}):
            assert (await browser.put("/notices/hearing", data=chosen | broken)).status_code == 422
        without = {"hours": "", "quiet_from": "21:00", "quiet_to": "09:00"}
        await browser.put("/notices/hearing", data=without)
        hearing = (await browser.get("/notices/news")).json()["hearing"]
        assert (len(hearing["without_sound"]), hearing["quiet_from"]) == (len(Kind), None)
