"""Pipelines, stages and tags are renamed, retired and merged under leads and processes that run."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import pipelines, tags
from models.database import Database
from models.errors import Outrun, Refused
from models.pipelines import move_some
from models.process.version import known, publish
from models.queries.vocabulary import known_tags, who_name_stages, who_name_tag
from models.quick_action import Parts, QuickAction
from models.ready import Scope
from models.saved_filter import SavedFilter
from models.stage import Pipeline, Stage, Tag
from models.timeline import Action, Event
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website

TAGS = """
process: marks
title: {ru: Метки, en: Marks}
languages: [ru]
start: mark
steps:
  mark:
    set: {tag: [vip], stage: talking}
    next: asks
  asks:
    wait: {for: reply}
    next: which
  which:
    branch:
      - when: {tag: vip}
        go: dear
    otherwise: done
  dear:
    send: {text: {ru: "Вы наш дорогой гость"}}
    next: done
  done:
    end: done
"""


@pytest.fixture
async def marks(undone: Database) -> Town:
    """A town whose leads begin on a process that names the tag vip and the stage talking."""
    return await Town(undone).settles(process=TAGS)


async def tag_of(town: Town, name: str) -> Tag:
    async with town.database.reading() as session:
        return (await session.execute(select(Tag).where(Tag.name == name))).scalar_one()


async def renamed(town: Town, name: str, after: str) -> Tag:
    tag = await tag_of(town, name)
    async with town.database.unit_of_work(silent=True) as work:
        return await tags.change(work, tag.id, name=after, hue=tag.hue, seen=tag.stamp)


async def pipeline(town: Town, name: str = "Again") -> tuple[Pipeline, Stage, Stage]:
    """A second one, with a first stage and one more."""
    async with town.database.unit_of_work(silent=True) as work:
        made = await pipelines.add_pipeline(work, name_ru="Повторные", name_en=name)
        await work.flush()
        more = await pipelines.add_stage(
            work, made.key, name_ru="Ещё", name_en="More", kind="open", hue=3
        )
        await work.flush()
        first = (
            await work.execute(
                select(Stage).where(Stage.pipeline_key == made.key, Stage.position == 1)
            )
        ).scalar_one()
    return made, first, more


async def test_a_renamed_tag_keeps_a_running_process_working(marks: Town):
    ivan = await marks.writes("Иван", "/start")
    await marks.moves(ivan)
    await renamed(marks, "vip", "важный")

    await marks.writes("Иван", "Привет")
    await marks.moves(ivan)
    olga = await marks.writes("Ольга", "/start")
    await marks.moves(olga)  # a new lead on the same version calls it by its former name

    assert [each.text for each in await marks.messages(ivan)][-1] == "Вы наш дорогой гость"
    async with marks.database.unit_of_work() as work:
        assert await (await work.locked_lead(olga)).tags() == ["важный"]
        told = known(work.session, media={})
        assert (await told).renamed == {"vip": "важный"}


async def test_a_former_name_means_nothing_else(marks: Town):
    await renamed(marks, "vip", "важный")

    async with marks.database.unit_of_work(silent=True) as work:
        with pytest.raises(Refused):
            await tags.add(work, name="vip", hue=1)
        with pytest.raises(Refused):
            await tags.add(work, name="ВАЖНЫЙ", hue=1)
    back = await renamed(marks, "важный", "vip")
    async with marks.database.reading() as session:
        found = next(each for each in await known_tags(session) if each.tag.id == back.id)
    assert (found.tag.name, list(found.formerly)) == ("vip", ["важный"])


async def test_two_admins_who_change_one_thing_are_told(marks: Town):
    tag = await tag_of(marks, "vip")
    _, stage, _ = await pipeline(marks)
    await renamed(marks, "vip", "важный")

    async with marks.database.unit_of_work(silent=True) as work:
        with pytest.raises(Outrun):
            await tags.change(work, tag.id, name="премиум", hue=2, seen=tag.stamp)
        seen = stage.stamp
        given: dict[str, Any] = {"name_ru": "Первый", "name_en": "First", "kind": "open", "hue": 2}
        await pipelines.change_stage(work, stage.key, seen=seen, **given)
        await pipelines.change_stage(work, stage.key, seen=seen, **given)  # the same is no quarrel
        with pytest.raises(Outrun):
            await pipelines.change_stage(work, stage.key, seen=seen, **given | {"hue": 5})
        with pytest.raises(Outrun):
            await pipelines.put_stages_in_order(work, stage.pipeline_key, [stage.key])


async def test_what_a_process_or_a_quick_action_names_is_not_retired(marks: Town):
    _, _first, more = await pipeline(marks)
    async with marks.database.unit_of_work(silent=True) as work:
        action = QuickAction(scope=Scope.ALL, owner_id=marks.maria.id, name="Ещё раз")
        await action.change(
            work, scope=Scope.ALL, name="Ещё раз", words={}, hue=1, digit=None, by=marks.maria,
            parts=Parts(stage=more.key, tag=((await tag_of(marks, "молчит")).id,)),
        )  # fmt: skip
        work.add(action)
    for key in ("talking", more.key):
        async with marks.database.unit_of_work(silent=True) as work:
            with pytest.raises(Refused):
                await pipelines.retire_stage(work, key, to="new", now=marks.now)
    for name in ("vip", "молчит"):
        async with marks.database.unit_of_work(silent=True) as work:
            with pytest.raises(Refused):
                await tags.retire(work, (await tag_of(marks, name)).id, now=marks.now)
    async with marks.database.reading() as session:
        naming = await who_name_stages(session, ["talking", more.key])
        named = await who_name_tag(session, await tag_of(marks, "vip"))
    assert {each.kind for each in naming} == {"process", "quick_action"}
    assert [each.version for each in named] == [1]

    async with marks.database.unit_of_work(silent=True) as work:  # a newer version names neither
        text = TAGS.replace("set: {tag: [vip], stage: talking}", "set: {line: 2}")
        await publish(work, text.replace("tag: vip", "line: 2"), files={})
        await tags.retire(work, (await tag_of(marks, "vip")).id, now=marks.now)
        await work.flush()
        told = await known(work.session, media={})
    assert "vip" in told.retired
    assert "vip" not in (told.tags or ())


async def test_an_earlier_version_counts_while_a_lead_is_on_it(marks: Town):
    ivan = await marks.writes("Иван", "/start")
    await marks.moves(ivan)
    async with marks.database.unit_of_work(silent=True) as work:
        text = TAGS.replace("set: {tag: [vip], stage: talking}", "set: {line: 2}")
        await publish(work, text.replace("tag: vip", "line: 2"), files={})
        with pytest.raises(Refused):
            await tags.retire(work, (await tag_of(marks, "vip")).id, now=marks.now)


async def test_leads_of_a_retired_stage_go_on_in_parts_each_with_its_line(marks: Town):
    _, first, more = await pipeline(marks)
    ids = [await marks.writes(name, "Привет") for name in ("Иван", "Ольга", "Пётр")]
    async with marks.database.unit_of_work() as work:
        for lead_id in ids:
            await (await work.locked_lead(lead_id)).move_to(more.key, by="user:1")
    async with marks.database.unit_of_work(silent=True) as work:
        with pytest.raises(Refused):  # where to?
            await pipelines.retire_stage(work, more.key, to="", now=marks.now)
    async with marks.database.unit_of_work(silent=True) as work:
        left = await pipelines.retire_stage(work, more.key, to=first.key, now=marks.now)
    async with marks.database.unit_of_work() as work:
        by = marks.maria
        assert await move_some(work, left, to=first.key, by=by, now=marks.now, most=2) == 2

    async with marks.database.unit_of_work(silent=True) as work:  # asked again, it goes on
        assert await pipelines.retire_stage(work, more.key, to=first.key, now=marks.now) == left
    async with marks.database.unit_of_work() as work:
        assert await move_some(work, left, to=first.key, by=by, now=marks.now) == 1
    assert {(await marks.lead(each)).stage_key for each in ids} == {first.key}
    async with marks.database.reading() as session:
        lines = select(Event.actor).where(
            Event.lead_id.in_(ids), Event.kind == Action.STAGE_CHANGED, Event.actor == by.actor
        )
        assert len((await session.execute(lines)).all()) == 3


async def test_what_everything_stands_on_stays(marks: Town):
    way, first, more = await pipeline(marks)
    async with marks.database.unit_of_work(silent=True) as work:
        with pytest.raises(Refused):  # new leads begin there
            await pipelines.retire_stage(work, "new", to="lost", now=marks.now)
        with pytest.raises(Refused):
            await pipelines.retire_pipeline(work, "main", to=first.key, now=marks.now)
        await pipelines.retire_stage(work, more.key, to="", now=marks.now)
        await work.flush()
        with pytest.raises(Refused):  # the last open one
            await pipelines.retire_stage(work, first.key, to="new", now=marks.now)
        with pytest.raises(Refused):
            await pipelines.change_stage(
                work, first.key, name_ru="А", name_en="A", kind="won", hue=1, seen=first.stamp
            )
        await pipelines.retire_pipeline(work, way.key, to="", now=marks.now)
        await work.flush()
        with pytest.raises(Refused):
            await pipelines.bring_back_stage(work, first.key)
        await pipelines.bring_back_pipeline(work, way.key)
    async with marks.database.reading() as session:
        back = await session.get_one(Stage, first.key)
    assert back.retired_at is None


async def test_a_tag_becomes_part_of_another_everywhere(marks: Town):
    ivan = await marks.writes("Иван", "/start")
    await marks.moves(ivan)
    vip, other = await tag_of(marks, "vip"), await tag_of(marks, "пополнил")
    async with marks.database.unit_of_work(silent=True) as work:
        kept = SavedFilter(owner_id=marks.anna.id, name="", query=f"tag={vip.id}")
        work.add(kept)
        await tags.merge(work, vip.id, into=other.id, now=marks.now)
    async with marks.database.unit_of_work() as work:
        assert await tags.merge_some(work, vip.id, by=marks.maria, now=marks.now) == 1

    async with marks.database.unit_of_work() as work:
        assert await work.session.get(Tag, vip.id) is None
        assert (await work.session.get_one(SavedFilter, kept.id)).view.tag == [other.id]
        assert await (await work.locked_lead(ivan)).tags() == ["пополнил"]
    await marks.writes("Иван", "Привет")
    await marks.moves(ivan)
    assert [each.text for each in await marks.messages(ivan)][-1] == "Вы наш дорогой гость"


async def test_the_pages_are_an_administrators_and_a_team_leads_to_look_at(
    site: Website, served: Town
):
    word = f"слово {uuid4().hex[:6]}"
    async with site.signed_in(served.maria) as browser:
        made = await browser.post("/tags", data={"name": word, "hue": "3"})
        assert word in made.text
        way = await browser.post("/pipelines", data={"name_ru": word, "name_en": word})
        head = next(each for each in soup(way).select("[id^=way-head-]") if word in said(each))
        key = str(head["id"]).removeprefix("way-head-")
        asked = await browser.get(f"/pipelines/{key}/retirement")
        assert "Убрать" in said(one(soup(asked), "form"))
        gone = await browser.post(f"/pipelines/{key}/retirement")
        assert "Воронки в архиве" in gone.text
        assert (await browser.get("/stages/talking/retirement")).status_code == 200
        found = soup(await browser.get(f"/tags?q={word}"))
        assert [said(each) for each in found.select(".tag")] == [word]
        for tab in ("/people", "/pipelines", "/tags", "/tools"):
            strip = one(soup(await browser.get(tab)), ".strip")
            assert one(strip, "[aria-current=page]")["href"] == tab
    async with site.signed_in(served.igor) as browser:
        looked = soup(await browser.get("/pipelines"))
        assert looked.select("[data-sorts], [hx-get*=retirement]") == []
        assert (await browser.post("/tags", data={"name": "нет"})).status_code == 403
    async with site.signed_in(served.anna) as browser:
        assert (await browser.get("/pipelines")).status_code == 403
        assert (await browser.get("/tags")).status_code == 403
        assert (await browser.put("/pipelines/main", data={"name_ru": "Х"})).status_code == 403
