"""Pipelines, their stages and the tags: what a lead can be moved to, and what it still says."""

from datetime import UTC, datetime

import pytest

from models.database import Database
from models.errors import Refused
from models.stage import Pipeline, Stage
from tests.messenger.test_pages import one, page_of, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def a_second_pipeline(database: Database) -> None:
    async with database.unit_of_work(silent=True) as work:
        if await work.session.get(Pipeline, "again") is None:
            work.add(Pipeline(key="again", position=2, name_ru="Повторные", name_en="Again"))
            await work.flush()
            names = (("again_new", "open"), ("again_lost", "lost"), ("again_paid", "won"))
            for position, (key, kind) in enumerate(names, start=1):
                work.add(
                    Stage(key=key, position=position, name_ru=key, name_en=key, kind=kind,
                          pipeline_key="again", hue=position)
                )  # fmt: skip


async def retired(database: Database, key: str, at: datetime | None) -> None:
    async with database.unit_of_work(silent=True) as work:
        (await work.session.get_one(Stage, key)).retired_at = at


async def test_the_card_shows_the_way_of_the_leads_own_pipeline(site: Website, served: Town):
    await a_second_pipeline(site.database)
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        await browser.put(f"/leads/{ivan}/stage", data={"to": "again_new"})
        card = one(await page_of(browser, ivan), f"#deal-{ivan}")

    assert [said(each) for each in card.select(".steps li")] == [
        "again_new", "again_paid", "again_lost",
    ]  # fmt: skip
    offered = {str(each["label"]) for each in card.select("optgroup")}
    assert {"Основная", "Повторные"} <= offered


async def test_a_retired_stage_is_read_but_not_chosen(site: Website, served: Town):
    await a_second_pipeline(site.database)
    ivan = await served.writes("Иван", "Привет")
    olga = await served.writes("Ольга", "Привет")
    async with site.signed_in(served.anna) as browser:
        await browser.put(f"/leads/{ivan}/stage?key=again_lost")
        await retired(site.database, "again_lost", datetime.now(UTC))
        try:
            refused = await browser.put(f"/leads/{olga}/stage?key=again_lost")
            card = one(await page_of(browser, ivan), f"#deal-{ivan}")
            other = one(await page_of(browser, olga), f"#deal-{olga}")
        finally:
            await retired(site.database, "again_lost", None)

    assert refused.status_code == 422
    assert said(one(card, "[aria-current=step]")) == "again_lost (в архиве)"
    assert "again_lost" not in said(other)


async def test_the_list_is_filtered_by_a_pipeline(site: Website, served: Town):
    await a_second_pipeline(site.database)
    ivan = await served.writes("Иван", "Привет")
    olga = await served.writes("Ольга", "Привет")
    async with site.signed_in(served.anna) as browser:
        await browser.put(f"/leads/{ivan}/stage?key=again_new")
        listed = (await browser.get("/leads?pipeline=again")).text
        named = soup(await browser.get(f"/leads?spot=1&owner={served.anna.id}&pipeline=again"))

    assert f"/leads/{ivan}" in listed
    assert f"/leads/{olga}" not in listed
    assert {"Анна Ким", "Воронка «Повторные»"} <= {
        said(each) for each in named.select(".chip.is-on")
    }


async def test_a_retired_tag_is_not_put_on(undone: Database):
    town = await Town(undone).settles()
    ivan = await town.writes("Иван", "Привет")
    async with undone.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        await lead.tag("vip", by="user:1")
        tag = await lead._named("vip")
        tag.retired_at = town.now
        await work.flush()
        with pytest.raises(Refused):
            await lead.tag("vip", by="user:1")

        await lead.untag("vip", by="user:1")
        assert await lead.tags() == []
