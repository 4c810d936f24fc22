"""Which chats a person sees, in what order, and how many."""

import pytest

from models.errors import Refused
from models.lead.lead import Lead
from models.queries.inbox import MOST_COUNTED, counts, page
from models.queries.view import Tab, View
from models.user import User
from tests.messenger.town import Town

TABS = {tab.value: View(tab=tab) for tab in Tab}


async def listed(town: Town, tab: Tab = Tab.ALL, *, by: User | None = None, view=None, **asked):
    async with town.database.reading() as session:
        found = await page(session, by or town.anna, view or View(tab=tab), **asked)
    return [chat.lead.id for chat in found.chats], found


async def change(town: Town, lead_id: int, verb) -> None:
    async with town.database.unit_of_work() as work:
        done = verb(await work.locked_lead(lead_id))
        if done is not None:
            await done


async def test_who_wrote_last_stands_first(town: Town):
    ivan = await town.writes("Иван", "раз")
    town.passes(minutes=1)
    petra = await town.writes("Petra", "hello")
    assert (await listed(town))[0] == [petra, ivan]

    town.passes(minutes=1)
    await town.writes("Иван", "два")

    assert (await listed(town))[0] == [ivan, petra]


async def test_a_tag_does_not_reshuffle_the_list(town: Town):
    ivan = await town.writes("Иван", "раз")
    town.passes(minutes=1)
    petra = await town.writes("Petra", "hello")

    await change(town, ivan, lambda lead: lead.tag("vip", by=town.anna.actor))

    ids, found = await listed(town)
    assert ids == [petra, ivan]
    assert [tag.name for tag in found.chats[1].tags] == ["vip"]


async def test_every_chat_stands_on_exactly_one_page(town: Town):
    everybody = []
    for number in range(7):
        everybody.append(await town.writes(f"Client{number}", "hi"))  # all at the same moment
    seen, after = [], None
    while True:
        ids, found = await listed(town, after=after, size=3)
        seen += ids
        after = found.after
        if after is None:
            break

    assert seen == everybody[::-1]


async def test_a_cursor_of_nobody_is_refused(town: Town):
    for cursor in ("", "абв", "bm90IGpzb24=", "WzEsIDJd"):
        with pytest.raises(Refused):
            await listed(town, after=cursor)


async def test_each_tab_holds_what_it_says(town: Town):
    ivan, petra, olga = [await town.writes(name, "привет") for name in ("Иван", "Petra", "Ольга")]
    await change(town, ivan, lambda lead: lead.assign(town.anna, by="user:1"))
    await town.answers(petra, "Здравствуйте", by=town.boris)

    def give_to_the_robot(lead: Lead) -> None:
        lead.mode = "auto"

    await change(town, olga, give_to_the_robot)

    assert set((await listed(town, Tab.MINE))[0]) == {ivan}
    assert set((await listed(town, Tab.AUTO))[0]) == {olga}
    assert set((await listed(town, Tab.MANUAL))[0]) == {ivan}  # Petra is Boris's now
    assert set((await listed(town, Tab.UNREAD))[0]) == {ivan, olga}
    assert set((await listed(town, Tab.MANUAL, by=town.boris))[0]) == {petra}


async def test_counts_are_those_of_the_tabs_and_stop_at_a_hundred(town: Town):
    for number in range(3):
        await town.writes(f"Client{number}", "hi")
    async with town.database.reading() as session:
        counted = await counts(session, town.anna, TABS)
    assert counted[Tab.ALL] == counted[Tab.UNREAD] == 3
    assert counted[Tab.MINE] == 0

    async with town.database.unit_of_work() as work:
        for number in range(MOST_COUNTED + 20):
            work.add(
                Lead(bot_id=town.bot_id, chat_id=90_000 + number, first_name="Толпа",
                     last_action_at=town.now, team_id=town.team_id)
            )  # fmt: skip
    async with town.database.reading() as session:
        assert (await counts(session, town.anna, TABS))[Tab.ALL] == MOST_COUNTED + 1


async def test_a_manager_sees_own_and_unassigned_leads_only(town: Town):
    hers, his, free = [await town.writes(name, "привет") for name in ("Иван", "Petra", "Ольга")]
    await change(town, hers, lambda lead: lead.assign(town.anna, by="user:1"))
    await change(town, his, lambda lead: lead.assign(town.boris, by="user:1"))

    assert set((await listed(town))[0]) == {hers, free}
    assert set((await listed(town, by=town.boris))[0]) == {his, free}
    assert set((await listed(town, by=town.igor))[0]) == {hers, his, free}


async def test_an_archived_chat_is_not_listed_until_the_client_writes(town: Town):
    ivan = await town.writes("Иван", "раз")

    def archive(lead: Lead) -> None:
        lead.archived_at = town.now

    await change(town, ivan, archive)
    assert (await listed(town))[0] == []

    await town.writes("Иван", "два")

    assert (await listed(town))[0] == [ivan]
