"""How long a sign-in lasts, what ends it, and how a storm of tries is slowed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.database import Database
from models.passwords import Passwords
from models.session import (
    FREE,
    IDLE,
    LONGEST,
    Session,
    SignInAttempt,
    digest,
    end,
    note_use,
)
from models.user import Role, User
from tests.web.website import PASSWORD, Website

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


# — how long a session lives —


async def alive(database: Database, secret: str, now: datetime) -> bool:
    async with database.reading() as session:
        return await Session.find(session, secret, now=now) is not None


@pytest.fixture
async def anna(undone: Database) -> User:
    async with undone.unit_of_work() as work:
        person = User(login="anna@leadloom.test", name="Анна Ким")
        work.add(person)
    return person


async def begin(database: Database, person: User, now: datetime = NOON) -> str:
    async with database.unit_of_work() as work:
        return Session.begin(work, person, now=now)[1]


@pytest.mark.parametrize(
    ("later", "lives"),
    [
        (IDLE - timedelta(seconds=1), True),
        (IDLE, False),
        (LONGEST, False),
        (timedelta(0), True),
    ],
)
async def test_an_unused_session_ends_after_eight_hours(
    undone: Database, anna: User, later: timedelta, lives: bool
):
    secret = await begin(undone, anna)
    assert await alive(undone, secret, NOON + later) is lives


async def test_a_used_session_ends_after_seven_days(undone: Database, anna: User):
    secret = await begin(undone, anna)
    async with undone.unit_of_work() as work:
        row = (await work.execute(select(Session))).scalar_one()
        row.used_at = NOON + LONGEST
    assert await alive(undone, secret, NOON + LONGEST - timedelta(seconds=1))
    assert not await alive(undone, secret, NOON + LONGEST)


@pytest.mark.parametrize("act", ["password", "role", "disable", "sign out"])
async def test_what_ends_every_session_of_a_person_ends_nobody_elses(
    undone: Database, anna: User, act: str
):
    async with undone.unit_of_work() as work:
        boris = User(login="boris@leadloom.test", name="Борис Орлов")
        work.add(boris)
    hers, his = await begin(undone, anna), await begin(undone, boris)
    assert await alive(undone, hers, NOON)

    async with undone.unit_of_work() as work:
        person = await work.session.get_one(User, anna.id)
        match act:
            case "password":
                await person.set_password(PASSWORD, passwords=Passwords(), now=NOON)
            case "role":
                await person.change_role(Role.TEAM_LEAD, now=NOON)
            case "disable":
                await person.disable(now=NOON)
            case _:
                await end(work, user_id=anna.id or 0, now=NOON)

    assert not await alive(undone, hers, NOON)
    assert await alive(undone, his, NOON)


async def test_the_same_role_again_ends_nothing(undone: Database, anna: User):
    secret = await begin(undone, anna)
    async with undone.unit_of_work() as work:
        await (await work.session.get_one(User, anna.id)).change_role(Role.MANAGER, now=NOON)
    assert await alive(undone, secret, NOON)


class Believed:
    """What the rules say about one person's sessions, in a few lines."""

    def __init__(self) -> None:
        self.now = NOON
        self.sessions: dict[str, tuple[datetime, datetime]] = {}  # secret → began, last used

    def lives(self, secret: str) -> bool:
        began, used = self.sessions[secret]
        return self.now < used + IDLE and self.now < began + LONGEST


STEPS = st.lists(
    st.one_of(
        st.just(("sign in", 0)),
        st.tuples(st.just("use"), st.integers(0, 5)),
        st.tuples(st.just("sign out"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 60, 200, 479, 480, 1440])),
        st.tuples(st.sampled_from(["new password", "other role"]), st.just(0)),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_happens_a_session_lives_as_long_as_the_rules_say(
    undone: Database, anna: User, steps: list[tuple[str, int]]
):
    believed = Believed()
    for act, number in steps:
        known = list(believed.sessions)
        chosen = known[number % len(known)] if known else None
        async with undone.unit_of_work() as work:
            person = await work.session.get_one(User, anna.id)
            match act:
                case "sign in":
                    secret = Session.begin(work, person, now=believed.now)[1]
                    believed.sessions[secret] = (believed.now, believed.now)
                case "wait":
                    believed.now += timedelta(minutes=number)
                case "use" if chosen and believed.lives(chosen):
                    found = await Session.find(work.session, chosen, now=believed.now)
                    assert found, "a living session was not found"
                    await note_use(work, found[0], now=believed.now)
                    believed.sessions[chosen] = (believed.sessions[chosen][0], believed.now)
                case "sign out" if chosen:
                    await end(work, user_id=person.id or 0, only=digest(chosen), now=believed.now)
                    del believed.sessions[chosen]
                case "new password":
                    await end(work, user_id=person.id or 0, now=believed.now)
                    believed.sessions.clear()
                case "other role":
                    other = Role.TEAM_LEAD if person.role == Role.MANAGER else Role.MANAGER
                    await person.change_role(other, now=believed.now)
                    believed.sessions.clear()
        for secret in known:
            expected = secret in believed.sessions and believed.lives(secret)
            assert await alive(undone, secret, believed.now) is expected, act


# — a storm of tries —


async def tries(database: Database, times: int, at: datetime, **given: str) -> datetime | None:
    again_at = None
    for _ in range(times):
        async with database.unit_of_work() as work:
            again_at = await SignInAttempt.count(
                work, **{"login": "anna@leadloom.test", "address": "198.51.100.7", **given}, now=at
            )
    return again_at


async def test_the_delay_grows_with_every_failure(undone: Database):
    assert await tries(undone, FREE["account"], NOON) is None, "the first ones cost nothing"
    assert await tries(undone, 1, NOON) is None
    first = await tries(undone, 1, NOON)
    assert first == NOON + timedelta(seconds=2)
    assert await tries(undone, 1, first) is None
    assert await tries(undone, 1, first) == first + timedelta(seconds=4)


async def test_a_success_forgets_the_failures(undone: Database):
    await tries(undone, FREE["account"] + 1, NOON)
    assert await tries(undone, 1, NOON) is not None

    async with undone.unit_of_work() as work:
        await SignInAttempt.forget(work, login="anna@leadloom.test", address="198.51.100.7")

    assert await tries(undone, 1, NOON) is None


async def test_one_address_trying_many_names_is_slowed_too_and_others_are_not(undone: Database):
    for number in range(FREE["address"] + 1):
        await tries(undone, 1, NOON, login=f"{number}@leadloom.test")
    assert await tries(undone, 1, NOON, login="fresh@leadloom.test") is not None
    assert await tries(undone, 1, NOON, login="fresh@leadloom.test", address="192.0.2.1") is None


async def test_of_a_storm_only_the_free_tries_are_looked_at(site: Website):
    anna = await site.with_password(await site.person())
    async with site.visitor() as browser, site.at(datetime.now(UTC)):
        answers = await asyncio.gather(
            *(
                browser.post("/sessions", data={"login": anna.login, "password": f"guess {n}"})
                for n in range(20)
            )
        )
    assert {answer.status_code for answer in answers} == {422}
    told_to_wait = [answer for answer in answers if "clock-alert" in answer.text]
    assert len(answers) - len(told_to_wait) == FREE["account"] + 1
