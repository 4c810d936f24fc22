"""What Telegram answers, and what becomes of a message: each row of delivery.md's table."""

from datetime import timedelta

import pytest

from models.lead.content import Content
from models.message import Message, State
from models.spot import Bot
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World


async def taken(world: World) -> Client:
    """A client in Anna's hands."""
    person = await world.client("Петра")
    await person.starts()
    await world.stands_at(person, None, mode="manual")
    return person


async def anna_writes(world: World, person: Client, text: str, *, key: str | None = None) -> int:
    async with world.change() as work:
        lead = await world.locked(work, person)
        rows = await lead.write(
            Content(text=text), by=world.anna, key=key or text[:40], now=await world.now()
        )
    return rows[0].id or 0


async def becomes(world: World, person: Client, message_id: int, state: State) -> str | None:
    """Waits for the state; returns its reason."""

    async def there() -> bool:
        assert (await found(world, person, message_id)).state == state
        return True

    await eventually(there)
    return (await found(world, person, message_id)).reason


async def found(world: World, person: Client, message_id: int) -> Message:
    return next(one for one in await world.messages(person) if one.id == message_id)


async def settles(world: World, person: Client, message_id: int, answer: State) -> None:
    async with world.change() as work:
        lead = await world.locked(work, person)
        by = f"user:{world.anna.id}"
        await lead.settle(message_id, answer, by=by, now=await world.now())


async def test_accepted_is_sent_with_telegrams_id(world: World) -> None:
    petra = await taken(world)
    message = await anna_writes(world, petra, "Здравствуйте")
    line = await petra.hears("Здравствуйте")
    await becomes(world, petra, message, State.SENT)
    assert (await found(world, petra, message)).telegram_ids == [line.message_id]


@pytest.mark.parametrize("fault", ["reset_after", "eof_after", "garbage", "5xx_after"])
async def test_accepted_without_a_clear_answer_is_unknown_and_not_repeated(
    world: World, fault: str
) -> None:
    petra = await taken(world)
    await world.phone.fault(fault, count=1, client=petra)
    message = await anna_writes(world, petra, "Дошло?")
    await becomes(world, petra, message, State.UNKNOWN)
    await world.passes(timedelta(hours=1))
    assert (await petra.heard()).count("Дошло?") == 1
    assert (await world.lead(petra)).notice == "unknown"


@pytest.mark.parametrize("fault", ["reset_before", "5xx_before"])
async def test_not_accepted_without_a_clear_answer_is_unknown_too(world: World, fault: str) -> None:
    petra = await taken(world)
    await world.phone.fault(fault, count=1, client=petra)
    message = await anna_writes(world, petra, "Дошло?")
    await becomes(world, petra, message, State.UNKNOWN)
    await world.passes(timedelta(hours=1))
    assert await petra.heard() == []


@pytest.mark.parametrize(
    ("answer", "state", "times"),
    [(State.SENT, State.SENT, 1), (State.FAILED, State.FAILED, 1), (State.QUEUED, State.SENT, 2)],
)
async def test_a_person_settles_the_unknown(
    world: World, answer: State, state: State, times: int
) -> None:
    petra = await taken(world)
    await world.phone.fault("reset_after", count=1, client=petra)
    message = await anna_writes(world, petra, "Дошло?")
    await becomes(world, petra, message, State.UNKNOWN)
    await settles(world, petra, message, answer)
    await becomes(world, petra, message, state)
    assert (await petra.heard()).count("Дошло?") == times


async def test_a_reply_to_a_message_without_an_answer_says_that_it_arrived(world: World) -> None:
    petra = await taken(world)
    await world.phone.fault("reset_after", count=1, client=petra)
    message = await anna_writes(world, petra, "Дошло?")
    line = await petra.hears("Дошло?")
    await becomes(world, petra, message, State.UNKNOWN)
    await petra.writes("Да!", reply_to=line.message_id, quote="Дошло")
    await becomes(world, petra, message, State.SENT)
    assert (await found(world, petra, message)).telegram_ids == [line.message_id]
    assert (await world.messages(petra))[-1].reply_to_id == message
    assert (await world.lead(petra)).notice is None


async def test_a_message_after_an_unknown_does_not_wait_for_it(world: World) -> None:
    petra = await taken(world)
    await world.phone.fault("reset_after", count=1, client=petra)
    first = await anna_writes(world, petra, "Первое")
    second = await anna_writes(world, petra, "Второе")
    await becomes(world, petra, first, State.UNKNOWN)
    await becomes(world, petra, second, State.SENT)


async def test_refused_is_failed_with_telegrams_words(world: World) -> None:
    petra = await taken(world)
    await world.phone.fault("400", count=1, description="Bad Request: chat not found", client=petra)
    message = await anna_writes(world, petra, "Кому?")
    assert await becomes(world, petra, message, State.FAILED) == "Bad Request: chat not found"


async def test_a_blocked_bot_is_a_failure_and_an_event(world: World) -> None:
    petra = await taken(world)
    await petra.blocks()
    await eventually(lambda: blocked(world, petra))
    message = await anna_writes(world, petra, "Вы тут?")
    await becomes(world, petra, message, State.FAILED)
    assert "client_blocked" in await world.timeline(petra)


async def blocked(world: World, person: Client) -> bool:
    return (await world.lead(person)).blocked_at is not None


async def test_too_many_requests_pauses_the_bot_for_as_long_as_it_says(world: World) -> None:
    petra = await taken(world)
    await world.phone.fault("429", count=1, retry_after=600, client=petra)
    message = await anna_writes(world, petra, "Позже")
    await eventually(lambda: paused(world))
    assert await petra.heard() == []
    assert (await found(world, petra, message)).state == State.QUEUED
    await world.passes(timedelta(seconds=590))
    assert await petra.heard() == []
    await world.passes(timedelta(seconds=15))
    await petra.hears("Позже")
    await becomes(world, petra, message, State.SENT)
    assert not await paused(world)


async def paused(world: World) -> bool:
    async with world.database.reading() as session:
        bot = await session.get_one(Bot, world.phone_bot.id)
    return bot.paused_until is not None


async def test_a_bot_sealed_with_another_key_sends_nothing_until_its_key_is_back(
    world: World,
) -> None:
    petra = await taken(world)
    async with world.change() as work:
        bot = await work.session.get_one(Bot, world.phone_bot.id)
        sealed, bot.token = bot.token, b"sealed with a key that is lost"
    message = await anna_writes(world, petra, "Позже")
    await eventually(lambda: paused(world))
    assert await becomes(world, petra, message, State.QUEUED) == "token_sealed"
    async with world.change() as work:
        (await work.session.get_one(Bot, world.phone_bot.id)).token = sealed
    await world.passes(timedelta(minutes=2))
    await becomes(world, petra, message, State.SENT)
    assert await petra.heard() == ["Позже"]


async def test_messages_leave_in_the_order_they_were_written(world: World) -> None:
    petra = await taken(world)
    words = [f"Сообщение {number}" for number in range(8)]
    for text in words:
        await anna_writes(world, petra, text)
    await petra.hears(words[-1])
    assert await petra.heard() == words


async def test_a_long_text_goes_in_parts_at_paragraphs(world: World) -> None:
    petra = await taken(world)
    text = "\n\n".join(f"{number} " + "слово " * 300 for number in range(4))
    await anna_writes(world, petra, text, key="long")
    await eventually(lambda: said(world, petra, parts=2))
    heard = await petra.heard()
    assert all(len(part) <= 4096 for part in heard)
    assert [part.split()[0] for part in heard] == ["0", "2"]


async def said(world: World, person: Client, *, parts: int) -> bool:
    return len(await person.heard()) == parts


async def test_a_send_step_that_fails_hands_over_with_the_reason(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await world.phone.fault("400", count=1, description="Bad Request: nope", client=ivan)
    await ivan.starts()
    lead = await world.stands_at(ivan, "hello", mode="manual")
    assert lead.mode_because == "send_failed"
    assert "handed_over" in await world.timeline(ivan)


async def test_a_send_step_whose_message_is_unknown_goes_on(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await world.phone.fault("reset_after", count=1, client=ivan)
    await ivan.starts()
    await world.stands_at(ivan, "ask", mode="auto", notice="unknown")


async def test_telegram_away_for_an_hour_delays_and_loses_nothing(world: World) -> None:
    petra = await taken(world)
    away = await world.phone.fault("refuse_connections")
    message = await anna_writes(world, petra, "Дождалась")
    await eventually(lambda: paused(world))
    await world.passes(timedelta(hours=1))
    assert (await found(world, petra, message)).state in (State.QUEUED, State.SENDING)
    await world.phone.no_faults()
    assert away
    await world.passes(timedelta(minutes=2))
    await petra.hears("Дождалась")
    assert (await petra.heard()).count("Дождалась") == 1
