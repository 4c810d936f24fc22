"""What is stuck: named, counted, shown to whom it concerns, and moved on by hand."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup
from sqlalchemy import func, select, text

from models.change import Change, Kind
from models.database import Database
from models.lead.lead import Lead
from models.lead.receiving import receive
from models.media import Media, MediaState
from models.message import Message, State
from models.queries.stuck import stuck
from models.spot import Bot
from models.update import TelegramUpdate, UpdateState
from models.user import Role, User
from tests.eventually import eventually
from tests.pages.house import House

POISON = b'{"update_id": 5, "message": {"text": "\xe2\x80\xaesecret\\u0000<b>"}}'


async def sections(house: House, person: User) -> dict[str, BeautifulSoup]:
    async with house.site.signed_in(person) as browser:
        answer = await browser.get("/stuck")
    assert answer.status_code == 200, answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert bool(page.select(".empty")) == (not page.select("section.stuck"))
    return {str(found["id"]): found for found in page.select("section.stuck")}  # type: ignore[misc]


async def poison(house: House, raw: bytes = POISON) -> int:
    await receive(house.database, raw, bot_id=house.bot.id)
    async with house.database.reading() as session:
        query = select(func.max(TelegramUpdate.id)).where(
            TelegramUpdate.state == UpdateState.POISON
        )
        return int((await session.execute(query)).scalar_one())


async def poisoned(house: House) -> list[TelegramUpdate]:
    async with house.database.reading() as session:
        query = select(TelegramUpdate).where(TelegramUpdate.state == UpdateState.POISON)
        return list((await session.execute(query)).scalars())


async def settled(house: House, name: str = "Lucas", **given: object) -> Lead:
    """A lead with nothing to worry about."""
    lead = await house.lead(name, **given)
    await house.changed(lead, seen=lead.seq, due_at=None)
    return lead


async def test_nothing_stuck_is_said_so(house: House):
    await house.publishes()
    await settled(house)

    assert await sections(house, house.maria) == {}


async def test_every_way_to_be_stuck_has_its_section(house: House):
    await house.publishes()
    names = ["Asked", "Refused", "Late", "Deaf", "Filed"]
    asked, refused, late, deaf, filed = [await settled(house, name) for name in names]
    unknown = await house.sends(asked, State.UNKNOWN)
    await house.sends(refused, State.FAILED, reason="Forbidden: bot was blocked by the user")
    await house.changed(late, due_at=house.ago(minutes=3))
    await house.changed(deaf, seen=0)
    await house.received_at(deaf, house.ago(minutes=2))
    async with house.database.unit_of_work() as work:
        work.add(
            Media(lead_id=filed.id, message_id=unknown.id, kind="photo", state=MediaState.FAILED,
                  name="passport.jpg", reason="gone", created_at=house.now)
        )  # fmt: skip
        (await work.session.get_one(Bot, house.bot.id)).disable(because="401", now=house.now)
    await poison(house)

    found = await sections(house, house.maria)

    assert list(found) == ["bots", "updates", "unknown", "failed", "late", "unread", "media"]
    assert "Asked" in found["unknown"].text
    assert f"/leads/{asked.id}?at={unknown.position}" in str(found["unknown"])
    assert "Refused" in found["failed"].text
    assert "Late" in found["late"].text
    assert "Deaf" in found["unread"].text
    assert "passport.jpg" in found["media"].text
    assert "nova_bot" in found["bots"].text
    assert all("1" in (one.select_one(".count") or one).text for one in found.values())


async def test_changes_without_an_outcome_are_shown_until_somebody_looks(house: House):
    await house.publishes()
    refused, unsure, done = [await settled(house, name) for name in ("Refused", "Unsure", "Done")]
    words = {State.FAILED: "Bad Request: message can't be edited", State.UNKNOWN: "reset"}
    for lead, state in ((refused, State.FAILED), (unsure, State.UNKNOWN), (done, State.SENT)):
        message = await house.sends(lead, State.SENT)
        async with house.database.unit_of_work(silent=True) as work:
            work.add(
                Change(lead_id=lead.id or 0, message_id=message.id, kind=Kind.EDIT, text="Новое",
                       by=house.anna.actor, state=state, reason=words.get(state),
                       asked_at=house.now)
            )  # fmt: skip
        await house.changed(lead, notice=state.value)

    (shown,) = (await sections(house, house.maria)).values()
    assert shown["id"] == "changes"
    assert [one.text for one in shown.select(".nm")] == ["Unsure", "Refused"]
    assert "Правка: Новое" in shown.text
    assert "Telegram уже не даёт его изменить" in shown.text
    assert f"/leads/{refused.id}?at=" in str(shown)

    await house.changed(refused, notice=None)
    (shown,) = (await sections(house, house.maria)).values()
    assert [one.text for one in shown.select(".nm")] == ["Unsure"]


async def test_what_is_fresh_or_settled_is_not_stuck(house: House):
    await house.publishes()
    lead = await settled(house)
    await house.changed(lead, due_at=house.ago(seconds=30), seen=lead.seq - 1)
    await house.sends(lead, State.FAILED, reason="forgotten")
    seen = await settled(house, "Priya")
    await house.sends(seen, State.FAILED, reason="too long")
    await house.changed(seen, notice=None)

    assert await sections(house, house.maria) == {}


async def test_a_manager_sees_only_their_leads_and_no_machines(house: House):
    await house.publishes()
    mine, theirs = await settled(house, "Mine", line=1), await settled(house, "Theirs", line=2)
    for lead in (mine, theirs):
        await house.sends(lead, State.UNKNOWN)
    await poison(house)
    assert set(await sections(house, house.maria)) == {"updates", "unknown"}

    for person, name, other in ((house.anna, "Mine", "Theirs"), (house.boris, "Theirs", "Mine")):
        found = await sections(house, person)
        assert list(found) == ["unknown"]
        assert name in found["unknown"].text
        assert other not in found["unknown"].text


async def test_bytes_are_shown_so_that_they_do_nothing(house: House):
    await poison(house)

    shown = (await sections(house, house.maria))["updates"].select_one("pre")

    assert shown
    assert "\\u202esecret" in shown.text
    assert "<b>" in shown.text
    assert not shown.find("b")


async def test_an_update_that_can_be_read_by_now_becomes_a_message(house: House):
    await house.publishes()
    lead = await settled(house)
    update = {
        "update_id": 99,
        "message": {"message_id": 7, "date": int(house.now.timestamp()), "text": "я тут",
                    "from": {"id": lead.telegram_id, "first_name": "Lucas"},
                    "chat": {"id": lead.chat_id, "type": "private"}},
    }  # fmt: skip
    number = await poison(house)
    async with house.database.unit_of_work() as work:
        (await work.session.get_one(TelegramUpdate, number)).raw = json.dumps(update).encode()

    async with house.site.signed_in(house.oleg) as browser:
        answer = await browser.post(f"/stuck/updates/{number}/replay")
        again = await browser.post(f"/stuck/updates/{number}/replay")

    assert answer.status_code == 303
    assert again.status_code == 404
    assert await poisoned(house) == []
    async with house.database.reading() as session:
        query = select(Message.text).where(Message.lead_id == lead.id)
        assert "я тут" in (await session.execute(query)).scalars().all()


async def test_an_update_that_stays_unreadable_stays_kept(house: House):
    number = await poison(house)

    async with house.site.signed_in(house.maria) as browser:
        answer = await browser.post(f"/stuck/updates/{number}/replay")

    assert answer.status_code == 422
    (kept,) = await poisoned(house)
    assert kept.raw == POISON


async def test_a_bot_whose_token_cannot_be_opened_is_among_the_stuck(house: House):
    async with house.database.unit_of_work() as work:
        work.add(
            Bot.of("7000000002:AAE-a-token-of-a-test-that-is-long", username="torn_bot",
                   name="Torn", transport="webhook", key=b"x" * 32)
        )  # fmt: skip

    found = await sections(house, house.maria)

    assert list(found) == ["bots"]
    assert "torn_bot" in found["bots"].text
    assert "другим ключом" in found["bots"].text
    assert "nova_bot" not in found["bots"].text
    assert found["bots"].select("button") == []  # to try again would change nothing
    assert await sections(house, house.anna) == {}


async def test_only_those_who_keep_machines_act_on_them(house: House):
    may = {"maria": (True, True), "oleg": (True, False), "anna": (False, False),
           "igor": (False, False), "dora": (False, False)}  # fmt: skip
    for who, (replays, enables) in may.items():
        number = await poison(house)
        async with house.site.signed_in(getattr(house, who)) as browser:
            replay = await browser.post(f"/stuck/updates/{number}/replay")
            enable = await browser.post(f"/stuck/bots/{house.bot.id}/enablement")

        assert (replay.status_code != 403, enable.status_code != 403) == (replays, enables)
    async with house.site.visitor() as stranger:
        assert (await stranger.post(f"/stuck/updates/{number}/replay")).status_code == 401


async def test_a_bot_that_is_enabled_again_is_worth_a_look_for_who_waits(house: House):
    await house.publishes()
    waits, idles = await settled(house, "Waits"), await settled(house, "Idles")
    await house.sends(waits, State.QUEUED)
    async with house.database.unit_of_work() as work:
        (await work.session.get_one(Bot, house.bot.id)).disable(because="401", now=house.now)

    async with house.site.signed_in(house.maria) as browser:
        answer = await browser.post(f"/stuck/bots/{house.bot.id}/enablement")
        nobody = await browser.post("/stuck/bots/5/enablement")

    assert (answer.status_code, nobody.status_code) == (303, 404)
    async with house.database.reading() as session:
        assert (await session.get_one(Bot, house.bot.id)).disabled_at is None
    assert (await house.read(waits)).due_at is not None
    assert (await house.read(idles)).due_at is None


async def test_enabling_a_bot_and_an_outcome_at_once_do_not_wait_for_each_other(house: House):
    await house.publishes()
    waits = await settled(house, "Waits")
    await house.sends(waits, State.QUEUED)
    asked = "select count(*) from pg_locks where not granted"
    async with house.site.signed_in(house.maria) as browser:
        async with house.database.unit_of_work() as work:  # a deliverer with its answer
            lead = await work.locked_lead(waits.id)
            enabling = asyncio.create_task(browser.post(f"/stuck/bots/{house.bot.id}/enablement"))

            async def waiting() -> bool:
                async with house.database.statement() as connection:
                    return bool((await connection.execute(text(asked))).scalar())

            await eventually(waiting)
            bot = await Bot.locked(work, lead.bot_id)
            bot.pause(until=house.now + timedelta(hours=1))
        answer = await enabling

    assert answer.status_code == 303
    async with house.database.reading() as session:
        assert (await session.get_one(Bot, house.bot.id)).paused_until is None
    assert (await house.read(waits)).due_at is not None


async def test_of_many_the_first_are_shown_and_all_are_counted(house: House):
    await house.publishes()
    lead = await settled(house)
    for _ in range(53):
        await house.sends(lead, State.UNKNOWN)

    found = (await sections(house, house.maria))["unknown"]

    assert len(found.select("li")) == 50
    assert "53" in found.select(".count")[0].text


MANY = """
    insert into bot (id, username, name, token, transport, path, secret, failures, update_offset)
    values (1, 'b', 'b', '', 'polling', 'p', '', 0, 0);
    insert into lead (bot_id, chat_id, last_action_at) values (1, 1, now());
    insert into message (lead_id, position, direction, author, kind, state, written_at)
    select 1, n, 'in', 'client', 'photo', 'received', now() from generate_series(1, 20000) n;
    insert into media (lead_id, message_id, kind, state, created_at)
    select 1, id, 'photo', case id % 5000 when 0 then 'failed' when 1 then 'pending'
        else 'ready' end, now() - interval '1 hour' from message
"""


async def test_the_page_reads_no_table_from_end_to_end(database: Database):
    """However often it is asked: after a few times PostgreSQL may plan for any value."""
    maria = User(id=1, login="m", name="Мария", role=Role.ADMIN)
    for statement in (*MANY.split(";"), "analyze"):
        async with database.statement() as connection:
            await connection.execute(text(statement))

    async def scans() -> dict[str, int]:
        async with database.statement() as connection:
            await connection.execute(text("select pg_stat_force_next_flush()"))
            rows = await connection.execute(
                text("select relname, seq_scan from pg_stat_user_tables"
                     " where relname in ('message', 'media')")
            )  # fmt: skip
            return {row.relname: row.seq_scan for row in rows}

    before = await scans()
    for _ in range(8):
        async with database.reading() as session:
            found = await stuck(session, maria, now=datetime.now(UTC), key=bytes(32))
        assert found.media.total == 8

    assert await scans() == before
