"""Taking a lead over and giving it back: who leads is the row's, and the workflow follows."""

from datetime import timedelta

import pytest

from models.errors import Refused
from models.lead.content import Content
from models.process.version import definition_of
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World


async def waiting(world: World, name: str = "Иван") -> Client:
    """A client who was greeted and is asked."""
    await world.publishes(GREETING)
    person = await world.client(name)
    await person.starts()
    await world.stands_at(person, "ask")
    return person


async def takes_over(world: World, person: Client, **how: object) -> list[object]:
    async with world.change() as work:
        lead = await world.locked(work, person)
        return list(
            await lead.take_over(by=f"user:{world.anna.id}", now=await world.now(), **how)  # type: ignore[arg-type]
        )


async def gives_back(world: World, person: Client, at: str, *, reads: bool | None = None) -> None:
    """`reads`: everything, nothing, or by default what came after the last word of a person."""
    now = await world.now()
    async with world.change() as work:
        lead = await world.locked(work, person)
        state = lead.state
        assert state is not None
        read = await (lead.unanswered(now=now) if reads is None else lead.meanwhile(now=now))
        read = [] if reads is False else read
        await lead.give_back(
            by=f"user:{world.anna.id}", now=now, at=at, read=read,
            definition=await definition_of(work.session, state.process, state.version),
            facts=await lead.facts(state, read),
        )  # fmt: skip


async def test_taking_over_stops_the_nudge(world: World) -> None:
    petra = await waiting(world, "Петра")
    await takes_over(world, petra)
    await world.stands_at(petra, "ask", mode="manual")
    await world.passes(timedelta(days=3))
    assert await petra.heard() == ["Здравствуйте, Петра. Вам интересно?"]
    lead = await world.stands_at(petra, "ask")
    assert lead.due_at is None
    assert (await world.timeline(petra))[-1] == "taken_over"


async def test_taking_over_does_not_stop_a_managers_message(world: World) -> None:
    petra = await waiting(world, "Петра")
    await takes_over(world, petra)
    await world.stands_at(petra, "ask", mode="manual")
    async with world.change() as work:
        lead = await world.locked(work, petra)
        content = Content(text="Это Анна")
        await lead.write(content, by=world.anna, key="k1", now=await world.now())
    await petra.hears("Это Анна")


async def test_taking_over_twice_is_one_take_over(world: World) -> None:
    petra = await waiting(world, "Петра")
    await takes_over(world, petra)
    epoch = (await world.lead(petra)).epoch
    await takes_over(world, petra)
    assert (await world.lead(petra)).epoch == epoch
    assert (await world.timeline(petra)).count("taken_over") == 1


async def test_writing_to_a_lead_in_auto_takes_it_over(world: World) -> None:
    ivan = await waiting(world)
    assert (await world.lead(ivan)).mode == "auto"
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        content = Content(text="Я на связи")
        await lead.write(content, by=world.anna, key="k2", now=await world.now())
    await ivan.hears("Я на связи")
    lead = await world.stands_at(ivan, "ask", mode="manual")
    assert lead.owner_id == world.anna.id


async def test_the_same_key_written_twice_is_sent_once(world: World) -> None:
    ivan = await waiting(world)
    for _ in range(2):
        async with world.change() as work:
            lead = await world.locked(work, ivan)
            content = Content(text="Один раз")
            await lead.write(content, by=world.anna, key="k3", now=await world.now())
    await ivan.hears("Один раз")
    await world.stands_at(ivan, "ask")
    assert (await ivan.heard()).count("Один раз") == 1


async def test_given_back_to_the_same_step_the_wait_starts_anew(world: World) -> None:
    ivan = await waiting(world)
    await takes_over(world, ivan)
    await world.passes(timedelta(hours=1, minutes=50))
    await gives_back(world, ivan, "same")
    await world.stands_at(ivan, "ask", mode="auto")
    await world.passes(timedelta(hours=1))
    assert "Вы ещё здесь?" not in await ivan.heard()
    await world.passes(timedelta(hours=1, minutes=1))
    await ivan.hears("Вы ещё здесь?")


async def test_what_the_client_wrote_meanwhile_is_read_by_the_step(world: World) -> None:
    ivan = await waiting(world)
    await takes_over(world, ivan)
    await world.hears(ivan, "да, очень")
    await gives_back(world, ivan, "same")
    await ivan.hears("Отлично!")


async def test_what_a_person_has_answered_is_not_read_by_default(world: World) -> None:
    ivan = await waiting(world)
    await ivan.sends("photo")  # the first answer is not understood: handed over
    await world.stands_at(ivan, "human", mode="manual")
    await world.hears(ivan, "да")
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.write(
            Content(text="Расскажу сама"), by=world.anna, key="k4", now=await world.now()
        )
    await ivan.hears("Расскажу сама")
    await gives_back(world, ivan, "ask")
    lead = await world.stands_at(ivan, "ask", mode="auto")
    assert lead.state is not None
    assert lead.state.unread == ()


async def test_words_that_are_not_handed_over_are_not_heard_later(world: World) -> None:
    ivan = await waiting(world)
    await takes_over(world, ivan)
    await world.hears(ivan, "да")
    await gives_back(world, ivan, "same", reads=False)
    lead = await world.stands_at(ivan, "ask", mode="auto")
    assert lead.due_at is not None
    assert "Отлично!" not in await ivan.heard()


@pytest.mark.parametrize(
    ("place", "hears"), [("next", None), ("thanks", "Отлично!"), ("start", "Здравствуйте, Иван")]
)
async def test_a_person_chooses_where_the_process_goes_on(
    world: World, place: str, hears: str | None
) -> None:
    ivan = await waiting(world)
    await takes_over(world, ivan)
    await gives_back(world, ivan, place)
    if hears is None:  # nothing was written: the branch hands over to a person
        await world.stands_at(ivan, "human", mode="manual")
    else:
        await eventually(lambda: heard_last(ivan, hears))


async def heard_last(person: Client, words: str) -> bool:
    return (await person.heard())[-1].startswith(words)


async def test_a_place_that_does_not_exist_is_refused_and_nothing_changes(world: World) -> None:
    ivan = await waiting(world)
    await takes_over(world, ivan)
    before = await world.lead(ivan)
    with pytest.raises(Refused, match="choose a step"):
        await gives_back(world, ivan, "nowhere")
    after = await world.lead(ivan)
    assert (after.mode, after.epoch, after.seq) == ("manual", before.epoch, before.seq)


async def test_a_timed_pause_ends_by_itself(world: World) -> None:
    ivan = await waiting(world)
    until = await world.now() + timedelta(minutes=60)
    await takes_over(world, ivan, until=until)
    await world.stands_at(ivan, "ask", mode="manual")
    await world.passes(timedelta(minutes=59))
    assert (await world.lead(ivan)).mode == "manual"
    await world.passes(timedelta(minutes=2))
    await world.stands_at(ivan, "ask", mode="auto", manual_until=None)


async def test_a_pause_made_longer_ends_at_its_new_time(world: World) -> None:
    ivan = await waiting(world)
    begun = await world.now()
    await takes_over(world, ivan, until=begun + timedelta(minutes=60))
    await takes_over(world, ivan, until=begun + timedelta(minutes=120))
    await world.passes(timedelta(minutes=90))
    assert (await world.lead(ivan)).mode == "manual"
    await world.passes(timedelta(minutes=31))
    await world.stands_at(ivan, "ask", mode="auto")


async def test_skipping_the_wait_takes_the_way_of_time(world: World) -> None:
    ivan = await waiting(world)
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        state = lead.state
        assert state is not None
        await lead.skip_wait(
            by=f"user:{world.anna.id}", now=await world.now(),
            definition=await definition_of(work.session, state.process, state.version),
            facts=await lead.facts(state),
        )  # fmt: skip
    await ivan.hears("Вы ещё здесь?")
    await world.stands_at(ivan, "ask_again", mode="auto")


async def test_a_stopped_process_says_nothing_more(world: World) -> None:
    ivan = await waiting(world)
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.stop(by=f"user:{world.anna.id}", now=await world.now())
    lead = await world.stands_at(ivan, None, mode="manual")
    assert lead.process_state is None
    await world.passes(timedelta(days=2))
    await world.hears(ivan, "да")
    assert await ivan.heard() == ["Здравствуйте, Иван. Вам интересно?"]


async def test_another_process_begins_at_its_start(world: World) -> None:
    ivan = await waiting(world)
    version = await world.publishes(GREETING.replace("process: greeting", "process: again"))
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        definition = await definition_of(work.session, version.key, version.number)
        await lead.start(
            definition, version=version.number, by=f"user:{world.anna.id}", now=await world.now()
        )
    lead = await world.stands_at(ivan, "ask", process_key="again", run=2)
    assert (await ivan.heard()).count("Здравствуйте, Иван. Вам интересно?") == 2


async def test_with_the_worker_down_the_row_decides_and_the_workflow_follows(
    real_world: World,
) -> None:
    world = real_world
    petra = await waiting(world, "Петра")
    await world.stop_worker()
    await takes_over(world, petra)
    await petra.writes("да")
    await eventually(lambda: has_written(world, petra, "да"))
    assert (await world.lead(petra)).mode == "manual"
    await gives_back(world, petra, "same")
    lead = await world.lead(petra)
    assert (lead.mode, lead.seen < lead.seq) == ("auto", True)
    assert "Отлично!" not in await petra.heard()
    await world.start_worker()
    await petra.hears("Отлично!")
    await world.stands_at(petra, None, stage_key="talking")


async def has_written(world: World, person: Client, text: str) -> bool:
    return (await world.messages(person))[-1].text == text
