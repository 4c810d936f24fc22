"""Signing in: who gets in, with what cookie, and how one leaves."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import BrokenInput
from models.passwords import Passwords
from models.session import (
    Invitation,
    Session,
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

    pairs = [(await took(hashed), await took(None)) for _ in range(7)]  # by turns: both wait alike
    assert 0.5 < statistics.median(known / unknown for known, unknown in pairs) < 2


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


async def test_a_link_runs_out(undone: Database):
    async with undone.unit_of_work() as work:
        anna = User(login="anna@leadloom.test", name="Анна Ким")
        work.add(anna)
        await work.flush()
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
