"""Is it alive, and does what it stands on answer."""

from datetime import UTC, datetime, timedelta

from models.heartbeat import CANARY, Heartbeat
from tests.web.website import Website, website


async def sing(site: Website, *, ago: timedelta) -> None:
    async with site.database.unit_of_work(silent=True) as work:
        await work.session.merge(Heartbeat(name=CANARY, at=datetime.now(UTC) - ago))


async def test_the_process_is_alive_whatever_is_away(site: Website):
    async with site.visitor() as anyone:
        assert (await anyone.get("/livez")).status_code == 200


async def test_a_fresh_canary_is_well_and_an_old_one_is_not(site: Website):
    async with site.visitor() as anyone:
        await sing(site, ago=timedelta(seconds=50))
        fresh = (await anyone.get("/healthz")).json()
        await sing(site, ago=timedelta(seconds=70))
        old = await anyone.get("/healthz")
    assert (fresh["database"], fresh["canary"]) == ("ok", "ok")
    assert 50 <= fresh["canary_age_seconds"] < 60
    assert old.json()["canary"] == "failing"
    assert old.status_code == 503


async def test_without_temporal_it_is_not_healthy(site: Website):
    await sing(site, ago=timedelta(0))
    async with site.visitor() as anyone:
        answer = await anyone.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["temporal"] == "failing"


async def test_without_a_database_pages_say_so_and_health_does_too():
    nowhere = "postgresql+psycopg://postgres@127.0.0.1:1/nothing"
    async with website(nowhere) as site, site.visitor(**{"Accept-Language": "en"}) as anyone:
        health = await anyone.get("/healthz")
        anyone.cookies.set(f"leadloom-{site.address.rpartition(':')[2]}", "some-session")
        page = await anyone.get("/me")
        fragment = await anyone.get("/me", headers={"HX-Request": "true"})
        alive = await anyone.get("/livez")

    assert health.status_code == 503
    assert health.json()["database"] == "failing"
    assert (page.status_code, fragment.status_code, alive.status_code) == (503, 503, 200)
    assert "The database does not answer. Nothing was changed." in page.text
    assert page.headers["retry-after"] == "2"
    assert "<html" not in fragment.text
