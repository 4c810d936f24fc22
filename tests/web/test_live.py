"""The live stream: who hears of which lead, what a burst becomes, what a laggard gets."""

import itertools
import resource
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.language import Reader
from api.live import FRAGMENTS, ROOM, Fragment, Stream
from api.sight import Sight
from models.database import Database
from models.lead.lead import Lead
from models.queries.visibility import visible_leads
from models.session import Session
from models.spot import Bot
from models.stage import Stage
from models.user import Role, User
from tests.eventually import eventually
from tests.web.ear import listening
from tests.web.website import Website, website

_chats = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def drawn() -> Iterator[list[tuple[dict[int, int], Reader]]]:
    """Two sample kinds instead of the real ones; what they were asked to draw."""
    asked: list[tuple[dict[int, int], Reader]] = []

    async def draw(
        session: AsyncSession, leads: dict[int, int], reader: Reader
    ) -> Mapping[int, str]:
        asked.append((dict(leads), reader))
        return {id: f"<p>{id} {reader.locale}</p>" for id in leads}

    kept = dict(FRAGMENTS)
    FRAGMENTS.clear()
    FRAGMENTS["row"] = Fragment("row", draw, opened=False)
    FRAGMENTS["talk"] = Fragment("talk", draw, opened=True)
    yield asked
    FRAGMENTS.clear()
    FRAGMENTS.update(kept)


def quiet_bot() -> Bot:
    """One that nobody polls."""
    return Bot(
        id=1, username="b", name="B", token=b"", secret=b"", path="p", transport="webhook"
    )  # fmt: skip


async def lead(site: Website, owner: User | None = None, **given: Any) -> int:
    async with site.database.unit_of_work(silent=True) as work:
        if await work.session.get(Bot, 1) is None:
            work.add(quiet_bot())
        if await work.session.get(Stage, "new") is None:
            work.add(Stage(key="new", position=1, name_ru="Новый", name_en="New"))
        await work.flush()
        made = Lead(
            bot_id=1, chat_id=next(_chats), first_name="Lucas", last_action_at=datetime.now(UTC),
            owner_id=owner.id if owner else None, **given,
        )  # fmt: skip
        work.add(made)
    return made.id or 0


async def touch(site: Website, *ids: int) -> None:
    async with site.database.unit_of_work(silent=True) as work:
        for id in ids:
            (await work.locked_lead(id)).record("note_written", by="user:1")  # type: ignore[arg-type]


async def test_a_manager_hears_of_their_own_lead_and_never_of_a_colleagues(site: Website):
    anna, boris = await site.person(), await site.person("Борис Орлов")
    hers, his = await lead(site, anna), await lead(site, boris)
    async with listening(site, anna) as ear, listening(site, boris) as other:
        await touch(site, his, hers)
        await touch(site, hers)

        await eventually(lambda: [one for one in ear.of("row") if one["seq"] == 2])
        await eventually(lambda: other.of("row"))
        assert {one["lead"] for one in ear.of("row")} == {hers}
        assert {one["lead"] for one in other.of("row")} == {his}


async def test_a_conversation_is_told_only_where_it_is_open(site: Website):
    anna = await site.person()
    one, two = await lead(site, anna), await lead(site, anna)
    async with listening(site, anna, one) as here, listening(site, anna, two) as there:
        await touch(site, one)
        await eventually(lambda: here.of("talk"))
        await touch(site, two)
        await eventually(lambda: there.of("talk"))
        assert {talk["lead"] for talk in here.of("talk")} == {one}
        assert {talk["lead"] for talk in there.of("talk")} == {two}


async def test_what_was_told_joins_without_a_gap(site: Website):
    anna = await site.person()
    mine = await lead(site, anna)
    await touch(site, mine)
    async with listening(site, anna, mine) as ear:
        for _ in range(3):
            await touch(site, mine)
        await eventually(lambda: ear.of("talk") and ear.of("talk")[-1]["seq"] == 4)
        told = [(talk["after"], talk["seq"]) for talk in ear.of("talk")]
        assert told[0][0] == 1
        assert all(before[1] == after[0] for before, after in itertools.pairwise(told))


async def test_a_lead_that_is_given_away_leaves_the_page(site: Website):
    anna, boris = await site.person(), await site.person("Борис Орлов")
    hers = await lead(site, anna)
    async with listening(site, anna) as ear, listening(site, boris) as other:
        async with site.database.unit_of_work(silent=True) as work:
            (await work.locked_lead(hers)).assign(boris, by="user:1")
        await eventually(lambda: ear.of("gone") and other.of("row"))
        assert ear.of("gone") == [{"kind": "gone", "lead": hers}]
        assert not ear.of("row")
        assert not other.of("gone")


async def test_readers_with_one_language_and_zone_share_what_is_drawn(
    site: Website, drawn: list[tuple[dict[int, int], Reader]]
):
    anna, boris = await site.person(), await site.person("Борис Орлов")
    carol = await site.person("Carol Hunt", locale="en")
    shared = await lead(site)
    async with (
        listening(site, anna) as first,
        listening(site, boris) as second,
        listening(site, carol) as third,
    ):
        drawn.clear()
        await touch(site, shared)
        await eventually(lambda: first.of("row") and second.of("row") and third.of("row"))
        assert [reader.locale for _leads, reader in drawn].count("ru") == 1
        assert first.of("row") == second.of("row")
        assert third.of("row")[0]["html"] == f"<p>{shared} en</p>"


async def test_a_burst_is_told_once(site: Website, drawn: list[tuple[dict[int, int], Reader]]):
    anna = await site.person()
    mine = await lead(site, anna)
    async with listening(site, anna) as ear:
        await touch(site, mine)
        await eventually(lambda: ear.of("row"))
        drawn.clear()
        async with site.database.statement() as connection:
            for seq in range(2, 202):
                await connection.execute(
                    text("select pg_notify('leadloom', :said)"), {"said": f"[[{mine},{seq}]]"}
                )
        await eventually(lambda: ear.of("row")[-1]["seq"] == 201)
        assert len(drawn) < 150


async def test_an_empty_notice_means_look_at_everything(site: Website):
    anna = await site.person()
    async with listening(site, anna) as ear, site.database.statement() as connection:
        await connection.execute(text("select pg_notify('leadloom', '[]')"))
        await eventually(lambda: ear.of("resync"))


async def test_who_falls_behind_asks_anew_and_then_hears_on():
    stream = Stream(b"1", User(id=1, login="a", name="A", role=Role.ADMIN))
    for number in range(ROOM + 1):
        stream.put(b"data: %d\n\n" % number)
    stream.put(b"data: later\n\n")
    stream.end()

    said = b"".join([part async for part in stream.read()])

    assert said.count(b"resync") == 1
    assert b"data: 7\n" not in said
    assert said.index(b"resync") < said.index(b"later")


async def test_who_keeps_up_loses_nothing():
    stream = Stream(b"1", User(id=1, login="a", name="A", role=Role.ADMIN))
    for number in range(ROOM):
        stream.put(b"data: %d\n\n" % number)
    stream.end()
    said = b"".join([part async for part in stream.read()])
    assert b"resync" not in said
    assert f"data: {ROOM - 1}\n".encode() in said


async def test_a_lost_listener_comes_back_and_everybody_asks_anew(own_site: Website):
    anna = await own_site.person()
    mine = await lead(own_site, anna)
    async with listening(own_site, anna) as ear:
        before = len(ear.of("resync"))
        async with own_site.database.statement() as connection:
            await connection.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity"
                     " where application_name = 'leadloom live'")
            )  # fmt: skip
        await eventually(lambda: len(ear.of("resync")) > before)
        await touch(own_site, mine)
        await eventually(lambda: ear.of("row"))


async def test_an_ended_session_ends_its_stream_and_another_role_sees_otherwise(
    site: Website,
):
    anna, boris = await site.person(), await site.person("Борис Орлов", role=Role.ADMIN)
    secret = await lead(site, await site.person("Вера Лис"))
    async with listening(site, anna) as ear, listening(site, boris) as other:
        await touch(site, secret)
        await eventually(lambda: other.of("row"))
        async with site.database.unit_of_work(silent=True) as work:
            (await work.session.get_one(User, boris.id)).role = Role.MANAGER
            for row in (await work.execute(select(Session))).scalars():
                if row.user_id == anna.id:
                    row.ended_at = datetime.now(UTC)
        await site.app.state.hub.check_sessions()
        await eventually(lambda: ear.ended)
        heard = len(other.of("row"))
        await touch(site, secret)
        await touch(site, await lead(site, boris))
        await eventually(lambda: len(other.of("row")) > heard)
        assert other.of("row")[-1]["lead"] != secret


async def test_nobody_listens_without_a_session(site: Website):
    async with site.visitor(Accept="text/event-stream") as somebody:
        assert (await somebody.get("/events")).status_code in (303, 401)


async def test_a_process_takes_as_many_streams_as_the_machine_lets_it(database_url: str):
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, most))
    try:
        async with website(database_url):
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(most, 2**16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


PEOPLE = st.builds(
    User,
    id=st.integers(1, 3),
    login=st.just("x"),
    name=st.just("X"),
    role=st.sampled_from(Role),
    team_id=st.sampled_from([None, 1, 2]),
    line=st.sampled_from([None, 1, 2]),
)


@given(person=PEOPLE)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_judging_a_row_in_hand_agrees_with_the_query(leads: Database, person: User):
    async with leads.reading() as session:
        everything = list((await session.execute(select(Lead))).scalars())
        in_sql = set(
            (await session.execute(select(Lead.id).where(visible_leads(person)))).scalars()
        )
    sight = Sight(person)
    assert {row.id for row in everything if sight.sees(row)} == in_sql
    assert len(everything) == 36


@given(
    one=PEOPLE, other=PEOPLE, owner=st.sampled_from([None, 1, 2, 3]),
    team=st.sampled_from([None, 1, 2]), line=st.sampled_from([1, 2, 3]),
)  # fmt: skip
def test_who_is_alike_sees_alike(
    one: User, other: User, owner: int | None, team: int | None, line: int
):
    row = Lead(bot_id=1, chat_id=1, owner_id=owner, team_id=team, line=line)
    first, second = Sight(one), Sight(other)
    if first.alike({owner}) == second.alike({owner}):
        assert first.sees(row) == second.sees(row)


@pytest.fixture
async def leads(undone: Database) -> Database:
    """One lead for every owner, team and line there may be."""
    async with undone.unit_of_work(silent=True) as work:
        work.add(quiet_bot())
        if await work.session.get(Stage, "new") is None:
            work.add(Stage(key="new", position=1, name_ru="Новый", name_en="New"))
        await work.flush()
        for number in (1, 2, 3):
            await work.execute(
                text("insert into user_account(id, login, name, role, locale, time_zone, theme)"
                     " overriding system value"
                     " values (:id, :login, 'X', 'manager', 'ru', 'UTC', 'auto')"),
                {"id": number, "login": f"{number}"},
            )  # fmt: skip
            if number < 3:
                await work.execute(
                    text("insert into team(id, name) overriding system value values (:id, :name)"),
                    {"id": number, "name": f"{number}"},
                )
        for chat, (owner, team, line) in enumerate(
            (owner, team, line)
            for owner in (None, 1, 2, 3)
            for team in (None, 1, 2)
            for line in (1, 2, 3)
        ):
            work.add(
                Lead(bot_id=1, chat_id=chat, owner_id=owner, team_id=team, line=line,
                     last_action_at=datetime.now(UTC))
            )  # fmt: skip
    return undone
