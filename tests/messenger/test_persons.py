"""Several leads of one human: grouped and ungrouped, never merged."""

import asyncio
from uuid import uuid4

import pytest

from models.errors import Missing, Refused
from models.grouping import join, part
from models.queries.person import family, found
from models.user import User
from tests.messenger.test_ledger import Ledger
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def joined(town: Town, one: int, other: int, *, by: User | None = None) -> None:
    async with town.database.unit_of_work() as work:
        await join(work, one, other, by=by or town.igor)


async def parted(town: Town, one: int) -> None:
    async with town.database.unit_of_work() as work:
        await part(work, one, by=town.igor)


async def persons(town: Town, *ids: int) -> list[int | None]:
    return [(await town.lead(number)).person_id for number in ids]


async def test_all_who_were_with_either_are_one_human(town: Town):
    a, b, c, d = [await town.writes(name, "Привет") for name in ("Анна", "Борис", "Вера", "Глеб")]
    await joined(town, a, b)
    await joined(town, d, c)
    assert len(set(await persons(town, a, b, c, d))) == 2

    await joined(town, b, c)
    await joined(town, c, b)

    assert len(set(await persons(town, a, b, c, d))) == 1


async def test_who_stays_behind_alone_is_no_group(town: Town):
    a, b, c = [await town.writes(name, "Привет") for name in ("Анна", "Борис", "Вера")]
    await joined(town, a, b)
    await joined(town, a, c)

    await parted(town, c)
    assert (await persons(town, c), len(set(await persons(town, a, b)))) == ([None], 1)
    await parted(town, a)
    await parted(town, a)

    assert await persons(town, a, b, c) == [None, None, None]


async def test_what_one_does_not_see_is_not_grouped_and_not_named(town: Town):
    a, b = await town.writes("Анна", "Привет"), await town.writes("Борис", "Привет")
    async with town.database.unit_of_work() as work:
        (await work.locked_lead(b)).assign(town.boris, by="user:1")
    with pytest.raises(Missing):
        await joined(town, a, b, by=town.anna)
    with pytest.raises(Refused):
        await joined(town, a, a)
    await joined(town, a, b)

    async with town.database.reading() as session:
        lead = await town.lead(a)
        hidden = await family(session, lead, town.anna)
        whole = await family(session, lead, town.igor)
        sought = await found(session, await town.lead(a), town.anna, "Борис")
    assert (list(hidden.others), hidden.unseen, list(hidden.totals)) == ([], 1, [])
    assert ([one.name for one in whole.others], whole.unseen) == (["Борис"], 0)
    assert sought == []


async def test_two_who_group_at_once_do_not_stand_in_each_others_way(served: Town):
    a, b = await served.writes("Анна", "Привет"), await served.writes("Борис", "Привет")

    await asyncio.gather(joined(served, a, b), joined(served, b, a), return_exceptions=True)

    assert len(set(await persons(served, a, b)) - {None}) == 1


async def test_the_card_offers_the_same_telegram_id_and_sums_both(site: Website, served: Town):
    ivan = await served.writes(f"Иван {uuid4().hex}", "Привет")
    again = await served.writes(f"Пётр {uuid4().hex}", "Привет")
    async with served.database.unit_of_work() as work:  # the same client by another bot
        lead = await work.locked_lead(again)
        lead.telegram_id = (await served.lead(ivan)).telegram_id
    await Ledger(served, ivan).posts("50", event=f"p{ivan}")
    await Ledger(served, again).posts("20", event=f"p{again}")
    async with site.signed_in(served.anna) as browser:
        sought = soup(await browser.get(f"/leads/{again}/person"))
        shown = soup(await browser.get(f"/leads/{again}"))
        grouped = soup(await browser.post(f"/leads/{again}/person", data={"other": str(ivan)}))
        other = soup(await browser.get(f"/leads/{ivan}"))
        apart = soup(await browser.request("DELETE", f"/leads/{ivan}/person"))

    assert one(sought, f"input[name=other][value='{ivan}']")
    assert "тот же Telegram ID: 1" in said(one(shown, f"#pers-{again} summary"))
    assert "продажи 2 · 70 $" in said(one(grouped, ".family")).replace("\xa0", " ")
    assert f"тот же человек, что в чате № {again}" in said(one(other, f"#log-{ivan}"))
    assert said(one(other, f"#pers-{ivan} summary .count")) == "1"
    assert "Во всех чатах вместе" not in said(one(apart, ".family"))
