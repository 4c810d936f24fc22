"""Signing in: who gets in, how long it lasts, what ends it."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.database import Database
from models.errors import BrokenInput
from models.passwords import Passwords
from models.session import (
    FREE,
    IDLE,
    LONGEST,
    Invitation,
    Session,
    SignInAttempt,
    digest,
    end,
    note_use,
)
from models.user import Role, User
from tests.web.website import PASSWORD, Website

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Website):
    anna = await site.with_password(await site.person())
    async with site.visitor() as browser:
        answer = await browser.post("/sessions", data={"login": anna.login, "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    port = site.address.rpartition(":")[2]
    assert cookie.startswith(f"leadloom-{port}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "plain http on localhost would lose it"


async def test_over_https_the_cookie_is_bound_to_the_host(site: Website):
    anna = await site.with_password(await site.person())
    async with site.visitor(**{"X-Forwarded-Proto": "https"}) as browser:
        answer = await browser.post("/sessions", data={"login": anna.login, "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-leadloom=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


async def test_the_database_knows_only_a_hash_of_the_secret(site: Website):
    anna = await site.person()
    (secret,) = (await site.cookie(anna)).values()
    async with site.database.reading() as session:
        mine = select(Session).where(Session.user_id == anna.id)
        kept = (await session.execute(mine)).scalar_one()
    assert len(secret) >= 43
    assert secret.encode() not in kept.id
    assert len(kept.id) == 32


async def test_a_wrong_password_keeps_what_was_typed_and_says_nothing_else(site: Website):
    anna = await site.with_password(await site.person())
    async with site.visitor() as browser:
        wrong = await browser.post("/sessions", data={"login": anna.login, "password": "no"})
        unknown = await browser.post("/sessions", data={"login": "x@y.test", "password": "no"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert f'value="{anna.login}"' in wrong.text
    assert wrong.text.replace(anna.login, "x@y.test") == unknown.text
    assert "set-cookie" not in wrong.headers


async def test_an_unknown_name_takes_as_long_as_a_wrong_password():
    passwords = Passwords()
    hashed = await passwords.hash(PASSWORD)
    await passwords.fits("warm", None)

    async def took(hashed: str | None) -> float:
        began = time.perf_counter()
        assert not await passwords.fits("not the password", hashed)
        return time.perf_counter() - began

    known = [await took(hashed) for _ in range(7)]
    unknown = [await took(None) for _ in range(7)]
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


async def test_passwords_are_argon2id_with_64_mib():
    hashed = await Passwords().hash(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert "m=65536,t=3" in hashed


async def test_a_short_password_is_refused_and_a_long_enough_one_is_not():
    passwords = Passwords()
    with pytest.raises(BrokenInput) as refused:
        await passwords.hash("eleven char")
    assert list(refused.value.problems) == ["password"]
    assert await passwords.fits("twelve chars", await passwords.hash("twelve chars"))


async def test_a_disabled_person_does_not_get_in(site: Website):
    anna = await site.with_password(await site.person())
    async with site.database.unit_of_work() as work:
        await (await work.session.get_one(User, anna.id)).disable(now=NOON)
    async with site.visitor() as browser:
        answer = await browser.post("/sessions", data={"login": anna.login, "password": PASSWORD})
    assert answer.status_code == 422


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
    async with site.visitor() as browser:
        answers = await asyncio.gather(
            *(
                browser.post("/sessions", data={"login": anna.login, "password": f"guess {n}"})
                for n in range(20)
            )
        )
    assert {answer.status_code for answer in answers} == {422}
    told_to_wait = [answer for answer in answers if "clock-alert" in answer.text]
    assert len(answers) - len(told_to_wait) == FREE["account"] + 1


# — the one-time link —


async def test_a_link_sets_the_password_once(site: Website):
    dora = await site.person("Дора Белл", role=Role.DESIGNER)
    async with site.database.unit_of_work() as work:
        link = f"/invitations/{Invitation.issue(work, dora, now=datetime.now(UTC))}"
    async with site.visitor() as browser:
        short = await browser.post(link, data={"password": "short"})
        assert short.status_code == 422
        assert (await browser.get(link)).status_code == 200, "a refusal does not use it up"

        done = await browser.post(link, data={"password": PASSWORD})
        assert done.status_code == 303
        assert "Дора Белл" in (await browser.get("/me")).text
    async with site.visitor() as somebody:
        assert (await somebody.get(link)).status_code == 404
        assert (await somebody.post(link, data={"password": PASSWORD})).status_code == 404


async def test_a_link_runs_out(undone: Database, anna: User):
    async with undone.unit_of_work() as work:
        secret = Invitation.issue(work, anna, now=NOON)
    async with undone.reading() as session:
        in_time, late = NOON + timedelta(days=2), NOON + timedelta(days=3)
        assert await Invitation.find(session, secret, now=in_time)
        assert await Invitation.find(session, secret, now=late) is None


# — seeing and ending one's own —


async def test_one_sees_ones_sessions_and_ends_another_one(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as here, site.signed_in(anna) as there:
        page = (await here.get("/sessions")).text
        names = {part.split('"')[0] for part in page.split('hx-delete="/sessions/')[1:]}
        assert len(names) == 2
        mine = next(iter(here.cookies.values()))
        assert mine not in page, "the page does not know the secret"

        (other,) = {name for name in names if name not in await _current(here)}
        answer = await here.delete(f"/sessions/{other}", headers={"HX-Request": "true"})

        assert answer.status_code == 200
        assert (await there.get("/me")).status_code == 303
        assert (await here.get("/me")).status_code == 200


async def test_nobody_ends_a_strangers_session(site: Website):
    anna = await site.person()
    boris = await site.person("Борис Орлов")
    async with site.signed_in(anna) as hers, site.signed_in(boris) as his:
        page = (await his.get("/sessions")).text
        name = page.split('hx-delete="/sessions/')[1].split('"')[0]
        assert (await hers.delete(f"/sessions/{name}")).status_code == 404
        assert (await his.get("/me")).status_code == 200


async def test_signing_in_leads_back_to_the_page_asked_for_and_never_to_another_site(
    site: Website,
):
    anna = await site.with_password(await site.person())
    async with site.visitor() as browser:
        asked = await browser.get("/sessions?x=1")
    assert asked.headers["location"] == "/login?next=/sessions%3Fx%3D1"
    ways = {
        "/sessions?x=1": "/sessions?x=1",
        "//evil.test/": "/",
        "https://evil.test/": "/",
        "/\\evil.test": "/",
        "me": "/",
    }
    for next, to in ways.items():
        async with site.visitor() as fresh:
            answer = await fresh.post(
                "/sessions", data={"login": anna.login, "password": PASSWORD, "next": next}
            )
        assert answer.headers["location"] == to


async def test_a_fragment_and_a_program_hear_401_instead_of_a_redirect(site: Website):
    async with site.visitor() as browser:
        for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
            answer = await browser.get("/me", headers=headers)
            assert answer.status_code == 401
            assert "location" not in answer.headers


async def test_settings_are_ones_own_and_known_ones_only(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as browser:
        await browser.post("/me", data={"locale": "en", "theme": "dark", "time_zone": "Asia/Tokyo"})
        page = (await browser.get("/me")).text
        assert '<html lang="en" data-theme="dark">' in page
        refused = await browser.post("/me", data={"time_zone": "Mars/Olympus"})
        assert refused.status_code == 422
        assert "Asia/Tokyo" in (await browser.get("/me")).text


async def test_a_new_password_signs_out_everywhere(site: Website):
    anna = await site.with_password(await site.person())
    async with site.signed_in(anna) as here, site.signed_in(anna) as there:
        wrong = await here.post("/me/password", data={"old": "no", "new": "another long one"})
        assert wrong.status_code == 422
        assert (await there.get("/me")).status_code == 200

        await here.post("/me/password", data={"old": PASSWORD, "new": "another long one"})

        assert (await here.get("/me")).status_code == 303
        assert (await there.get("/me")).status_code == 303


async def _current(browser: httpx.AsyncClient) -> str:
    """The part of the sessions page that speaks of this browser."""
    page = (await browser.get("/sessions")).text
    return next(row for row in page.split("<tr>") if "is-ok" in row)
