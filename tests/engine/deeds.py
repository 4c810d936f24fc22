"""What people do in tests of the moments between two steps, and what becomes of it."""

from models.lead.content import Content
from models.message import Message, State
from models.process.version import definition_of
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World


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
