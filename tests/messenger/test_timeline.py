"""All that happened to a lead: worded, filtered, taken along as a file."""

import csv
import io
import json

from api.sentences import _TEMPLATES
from api.sentences_of_messages import OF_MESSAGES
from models.message import State
from models.queries.timeline import GROUPS, OTHERWISE, group_of
from models.timeline import Action
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website


async def lived(town: Town) -> int:
    """A client who wrote, was greeted by the robot, answered by Anna, tagged, and noted."""
    ivan = await town.writes("Иван", "=1+1 привет")
    await town.moves(ivan)
    message = await town.answers(ivan, "Здравствуйте, Иван")
    await town.becomes(message, State.SENT)
    town.passes(days=2)
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        await lead.move_to("talking", by=town.anna.actor, at=town.now)
        note = await lead.write_note("Звонить вечером", by=town.anna.actor, at=town.now)
        await lead.delete_note(note.id, by=town.maria, now=town.now)
    return ivan


async def test_every_change_is_told_with_who_made_it(site: Website, served: Town):
    ivan = await lived(served)
    async with site.signed_in(served.anna) as browser:
        page = soup(await browser.get(f"/leads/{ivan}/timeline"))
        chat = soup(await browser.get(f"/leads/{ivan}"))
    lines = [said(each) for each in page.select(".past__one")]

    assert "Мария Седова удалила заметку Звонить вечером" in lines[0]  # what it said is not lost
    assert "Анна Ким написала заметку" in lines[1]
    assert "Стадия: Новый → В диалоге" in lines[2]
    assert any("Telegram принял сообщение Здравствуйте, Иван" in each for each in lines)
    assert any("Робот написал клиенту" in each and "Знакомство, шаг «Приветствие»" in each
               for each in lines)  # fmt: skip
    assert any("Клиент написал =1+1 привет" in each for each in lines)
    assert len(lines) == (await served.lead(ivan)).seq
    assert chat.select(f'a[href="/leads/{ivan}/timeline"]')


async def test_it_is_filtered_by_kinds_people_and_days(site: Website, served: Town):
    ivan = await lived(served)
    path = f"/leads/{ivan}/timeline"
    async with site.signed_in(served.anna) as browser:

        async def shown(query: str) -> list[str]:
            page = soup(await browser.get(f"{path}?{query}"))
            return [said(one(each, ".past__said")) for each in page.select(".past__one")]

        notes = await shown("group=notes&group=deal&actor=user")
        marias = await shown(f"actor=user:{served.maria.id}")
        clients = await shown("actor=client&group=messages")
        recent = await shown(f"since={served.now.date()}")
        earlier = await shown(f"until={served.now.date()}&group=notes")
        refused = [
            (await browser.get(f"{path}?{query}")).status_code
            for query in ("group=moon", "actor=nobody", "since=2026-13-01", "after=0")
        ]

    assert len(notes) == 3
    assert len(marias) == 1
    assert clients[0] == "Клиент написал =1+1 привет"
    assert len(recent) == 3
    assert len(earlier) == 2
    assert refused == [422, 422, 422, 422]


async def test_it_goes_along_as_a_file_that_no_spreadsheet_runs(site: Website, served: Town):
    ivan = await lived(served)
    async with served.database.unit_of_work() as work:
        lead = await work.locked_lead(ivan)
        for number in range(600):  # more than are read together
            await lead.move_to(("new", "talking")[number % 2], by=served.anna.actor, at=served.now)
    path = f"/leads/{ivan}/timeline"
    async with site.signed_in(served.anna) as browser:
        everything = (await browser.get(f"{path}/export?form=json")).json()
        table = await browser.get(f"{path}/export?form=csv&actor=client")
        none = await browser.get(f"{path}/export?form=json&actor=robot")
        first = soup(await browser.get(path))
        second = soup(await browser.get(str(one(first, ".past__more")["hx-get"])))
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))

    assert [each["seq"] for each in everything] == list(range(len(everything), 0, -1))
    assert len(everything) == (await served.lead(ivan)).seq
    assert everything[-1]["kind"] == "lead_opened"
    wrote = next(each for each in rows if each["kind"] == "client_wrote")
    assert (wrote["text"], wrote["who"], wrote["group"]) == ("'=1+1 привет", "Иван", "messages")
    assert table.headers["content-disposition"].endswith('.csv"')
    assert json.loads(none.text) == []
    assert (len(first.select(".past__one")), len(second.select(".past__one"))) == (50, 50)


async def test_whoever_does_not_see_the_lead_sees_nothing_of_its_past(site: Website, served: Town):
    ivan = await lived(served)
    assert (await served.lead(ivan)).owner_id == served.anna.id
    async with site.signed_in(served.boris) as browser:
        answers = [
            (await browser.get(f"/leads/{ivan}/timeline{rest}")).status_code
            for rest in ("", "?after=5", "/export", "/export?form=json")
        ]

    assert answers == [404] * 4


def test_all_that_can_happen_has_words_and_a_kind():
    assert {action for action in Action if action not in {*_TEMPLATES, *OF_MESSAGES}} == set()
    assert {group_of(action) for action in Action} == set(GROUPS)
    plain = {action for action in Action if group_of(action) == OTHERWISE}
    assert {Action.ARCHIVED, Action.QUICK_ACTION_RUN} <= plain
