"""The walks of a client's message and of a step, from Telegram to Telegram, in virtual time."""

from datetime import timedelta

from tests.engine.processes import GREETING
from tests.world import World


async def test_a_client_who_starts_is_greeted_by_name_and_waited_for(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await ivan.hears("Здравствуйте, Иван. Вам интересно?")
    lead = await world.stands_at(ivan, "ask", mode="auto", stage_key="new")
    assert lead.due_at is not None


async def test_silence_of_two_hours_brings_one_nudge(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    await world.passes(timedelta(hours=2, minutes=1))
    await ivan.hears("Вы ещё здесь?")
    await world.stands_at(ivan, "ask_again")
    assert await ivan.heard() == ["Здравствуйте, Иван. Вам интересно?", "Вы ещё здесь?"]


async def test_an_answer_in_time_stops_the_nudge(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    await ivan.writes("да")
    await ivan.hears("Отлично!")
    await world.stands_at(ivan, None, stage_key="talking")
    await world.passes(timedelta(hours=3))
    assert "Вы ещё здесь?" not in await ivan.heard()
