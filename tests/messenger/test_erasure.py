"""A client's data: all of it in one archive, or gone without a trace."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from sqlalchemy import text

from activities.discarding import discard
from models.lead.content import Content
from tests.messenger.test_ledger import Ledger
from tests.messenger.test_library import sends
from tests.messenger.test_pages import one, said, soup
from tests.messenger.town import Town
from tests.web.website import Website

# What verbs leave besides: every column of the lead's rows that may say something.
PLANTED = """
update message set details = jsonb_build_object('was', :canary), quote = :canary,
    reason = :canary, group_key = :canary
    where lead_id = :lead;
insert into message_edit (message_id, text, entities, replaced_at)
    select id, :canary, '[]', now() from message where lead_id = :lead limit 1;
insert into message_change (message_id, lead_id, kind, text, by, state, asked_at)
    select id, lead_id, 'edit', :canary, 'user:1', 'failed', now() from message
    where lead_id = :lead limit 1;
update media set details = jsonb_build_object('title', :canary), file_id = :canary
    where lead_id = :lead;
insert into note_version (note_id, number, text, until, by)
    select id, 7, :canary, now(), 'user:1' from note where lead_id = :lead limit 1;
insert into draft (user_id, lead_id, text, version)
    select id, :lead, :canary, '1' from user_account limit 1;
insert into task (lead_id, what, due_at, by, result) values (:lead, :canary, now(), 'x', :canary);
update event set particulars = particulars || jsonb_build_object('reason', :canary)
    where lead_id = :lead
"""
TABLES = """
select table_name from information_schema.tables
where table_schema = 'public' and table_type = 'BASE TABLE'
"""


def anywhere(canary: str) -> str:
    """A condition on a row t: as text, or as the bytes of one."""
    return f"t::text ilike '%{canary}%' or t::text ilike '%{canary.encode().hex()}%'"


async def holding(town: Town, *canaries: str) -> set[str]:
    """The tables in which any of these stands, in whatever column."""
    which = " or ".join(map(anywhere, canaries))
    found = set()
    async with town.database.reading() as session:
        for name in list((await session.execute(text(TABLES))).scalars()):
            query = f'select exists (select 1 from "{name}" t where {which})'
            if (await session.execute(text(query))).scalar():
                found.add(name)
    return found


async def a_life(site: Website, town: Town, canary: str) -> int:
    """A client of whom everything is known that can be."""
    lead_id = await town.writes(f"{canary} Иванов", f"Меня зовут {canary}")
    await town.answers(lead_id, f"Здравствуйте, {canary}")
    await sends(site, town, lead_id, f"{canary}.pdf", by=town.anna, content=canary.encode())
    async with town.database.unit_of_work() as work:
        lead = await work.locked_lead(lead_id)
        lead.payload = canary
        lead.set_field("fields.phone", f"+7 {canary}", by="robot:1")
        await lead.write_note(f"Это {canary}", by=town.anna.actor)
        later = town.now + timedelta(days=1)
        await lead.write(Content(text=canary), by=town.anna, key=f"{canary}-2", now=town.now,
                         later=later)  # fmt: skip
    ledger = Ledger(town, lead_id)
    sale = await ledger.posts("50", event=f"click-{canary}")
    await ledger.corrects(sale, "40", reason=f"ошибся {canary}")
    async with town.database.unit_of_work() as work:
        planted = PLANTED.replace(":canary", f"'{canary}'").replace(":lead", str(lead_id))
        for statement in planted.split(";"):
            await work.execute(text(statement))
    return lead_id


async def test_after_an_erasure_nothing_is_found_anywhere(site: Website, served: Town):
    canary = f"kanareika{uuid4().hex[:8]}"
    lead_id = await a_life(site, served, canary)
    chat = (await served.lead(lead_id)).chat_id
    spread = await holding(served, canary)
    assert spread >= {"lead", "message", "message_search", "message_edit", "message_change",
                      "media", "note", "note_version", "task", "draft", "event", "payment",
                      "telegram_update"}  # fmt: skip
    sums = await Ledger(served, lead_id).sums()
    async with site.signed_in(served.maria) as browser:
        question = await browser.get(f"/leads/{lead_id}/erasure")
        mistyped = await browser.post(f"/leads/{lead_id}/erasure", data={"confirmed": "да"})
        assert await holding(served, canary) == spread
        erased = await browser.post(f"/leads/{lead_id}/erasure", data={"confirmed": str(lead_id)})
        page = soup(await browser.get(f"/leads/{lead_id}"))
        write = {"key": str(uuid4()), "seen": "0", "text": "hello", "anyway": "true"}
        refused = await browser.post(f"/leads/{lead_id}/messages", data=write)
        twice = await browser.post(f"/leads/{lead_id}/erasure", data={"confirmed": str(lead_id)})
    await discard(served.database, site.app.state.storage,
                  now=datetime.now(UTC) + timedelta(hours=1))  # fmt: skip

    assert (question.status_code, mistyped.status_code, erased.status_code) == (200, 422, 303)
    assert await holding(served, canary, str(chat)) == set()
    assert [name async for name in site.app.state.storage.names()
            if canary.encode() in b"".join([c async for c in site.app.state.storage.read(name)])
            ] == []  # fmt: skip
    lead = await served.lead(lead_id)
    assert (lead.step, lead.person_id, lead.archived_at is not None) == (None, None, True)
    assert (await served.moves(lead_id)).deliver is None  # the engine looks, and finds nothing
    assert await Ledger(served, lead_id).sums() == sums
    assert "Мария Седова стёрла данные клиента" in said(one(page, f"#log-{lead_id}"))
    assert "Данные клиента стёрты" in said(one(page, f"#composer-{lead_id}"))
    assert (refused.status_code, twice.status_code) == (422, 422)
    # who writes from there again is somebody new
    assert await served.writes(f"{canary} Иванов", "Это снова я") != lead_id


async def test_another_clients_data_stays(site: Website, served: Town):
    mine, other = f"kanareika{uuid4().hex[:8]}", f"kanareika{uuid4().hex[:8]}"
    lead_id, stays = await a_life(site, served, mine), await a_life(site, served, other)
    before = await holding(served, other)
    async with site.signed_in(served.maria) as browser:
        await browser.post(f"/leads/{lead_id}/erasure", data={"confirmed": str(lead_id)})
        page = await browser.get(f"/leads/{stays}")

    assert await holding(served, mine) == set()
    assert await holding(served, other) == before
    assert other in page.text


async def test_an_export_holds_all_of_it_and_is_told(site: Website, served: Town):
    canary = f"kanareika{uuid4().hex[:8]}"
    lead_id = await a_life(site, served, canary)
    async with site.signed_in(served.igor) as browser:
        answer = await browser.post(f"/leads/{lead_id}/export")
        page = soup(await browser.get(f"/leads/{lead_id}"))

    archive = _opened(answer)
    parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(parts["client.json"])["fields"] == {"phone": f"+7 {canary}"}
    assert {name for name, content in parts.items() if canary in content} == {
        "client.json", "messages.jsonl", "earlier_texts.jsonl", "changes.jsonl", "timeline.jsonl",
        "payments.jsonl", "notes.jsonl", "tasks.jsonl", "drafts.jsonl", "files.jsonl",
        "telegram.jsonl", f"files/{canary}.pdf",
    }  # fmt: skip
    assert all(json.loads(line) for line in parts["messages.jsonl"].splitlines())
    assert "Игорь Лапин выгрузил данные клиента" in said(one(page, f"#log-{lead_id}"))


async def test_who_may_export_and_erase(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    asked = {}
    for person in (served.anna, served.igor, served.dora):
        async with site.signed_in(person) as browser:
            asked[person.name] = (
                (await browser.post(f"/leads/{ivan}/export")).status_code,
                (await browser.post(f"/leads/{ivan}/erasure", data={"confirmed": str(ivan)}))
                .status_code,
            )  # fmt: skip

    assert asked == {"Анна Ким": (403, 403), "Игорь Лапин": (200, 403), "Дора Майер": (403, 403)}
    assert (await served.lead(ivan)).erased_at is None


def _opened(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive
