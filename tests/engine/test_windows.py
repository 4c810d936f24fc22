"""Moments between two steps, where a careless order of things would lose or repeat a message."""

from datetime import timedelta

from sqlalchemy import text

from models.message import State
from tests.chaos.wire import Wire
from tests.engine.deeds import (
    BUTTONS,
    becomes,
    gives_back,
    on_the_wire,
    takes_over,
    waiting,
    writes,
)
from tests.engine.processes import GREETING
from tests.eventually import eventually, never
from tests.phone_people import Client
from tests.world import World


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
    trap = wire.trap('"message_sent"', "committed")
    message = await writes(wired, ivan, "Один раз")
    await trap.sprung()
    trap.tear()
    await becomes(wired, ivan, message, State.SENT)
    await wired.stop_worker()  # it brings to an end what it has begun
    assert (await wired.timeline(ivan)).count("message_sent") == 2  # the greeting and this one


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
    await world.phone.fault("429", count=1, retry_after=60, client=ivan)
    message = await writes(world, ivan, "Ещё раз")
    await on_the_wire(world, ivan)
    await expires(world)
    await eventually(lambda: refused(world, ivan))
    await becomes(world, ivan, message, State.QUEUED)
    await world.passes(timedelta(seconds=70))
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
