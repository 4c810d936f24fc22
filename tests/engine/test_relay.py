"""What the relay and the doorbell make good, and what happens when two come at once."""

import asyncio
import json
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from activities.progress import progress
from models.database import Database
from models.lead.receiving import receive
from models.message import Message, State
from models.settings import Settings
from tests.chaos.wire import Wire
from tests.engine.deeds import (
    becomes,
    on_the_wire,
    waiting,
    writes,
)
from tests.engine.processes import GREETING
from tests.eventually import eventually, never
from tests.world import World
from workflows.engine import Engine
from workflows.relay import Relay


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
