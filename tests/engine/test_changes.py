"""Messages that are at Telegram already: edited, deleted, reacted to; one attempt, one outcome."""

from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.commands import Ground, restored
from models.change import Change
from models.errors import Refused
from models.formatting import parse_markup
from models.message import Message, MessageEdit, State
from tests.engine.test_delivery import anna_writes, becomes, found, taken
from tests.eventually import eventually
from tests.phone_people import Client, Line
from tests.world import World


async def said(world: World, person: Client, text: str) -> tuple[Message, Line]:
    """Anna's message, arrived."""
    number = await anna_writes(world, person, text)
    line = await person.hears(text)
    await becomes(world, person, number, State.SENT)
    return await found(world, person, number), line


async def asks(world: World, person: Client, verb: str, message: Message, *what: Any) -> None:
    async with world.change() as work:
        lead = await world.locked(work, person)
        await getattr(lead, verb)(message.id, *what, by=world.anna, now=await world.now())


async def last_change(world: World, message: Message) -> Change:
    async with world.database.reading() as session:
        query = select(Change).where(col(Change.message_id) == message.id)
        rows = (await session.execute(query.order_by(col(Change.id)))).scalars()
        return list(rows)[-1]


async def comes_to(world: World, message: Message, state: State) -> Change:
    async def there() -> bool:
        change = await last_change(world, message)
        assert change.state == state, f"{change.state}: {change.reason}"
        return True

    await eventually(there)
    return await last_change(world, message)


async def seen(person: Client, line: Line, enough: Callable[[Line], Any]) -> Line:
    async def there() -> Line | None:
        lines = await person.lines()
        now = next((one for one in lines if one.message_id == line.message_id), None)
        return now if now and enough(now) else None

    return await eventually(there)


async def test_an_edit_reaches_the_client_and_keeps_what_stood_there(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Придём завтра")

    await asks(world, petra, "edit", message, parse_markup("Придём **сегодня**"))

    await seen(petra, line, lambda one: one.text == "Придём сегодня")
    await comes_to(world, message, State.SENT)
    now = await found(world, petra, message.id)
    assert (now.text, now.entities[0]["type"]) == ("Придём сегодня", "bold")
    assert now.edited_at is not None
    async with world.database.reading() as session:
        before = (await session.execute(select(MessageEdit))).scalars().one()
    assert before.text == "Придём завтра"
    assert (await world.timeline(petra))[-2:] == ["change_asked", "message_edited"]


async def test_what_has_not_left_is_changed_where_it_waits(world: World) -> None:
    petra = await taken(world)
    await world.phone.fault("429", retry_after=60, count=1, client=petra)
    number = await anna_writes(world, petra, "Первое")

    async def slowed() -> bool:
        return (await found(world, petra, number)).reason == "too_many_requests"

    await eventually(slowed)
    message = await found(world, petra, number)
    await asks(world, petra, "edit", message, parse_markup("Второе"))
    await world.passes(timedelta(minutes=2))
    await petra.hears("Второе")
    assert "Первое" not in await petra.heard()


async def test_a_deletion_reaches_the_client_and_stays_in_the_history(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Лишнее")

    await asks(world, petra, "delete", message)

    await comes_to(world, message, State.SENT)
    assert line.message_id not in [one.message_id for one in await petra.lines()]
    now = await found(world, petra, message.id)
    assert now.deleted_at is not None
    assert now.text == "Лишнее"
    with pytest.raises(Refused, match="deleted"):
        await asks(world, petra, "edit", message, parse_markup("Поздно"))


async def test_two_days_are_telegrams_limit(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Давнее")
    await world.passes(timedelta(hours=49))
    with pytest.raises(Refused, match="48"):
        await asks(world, petra, "delete", message)
    await asks(world, petra, "edit", message, parse_markup("Давнее, правленое"))
    await seen(petra, line, lambda one: one.text == "Давнее, правленое")


async def test_reactions_of_both_sides_stand_beside_each_other(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Готово")
    await petra.reacts(line.message_id, "🔥")

    async def heard() -> bool:
        return bool((await found(world, petra, message.id)).reactions)

    await eventually(heard)
    await asks(world, petra, "react", message, "👍")
    await seen(petra, line, lambda one: one.reactions.get("bot") == ["👍"])
    await comes_to(world, message, State.SENT)
    anna = f"user:{world.anna.id}"
    assert (await found(world, petra, message.id)).reactions == [
        {"by": "client", "emoji": "🔥"},
        {"by": anna, "emoji": "👍"},
    ]

    await asks(world, petra, "react", message, None)
    await seen(petra, line, lambda one: not one.reactions.get("bot"))
    await petra.reacts(line.message_id, "❤")

    async def alone() -> bool:
        now = await found(world, petra, message.id)
        return now.reactions == [{"by": "client", "emoji": "❤"}]

    await eventually(alone)


async def test_a_refusal_is_said_and_changes_nothing(world: World) -> None:
    petra = await taken(world)
    message, _ = await said(world, petra, "Как есть")
    words = "Bad Request: message can't be edited"
    await world.phone.fault("400", count=1, description=words, methods=["editMessageText"])

    await asks(world, petra, "edit", message, parse_markup("Иначе"))

    change = await comes_to(world, message, State.FAILED)
    assert change.reason == words
    assert (await found(world, petra, message.id)).text == "Как есть"
    assert (await world.lead(petra)).notice == "failed"


async def test_without_a_clear_answer_nobody_knows_until_somebody_asks_again(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Раз")
    await world.phone.fault("reset_after", count=1, methods=["editMessageText"])

    await asks(world, petra, "edit", message, parse_markup("Два"))
    change = await comes_to(world, message, State.UNKNOWN)
    await world.passes(timedelta(hours=1))
    assert (await last_change(world, message)).attempt == 1
    assert (await found(world, petra, message.id)).text == "Раз"

    async with world.change() as work:
        lead = await world.locked(work, petra)
        await lead.change_again(change.id, by=f"user:{world.anna.id}", now=await world.now())
    await comes_to(world, message, State.SENT)  # “not modified”: it had been done
    assert (await found(world, petra, message.id)).text == "Два"
    assert len((await seen(petra, line, lambda one: one.text == "Два")).edits) == 1


async def test_what_surely_did_not_leave_goes_by_itself(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Раз")
    await world.phone.fault("429", retry_after=30, count=1, methods=["editMessageText"])
    await asks(world, petra, "edit", message, parse_markup("Два"))
    change = await comes_to(world, message, State.QUEUED)
    await eventually(lambda: _waits(world, message))
    await world.passes(timedelta(minutes=1))
    await seen(petra, line, lambda one: one.text == "Два")
    assert (await comes_to(world, message, State.SENT)).id == change.id


async def _waits(world: World, message: Message) -> bool:
    return (await last_change(world, message)).reason == "too_many_requests"


async def test_edits_of_a_message_go_in_their_order(world: World) -> None:
    petra = await taken(world)
    message, line = await said(world, petra, "Раз")
    await world.phone.fault("slow", seconds=0.5, count=1, methods=["editMessageText"])
    await asks(world, petra, "edit", message, parse_markup("Два"))

    async def leaving() -> bool:
        return (await last_change(world, message)).state == State.SENDING

    await eventually(leaving)
    await asks(world, petra, "edit", message, parse_markup("Три"))
    now = await seen(petra, line, lambda one: one.text == "Три")
    assert now.edits == ["Раз", "Два"]
    await comes_to(world, message, State.SENT)
    assert (await found(world, petra, message.id)).text == "Три"


async def test_a_colleagues_words_are_theirs(world: World) -> None:
    petra = await taken(world)
    message, _ = await said(world, petra, "Моё")
    async with world.change() as work:
        lead = await world.locked(work, petra)
        with pytest.raises(Refused, match="wrote"):
            await lead.delete(message.id, by=world.boris, now=await world.now())


async def test_a_worker_that_died_leaves_the_change_to_a_person(world: World) -> None:
    petra = await taken(world)
    message, _ = await said(world, petra, "Раз")
    await world.stop_worker()
    await asks(world, petra, "delete", message)
    async with world.change() as work:
        change = await work.session.get_one(Change, (await last_change(world, message)).id)
        change.state, change.attempt = State.SENDING, 1
        change.claimed_at = (await world.now()) - timedelta(days=1)
    await world.relay.expire()
    assert (await last_change(world, message)).state == State.UNKNOWN
    assert (await world.lead(petra)).notice == "unknown"


async def test_nothing_is_asked_of_a_message_that_is_going_or_gone(
    real_world: World,
) -> None:
    world = real_world
    petra = await taken(world)
    message, line = await said(world, petra, "Раз")
    await world.phone.fault("reset_after", count=1, methods=["editMessageText"], client=petra)
    await asks(world, petra, "edit", message, parse_markup("Два"))
    edit = await comes_to(world, message, State.UNKNOWN)
    await world.stop_worker()
    await asks(world, petra, "delete", message)

    with pytest.raises(Refused, match="being deleted"):
        await asks(world, petra, "edit", message, parse_markup("Три"))
    with pytest.raises(Refused, match="being deleted"):
        await asks_again(world, petra, edit)
    await world.start_worker()
    await comes_to(world, message, State.SENT)
    with pytest.raises(Refused, match="is deleted"):
        await asks_again(world, petra, edit)
    assert line.message_id not in [one.message_id for one in await petra.lines()]


async def asks_again(world: World, person: Client, change: Change) -> None:
    async with world.change() as work:
        lead = await world.locked(work, person)
        await lead.change_again(change.id, by=world.anna.actor, now=await world.now())


async def test_after_a_restore_a_change_is_asked_by_people_alone(
    real_world: World,
) -> None:
    world = real_world
    petra = await taken(world)
    message, line = await said(world, petra, "Раз")
    await world.stop_worker()
    await asks(world, petra, "edit", message, parse_markup("Два"))
    parts = (world.settings, world.database, world.engine, world.storage, world.telegram)

    await restored(Ground(*parts), Namespace())

    await world.start_worker()
    change = await comes_to(world, message, State.UNKNOWN)
    assert change.reason == "restored"
    assert (await seen(petra, line, bool)).edits == []
    await asks_again(world, petra, change)
    await seen(petra, line, lambda one: one.text == "Два")
