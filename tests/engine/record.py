"""Records the corpus of histories: `python -m pytest tests/engine/record.py`.

Done anew only when the shape of the lead's workflow changes on purpose; older files stay as long
as leads with such histories may be running.
"""

from datetime import timedelta
from pathlib import Path

from models.lead.content import Content
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World

FOLDER = Path(__file__).parent / "histories"


async def record(world: World, person: Client, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    history = await world.history(person)
    (FOLDER / f"{name}.json").write_text(history.to_json())


async def asked(world: World) -> Client:
    await world.publishes(GREETING)
    ivan = await world.client("Иван", username="ivan_petrov")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    return ivan


async def test_answered(world: World) -> None:
    ivan = await asked(world)
    await ivan.writes("да")
    await ivan.hears("Отлично!")
    await world.stands_at(ivan, None)
    await record(world, ivan, "answered")


async def test_silent(world: World) -> None:
    ivan = await asked(world)
    await world.passes(timedelta(hours=3))
    await world.stands_at(ivan, "ask_again")
    await world.passes(timedelta(days=2))
    await world.stands_at(ivan, None)
    await record(world, ivan, "silent")


async def test_taken_over(world: World) -> None:
    ivan = await asked(world)
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.write(Content(text="Анна"), by=world.anna, key="h", now=await world.now())
    await ivan.hears("Анна")
    await world.hears(ivan, "спасибо")
    await world.stands_at(ivan, "ask", mode="manual")
    await record(world, ivan, "taken_over")


async def test_photo_while_telegram_refuses(world: World) -> None:
    ivan = await asked(world)
    await world.phone.fault("429", count=1, retry_after=30, client=ivan)
    await ivan.sends("photo")
    await world.stands_at(ivan, "human", mode="manual")
    await world.phone.fault("reset_after", count=1, client=ivan)
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.write(Content(text="Вижу"), by=world.anna, key="h2", now=await world.now())

    async def held() -> bool:
        return (await world.messages(ivan))[-1].reason == "too_many_requests"

    await eventually(held)
    await world.passes(timedelta(minutes=2))
    await ivan.hears("Вижу")
    await world.stands_at(ivan, "human")
    await record(world, ivan, "trouble")
