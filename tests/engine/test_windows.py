"""Moments between two steps, where a careless order of things would lose or repeat a message."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from temporalio.testing import WorkflowEnvironment

from activities.progress import progress
from machine.postgres import Postgres
from models.database import Database
from models.lead.content import Content
from models.lead.receiving import receive
from models.message import Message, State
from models.process.version import definition_of
from models.settings import Settings
from tests.chaos.wire import Wire
from tests.engine.processes import GREETING
from tests.eventually import eventually, never
from tests.phone_people import Client
from tests.phone_process import Phone
from tests.world import World
from workflows.engine import Engine
from workflows.relay import Relay


@pytest.fixture
async def wire(postgres: Postgres) -> AsyncIterator[Wire]:
    wire = await Wire(postgres.port, postgres=True).start()
    yield wire
    await wire.close()


@pytest.fixture
async def wired(
    wire: Wire,
    database_url: str,
    postgres: Postgres,
    phone: Phone,
    temporal_virtual: WorkflowEnvironment,
    tmp_path: Path,
) -> AsyncIterator[World]:
    """The world, whose web and worker reach the database through the wire."""
    url = database_url.replace(str(postgres.port), str(wire.port))
    async with World(
        url, phone, temporal_virtual.client, tmp_path, environment=temporal_virtual,
        sending_limit=timedelta(seconds=4),
    ) as world:  # fmt: skip
        yield world


async def waiting(world: World) -> Client:
    """Ivan was greeted and is asked."""
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    return ivan


async def takes_over(world: World, person: Client) -> list[Message]:
    async with world.change() as work:
        lead = await world.locked(work, person)
        return await lead.take_over(by=f"user:{world.anna.id}", now=await world.now())


async def gives_back(world: World, person: Client, at: str = "same") -> None:
    now = await world.now()
    async with world.change() as work:
        lead = await world.locked(work, person)
        state = lead.state
        assert state is not None
        await lead.give_back(
            by=f"user:{world.anna.id}", now=now, at=at,
            definition=await definition_of(work.session, state.process, state.version),
            facts=await lead.facts(state, []),
        )  # fmt: skip


async def writes(world: World, person: Client, text: str) -> int:
    async with world.change() as work:
        lead = await world.locked(work, person)
        now = await world.now()
        rows = await lead.write(Content(text=text), by=world.anna, key=text, now=now)
    return rows[0].id or 0


async def becomes(world: World, person: Client, message_id: int, state: State) -> Message:
    async def there() -> Message:
        messages = await world.messages(person)
        found = next(one for one in messages if one.id == message_id)
        assert found.state == state, (found.state, found.reason)
        return found

    return await eventually(there)


BUTTONS = """
process: buttons
title: {ru: Кнопки, en: Buttons}
languages: [ru]
start: hello
steps:
  hello:
    send:
      text: {ru: "Вам интересно?"}
      buttons:
        - {id: "yes", text: {ru: "Да"}}
    next: ask
  ask:
    wait: {for: reply, timeout: 1d}
    next: done
  done:
    end: answered
scenarios:
  - name: silence
    events:
      - client: /start
      - expect: {step: ask}
"""


async def on_the_wire(world: World, person: Client) -> Message:
    """The one message that is being sent just now."""

    async def there() -> Message | None:
        messages = await world.messages(person)
        return next((one for one in messages if one.state == State.SENDING), None)

    return await eventually(there)


async def test_an_automatic_message_refused_after_a_take_over_blocks_nobody(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await world.phone.fault("slow", count=1, seconds=1, client=ivan)
    await world.phone.fault("429", count=1, retry_after=1, client=ivan)
    await ivan.starts()
    leaving = await on_the_wire(world, ivan)
    assert [one.id for one in await takes_over(world, ivan)] == [leaving.id]
    mine = await writes(world, ivan, "Это Анна")
    await becomes(world, ivan, leaving.id or 0, State.CANCELLED)
    await world.passes(timedelta(seconds=5))
    await becomes(world, ivan, mine, State.SENT)
    assert await ivan.heard() == ["Это Анна"]


async def test_an_automatic_message_refused_while_the_process_leads_leaves_later(
    world: World,
) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await world.phone.fault("429", count=1, retry_after=1, client=ivan)
    await ivan.starts()
    await eventually(lambda: attempts(world, ivan))
    await world.passes(timedelta(seconds=5))
    await ivan.hears("Здравствуйте, Иван")


async def attempts(world: World, person: Client) -> int:
    return sum(one.attempt for one in await world.messages(person) if one.author != "client")


async def test_given_back_while_a_message_is_on_the_wire_the_step_does_not_say_it_twice(
    world: World,
) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await world.phone.fault("slow_after", count=1, seconds=1, client=ivan)
    await ivan.starts()
    leaving = await on_the_wire(world, ivan)
    await takes_over(world, ivan)
    await gives_back(world, ivan, "same")
    await becomes(world, ivan, leaving.id or 0, State.SENT)
    await world.stands_at(ivan, "ask", mode="auto")
    assert await ivan.heard() == ["Здравствуйте, Иван. Вам интересно?"]


async def test_one_refused_message_takes_no_other_with_it(world: World) -> None:
    petra = await waiting(world)
    await takes_over(world, petra)
    await world.phone.fault("400", count=1, description="Bad Request: nope", client=petra)
    await world.phone.fault("slow", count=1, seconds=0.5, client=petra)
    first = await writes(world, petra, "Первое")
    second = await writes(world, petra, "Второе")
    await becomes(world, petra, first, State.FAILED)
    await becomes(world, petra, second, State.SENT)


async def test_an_outcome_stored_twice_is_one_line(wired: World, wire: Wire) -> None:
    ivan = await waiting(wired)
    await takes_over(wired, ivan)
    await wired.stands_at(ivan, "ask", mode="manual")
    trap = wire.trap("UPDATE message SET", "committed")
    message = await writes(wired, ivan, "Один раз")
    await trap.sprung()
    trap.tear()
    await becomes(wired, ivan, message, State.SENT)
    await eventually(lambda: nothing_leaves(wired, ivan))
    assert (await wired.timeline(ivan)).count("message_sent") == 2  # the greeting and this one


async def nothing_leaves(world: World, person: Client) -> bool:
    lead = await world.lead(person)
    return lead.seen == lead.seq


async def test_a_claim_that_is_told_too_late_is_not_written(wired: World, wire: Wire) -> None:
    ivan = await waiting(wired)
    trap = wire.trap("set state = 'sending'", "answered")
    message = await writes(wired, ivan, "Не поздно ли?")
    await trap.sprung()
    await never(lambda: trap.free.is_set(), within=1.2)  # a quarter of the limit is one second
    trap.release()
    await becomes(wired, ivan, message, State.SENT)
    requests = await wired.phone.requests()
    tried = [one.get("reference") for one in requests if one["chat"] == ivan.id]
    assert [one for one in tried if one and one.startswith(f"{message}.")] == [f"{message}.2"]


async def expires(world: World) -> None:
    """Time passes for what is being sent, and the relay looks."""
    async with world.database.statement() as connection:
        await connection.execute(text("update message set claimed_at = now() - interval '1 h'"))
    await world.relay.expire()


async def test_what_a_person_has_forgotten_is_not_sent_by_a_late_refusal(world: World) -> None:
    ivan = await waiting(world)
    await world.phone.fault("slow", count=1, seconds=1, client=ivan)
    await world.phone.fault("429", count=1, retry_after=1, client=ivan)
    message = await writes(world, ivan, "Забудьте")
    await on_the_wire(world, ivan)
    await expires(world)
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.settle(message, State.FAILED, by="user:1", now=await world.now())
    await eventually(lambda: refused(world, ivan))
    await world.passes(timedelta(seconds=5))
    assert "Забудьте" not in await ivan.heard()
    await becomes(world, ivan, message, State.FAILED)


async def test_a_late_refusal_settles_what_nobody_has_settled(world: World) -> None:
    ivan = await waiting(world)
    await world.phone.fault("slow", count=1, seconds=1, client=ivan)
    await world.phone.fault("429", count=1, retry_after=1, client=ivan)
    message = await writes(world, ivan, "Ещё раз")
    await on_the_wire(world, ivan)
    await expires(world)
    await eventually(lambda: refused(world, ivan))
    await becomes(world, ivan, message, State.QUEUED)
    await world.passes(timedelta(seconds=5))
    await becomes(world, ivan, message, State.SENT)


async def refused(world: World, person: Client) -> bool:
    found = [one for one in await world.phone.requests() if one["chat"] == person.id]
    return any(one["status"] == 429 for one in found)


async def test_a_press_settles_a_message_whose_answer_never_came(world: World) -> None:
    await world.publishes(BUTTONS)
    ivan = await world.client("Иван")
    await world.phone.fault("slow_after", count=1, seconds=1, client=ivan)
    await world.phone.fault("reset_after", count=1, client=ivan)
    await ivan.starts()
    line = await ivan.hears("Вам интересно?")
    leaving = await on_the_wire(world, ivan)
    await ivan.presses("Да")
    settled = await becomes(world, ivan, leaving.id or 0, State.SENT)
    assert settled.telegram_ids == [line.message_id]
    lead = await world.stands_at(ivan, None, mode="auto")
    assert lead.notice is None
    assert "message_unknown" not in await world.timeline(ivan)


async def test_a_ring_for_an_event_that_a_restore_took_away_does_not_keep_the_lead_running(
    world: World,
) -> None:
    ivan = await waiting(world)
    lead = await world.lead(ivan)
    await world.engine.ring(lead.id or 0, lead.seq + 1000)
    handle = world.temporal.get_workflow_handle(f"lead-{lead.id}")
    await eventually(lambda: longer_than(handle, 0))
    before = await handle.describe()

    async def spins() -> bool:
        after = await handle.describe()
        return after.run_id != before.run_id or after.history_length > before.history_length + 15

    await never(spins, within=2)
    await ivan.writes("да")
    await ivan.hears("Отлично!")


async def longer_than(handle: Any, events: int) -> bool:
    described = await handle.describe()
    return bool(described.history_length > events)


async def test_what_is_about_to_leave_is_due_so_that_a_lost_engine_is_noticed(
    world: World,
) -> None:
    ivan = await waiting(world)
    await world.stop_worker()
    await writes(world, ivan, "Скоро уйдёт")
    now = await world.now()
    async with world.change() as work:
        move = await progress(work, await world.locked(work, ivan), now=now)
    assert move.deliver is not None
    assert (await world.lead(ivan)).due_at == now


async def test_an_older_worker_leaves_the_state_of_a_newer_one_alone(world: World) -> None:
    ivan = await waiting(world)
    async with world.database.statement() as connection:
        await connection.execute(
            text('update lead set process_state = process_state || \'{"format": 999, "step": 5}\'')
        )
    await ivan.writes("да")
    message = await writes(world, ivan, "Пишет Анна")
    await becomes(world, ivan, message, State.SENT)
    lead = await world.lead(ivan)
    assert lead.process_state
    assert lead.process_state["format"] == 999
    async with world.database.reading() as session:
        query = (
            "select min(seq) from event where lead_id = :lead and kind = 'client_wrote' and seq > 3"
        )
        unheard = (await session.execute(text(query), {"lead": lead.id})).scalar_one()
    assert lead.seen < unheard, "the newer worker would never hear it"


async def test_the_relay_does_not_end_a_fresh_attempt(wired: World, wire: Wire) -> None:
    ivan = await waiting(wired)
    await wired.stop_worker()
    message = await writes(wired, ivan, "Вторая попытка")
    await set_sending(wired, message, "1 h")
    trap = wire.trap("where state = 'sending' and claimed_at", "answered")
    expiring = asyncio.ensure_future(wired.relay.expire())
    await trap.sprung()
    await set_sending(wired, message, "0 s")
    trap.release()
    await expiring
    await becomes(wired, ivan, message, State.SENDING)


async def test_the_relay_ends_an_old_attempt(wired: World) -> None:
    ivan = await waiting(wired)
    await wired.stop_worker()
    message = await writes(wired, ivan, "Первая попытка")
    await set_sending(wired, message, "1 h")
    await wired.relay.expire()
    await becomes(wired, ivan, message, State.UNKNOWN)


async def set_sending(world: World, message_id: int, ago: str) -> None:
    async with world.database.statement() as connection:
        await connection.execute(
            text(
                "update message set state = 'sending', attempt = attempt + 1,"
                f" claimed_at = now() - interval '{ago}' where id = {message_id}"
            )
        )


async def test_the_relay_reaches_everybody_however_many_are_stuck(
    database: Database, tmp_path: Path
) -> None:
    async with database.statement() as connection:
        await connection.execute(
            text(
                "insert into bot (id, username, name, token, transport, path, secret, failures,"
                " update_offset) values (1, 'b', 'b', '', 'polling', 'p', '', 0, 0)"
            )
        )
        await connection.execute(
            text(
                "insert into lead (bot_id, chat_id, last_action_at, seq)"
                " select 1, n, now(), 1 from generate_series(1, 450) n"
            )
        )
    rings = Rings()
    relay = Relay(database, rings, Settings(data=tmp_path))
    for _ in range(3):
        await relay.round()
    assert len(set(rings.rung)) == 450


class Rings(Engine):
    """An engine that only writes down who was rung."""

    def __init__(self) -> None:
        self.rung: list[int] = []

    async def ring(self, lead_id: int, seq: int) -> None:
        self.rung.append(lead_id)


async def test_two_first_messages_at_once_are_both_kept(
    wired: World, wire: Wire, database_url: str
) -> None:
    direct, bot = Database(database_url), wired.phone_bot.id
    trap = wire.trap("\nFROM lead \n", "asked")
    second = asyncio.ensure_future(receive(wired.database, update_of(2, "вторая"), bot_id=bot))
    await trap.sprung()
    await receive(direct, update_of(1, "/start"), bot_id=bot)
    trap.release()
    assert not (await second).known
    async with direct.reading() as session:
        words = list(
            (await session.execute(select(Message.text).order_by(Message.position))).scalars()
        )
    assert words == ["/start", "вторая"]
    await direct.close()


async def test_the_same_first_message_twice_at_once_is_kept_once(
    wired: World, wire: Wire, database_url: str
) -> None:
    direct, bot = Database(database_url), wired.phone_bot.id
    trap = wire.trap("\nFROM lead \n", "asked")
    second = asyncio.ensure_future(receive(wired.database, update_of(1, "/start"), bot_id=bot))
    await trap.sprung()
    await receive(direct, update_of(1, "/start"), bot_id=bot)
    trap.release()
    assert (await second).known
    async with direct.reading() as session:
        words = list(
            (await session.execute(select(Message.text).order_by(Message.position))).scalars()
        )
    assert words == ["/start"]
    await direct.close()


def update_of(number: int, words: str) -> bytes:
    message = {
        "message_id": number,
        "date": 1_767_000_000,
        "chat": {"id": 501, "type": "private"},
        "from": {"id": 501, "first_name": "Иван"},
        "text": words,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_an_outcome_is_stored_even_when_what_comes_next_cannot_be_done(world: World) -> None:
    marked = "next: mark\n  mark:\n    set: {tag: [vip]}\n    next: ask\n  ask:"
    await world.publishes(GREETING.replace("next: ask\n  ask:", marked, 1))
    ivan = await world.client("Иван")
    await world.phone.fault("slow_after", count=1, seconds=1, client=ivan)
    await ivan.starts()
    leaving = await on_the_wire(world, ivan)
    async with world.database.statement() as connection:
        await connection.execute(text("delete from tag where name = 'vip'"))
    await becomes(world, ivan, leaving.id or 0, State.SENT)
