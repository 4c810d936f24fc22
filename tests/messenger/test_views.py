"""What the list is filtered by, how it is sorted, and the address of each view."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.errors import Missing, Refused
from models.lead.lead import Lead
from models.message import Message
from models.pin import Pin
from models.queries.choices import choices
from models.queries.inbox import belonging, next_to_answer, page
from models.queries.view import Archive, Sort, Tab, View
from models.saved_filter import MOST_KEPT, SavedFilter
from models.stage import Tag
from models.user import User
from tests.messenger.town import PROCESS, Town


async def listed(town: Town, *, by: User | None = None, **wanted: Any) -> list[int]:
    async with town.database.reading() as session:
        found = await page(session, by or town.anna, View(**wanted))
    return [chat.lead.id for chat in found.chats]


async def changed(town: Town, lead_id: int, **values: Any) -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        for name, value in values.items():
            setattr(lead, name, value)


async def tagged(town: Town, lead_id: int, *names: str) -> None:
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        for name in names:
            await lead.tag(name, by=town.anna.actor)


async def tag_ids(town: Town) -> dict[str, int]:
    async with town.database.reading() as session:
        return {tag.name: tag.id for tag in (await session.execute(select(Tag))).scalars()}


async def three(town: Town) -> tuple[int, int, int]:
    """Ivan wrote last."""
    leads = []
    for name in ("Ольга", "Petra", "Иван"):
        leads.append(await town.writes(name, "привет"))
        town.passes(minutes=1)
    olga, petra, ivan = leads
    return ivan, petra, olga


async def test_tags_are_asked_for_as_any_all_or_none(town: Town):
    ivan, petra, olga = await three(town)
    await tagged(town, ivan, "vip", "вывод")
    await tagged(town, petra, "vip")
    ids = await tag_ids(town)
    vip, payout = ids["vip"], ids["вывод"]

    assert await listed(town, tag=[vip]) == [ivan, petra]
    assert await listed(town, tag=[payout, ids["молчит"]]) == [ivan]
    assert await listed(town, tag_all=[vip, payout]) == [ivan]
    assert await listed(town, tag_none=[payout]) == [petra, olga]
    assert await listed(town, tag=[vip], tag_none=[payout]) == [petra]

    town.passes(minutes=1)
    await town.writes("Petra", "here")
    assert await listed(town, tag=[vip]) == [petra, ivan]
    assert await listed(town, tag=[vip], sort=Sort.WAITING) == [petra, ivan]
    view = View(tag=[vip])
    async with town.database.reading() as session:
        first = await page(session, town.maria, view, size=1)
        second = await page(session, town.maria, view, size=1, after=first.after)
    assert [first.chats[0].lead.id, second.chats[0].lead.id] == [petra, ivan]
    assert second.after is None


@pytest.mark.parametrize(
    ("name", "value", "wanted", "unwanted"),
    [
        ("stage_key", "deposit", {"stage": ["deposit", "lost"]}, {"stage": ["lost"]}),
        ("line", 2, {"line": 2}, {"line": 1}),
        ("country", "BR", {"country": ["BR"]}, {"country": ["IN"]}),
        ("buyer", "Максим", {"buyer": ["Rafael", "Максим"]}, {"buyer": ["Rafael"]}),
        ("source", "google", {"source": ["google"]}, {"source": ["tiktok"]}),
        ("campaign", "BR_1", {"campaign": ["BR_1"]}, {"campaign": ["BR_2"]}),
        ("mode", "auto", {"mode": "auto"}, {"mode": "manual"}),
    ],
)
async def test_a_value_is_looked_for(
    town: Town, name: str, value: Any, wanted: dict[str, Any], unwanted: dict[str, Any]
):
    ivan, *_ = await three(town)
    await changed(town, ivan, **{name: value})

    assert await listed(town, **wanted, by=town.maria) == [ivan]
    assert ivan not in await listed(town, **unwanted, by=town.maria)


async def test_nobodys_leads_can_be_asked_for_beside_somebodys(town: Town):
    ivan, petra, olga = await three(town)
    await changed(town, ivan, owner_id=town.anna.id)
    await changed(town, petra, owner_id=town.boris.id)

    assert await listed(town, owner=[town.anna.id], by=town.igor) == [ivan]
    assert await listed(town, owner=[0], by=town.igor) == [olga]
    assert await listed(town, owner=[0, town.boris.id], by=town.igor) == [petra, olga]
    assert await listed(town, owner=[0, town.boris.id], by=town.anna) == [olga]


async def test_who_has_left_a_process_is_not_in_it_any_more(town: Town):
    await town.settles(process=PROCESS)
    ivan, petra, _ = await three(town)
    for lead_id in (ivan, petra):
        await town.moves(lead_id)
    at = (await town.lead(ivan)).step
    await changed(town, petra, step=None)

    inside = await listed(town, process="greeting", by=town.maria)
    assert ivan in inside
    assert petra not in inside
    assert ivan in await listed(town, process="greeting", version=1, step=at, by=town.maria)
    assert await listed(town, process="greeting", step="nowhere", by=town.maria) == []


async def test_a_day_is_a_day_of_the_reader(town: Town):
    ivan, *_ = await three(town)
    midnight = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)  # in Moscow it is the tenth already
    await changed(town, ivan, created_at=midnight, last_action_at=midnight)

    assert await listed(town, created_from="2026-03-10", created_to="2026-03-10") == [ivan]
    assert await listed(town, created_to="2026-03-09") == []
    assert await listed(town, active_to="2026-03-10") == [ivan]
    assert ivan not in await listed(town, active_from="2026-03-11")


async def test_who_waits_longest_stands_first_and_every_page_goes_on(town: Town):
    leads = [await town.writes(f"Client{n}", "hi") for n in range(5)]
    waits = [None, 10, 40, None, 20]
    for lead_id, minutes in zip(leads, waits, strict=True):
        since = town.now - timedelta(minutes=minutes) if minutes else None
        await changed(town, lead_id, waiting_since=since)
    view, seen, after = View(sort=Sort.WAITING), [], None
    async with town.database.reading() as session:
        while True:
            found = await page(session, town.anna, view, after=after, size=2)
            seen += [chat.lead.id for chat in found.chats]
            if (after := found.after) is None:
                break

    assert seen == [leads[2], leads[4], leads[1], leads[3], leads[0]]
    assert set(await listed(town, waiting=15)) == {leads[2], leads[4]}


async def test_what_is_ignored_stays_out_whatever_the_client_writes(town: Town):
    ivan, petra, olga = await three(town)
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).ignore(by=town.anna.actor, at=town.now)
        (await work.locked_lead(petra)).archive(by=town.anna.actor, at=town.now)

    await town.writes("Иван", "ау")
    assert await listed(town) == [olga]
    assert await listed(town, tab=Tab.IGNORED) == [ivan]
    assert await listed(town, archive=Archive.ONLY) == [petra]
    assert set(await listed(town, archive=Archive.ANY)) == {ivan, petra, olga}

    await town.writes("Petra", "here")
    assert petra in await listed(town)


async def test_a_failure_brings_a_chat_out_of_the_archive(town: Town):
    ivan, *_ = await three(town)
    message = await town.answers(ivan, "Здравствуйте")
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(ivan)).archive(by=town.anna.actor, at=town.now)

    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        found = await work.session.get_one(Message, message.id)
        lead.perhaps_sent(found, because="timeout", at=town.now)

    assert (await town.lead(ivan)).archived_at is None


async def test_a_pin_is_ones_own(town: Town):
    ivan, *_ = await three(town)
    async with town.database.unit_of_work() as work:
        work.add(Pin(user_id=town.anna.id, lead_id=ivan))

    assert await listed(town, tab=Tab.PINNED) == [ivan]
    assert await listed(town, tab=Tab.PINNED, by=town.boris) == []


async def test_a_changed_lead_is_judged_by_the_view_and_by_who_asks(town: Town):
    ivan, petra, _ = await three(town)
    await changed(town, petra, country="BR", owner_id=town.boris.id)
    view = View(country=["BR"])
    async with town.database.reading() as session:
        mine = await belonging(session, town.anna, view, [ivan, petra])
        his = await belonging(session, town.boris, view, [ivan, petra])

    assert [[chat.lead.id for chat in part] for part in mine] == [[], [ivan]]
    assert [[chat.lead.id for chat in part] for part in his] == [[petra], [ivan]]


async def test_the_next_to_answer_is_ones_own_before_nobodys(town: Town):
    ivan, petra, olga = await three(town)
    for lead_id, minutes in ((ivan, 5), (petra, 50), (olga, 30)):
        since = town.now - timedelta(minutes=minutes)
        await changed(town, lead_id, waiting_since=since, mode="manual")
    await changed(town, ivan, owner_id=town.anna.id)
    async with town.database.reading() as session:
        assert await next_to_answer(session, town.anna) == ivan
        assert await next_to_answer(session, town.anna, but=ivan) == petra
        assert await next_to_answer(session, town.boris) == petra

    for lead_id in (ivan, petra, olga):
        await changed(town, lead_id, mode="auto")
    async with town.database.reading() as session:
        assert await next_to_answer(session, town.anna) is None


def test_an_address_says_the_whole_view_and_nothing_else():
    view = View(
        tab=Tab.MINE, sort=Sort.WAITING, tag=[3, 4], stage=["lost"], owner=[0],
        created_from="2026-11-01", waiting=0, campaign=["a&b=c"],
    )  # fmt: skip

    assert View.of(view.query) == view
    assert View().query == ""
    assert view.but(tag=[]).filters.keys() == {
        "stage", "owner", "created_from", "waiting", "campaign"
    }  # fmt: skip
    assert View.of("tab=nowhere&tag=x") == View()
    assert View.of("tab=&process=&tag=&utm=1") == View()


async def test_a_filter_is_kept_for_oneself_or_for_everybody(town: Town):
    async with town.database.unit_of_work() as work:
        for name, shared in (("Мой", False), ("Общий", True)):
            await SavedFilter.keep(
                work, View(line=2, q="x"), name=f" {name} ", is_shared=shared, by=town.anna
            )
    async with town.database.reading() as session:
        hers = await SavedFilter.seen_by(session, town.anna)
        his = await SavedFilter.seen_by(session, town.boris)

    assert [one.name for one in hers] == ["Мой", "Общий"]
    assert [one.name for one in his] == ["Общий"]
    assert hers[0].view == View(line=2)
    async with town.database.unit_of_work() as work:
        with pytest.raises(Missing):
            await SavedFilter.of(work, his[0].id, by=town.boris)
        with pytest.raises(Refused):
            hers[0].call("  ")
        for n in range(MOST_KEPT - 2):
            await SavedFilter.keep(work, View(), name=f"f{n}", is_shared=False, by=town.anna)
        with pytest.raises(Refused):
            await SavedFilter.keep(work, View(), name="one more", is_shared=False, by=town.anna)


async def test_the_panel_offers_values_of_leads_that_one_sees(town: Town):
    ivan, petra, olga = await three(town)
    await changed(town, ivan, buyer="Максим", country="BR")
    await changed(town, petra, buyer="Rafael", country="BR", owner_id=town.boris.id)
    await changed(town, olga, buyer="Rafael", owner_id=town.boris.id)
    async with town.database.reading() as session:
        hers, his = await choices(session, town.anna), await choices(session, town.boris)

    assert list(hers.buyers) == ["Максим"]
    assert list(his.buyers) == ["Rafael", "Максим"]
    assert list(hers.countries) == ["BR"]


async def test_a_manager_of_many_sees_the_same_leads_by_parts(town: Town):
    """The list asks for own and for nobody's leads apart: the rule is one."""
    leads = [await town.writes(f"Client{n}", "hi") for n in range(8)]
    for n, lead_id in enumerate(leads):
        owner = (town.anna.id, None, town.boris.id)[n % 3]
        await changed(town, lead_id, owner_id=owner, line=1 + n % 2)
    async with town.database.reading() as session:
        seen = (await session.execute(select(Lead.id).where(Lead.id.in_(leads)))).scalars()
        assert len(list(seen)) == len(leads)

    assert set(await listed(town)) == {leads[n] for n in (0, 3, 6, 4)}
    assert await listed(town) == sorted(await listed(town), reverse=True)
