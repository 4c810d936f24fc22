"""One act on many chats: what it does, what it cannot, and all of it taken back."""

from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from models.stage import Tag
from models.timeline import Event
from models.user import Role
from tests.messenger.test_driving import greeted, taken
from tests.messenger.town import Town
from tests.web.website import Website


async def act(browser: httpx.AsyncClient, kind: str, *leads: int, **also: Any) -> dict[str, Any]:
    """The answer, with the path that takes it back."""
    form = {"key": str(uuid4()), "kind": kind, "lead": [str(one) for one in leads], **also}
    answer = await browser.post("/deeds", data=form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def kinds(town: Town, lead_id: int) -> list[str]:
    async with town.database.reading() as session:
        query = select(Event.kind).where(Event.lead_id == lead_id).order_by(Event.seq)
        return [str(kind) for kind in (await session.execute(query)).scalars()]


async def tag_id(town: Town, name: str) -> str:
    async with town.database.reading() as session:
        query = select(Tag.id).where(Tag.name == name)
        return str((await session.execute(query)).scalar_one())


async def test_each_act_and_its_undoing(site: Website, served: Town):
    ivan, petra = [await served.writes(name, "Привет") for name in ("Иван", "Petra")]
    vip = await tag_id(served, "vip")
    acts: list[tuple[str, dict[str, str], str, Any]] = [
        ("archive", {}, "archived_at", None),
        ("ignore", {}, "ignored_at", None),
        ("read", {}, "unread", 1),
        ("take_over", {}, "mode", "auto"),
        ("assign", {"value": str(served.boris.id)}, "owner_id", None),
    ]
    for lead_id in (ivan, petra):
        await served.moves(lead_id)
    async with site.signed_in(served.igor) as browser:
        for kind, also, field, before in acts:
            done = await act(browser, kind, ivan, petra, **also)
            now = await served.lead(ivan)
            assert done["failed"] == []
            assert "2" in done["text"]
            assert getattr(now, field) != before, kind

            undone = await browser.post(done["path"])
            assert undone.status_code == 204
            assert "toast" in undone.headers["HX-Trigger"]
            assert getattr(await served.lead(ivan), field) == before, kind
            assert getattr(await served.lead(petra), field) == before, kind

        done = await act(browser, "tag", ivan, value=vip)
        assert (await kinds(served, ivan))[-1] == "tag_added"
        await browser.post(done["path"])
        assert (await kinds(served, ivan))[-1] == "tag_removed"
    assert "archived" in await kinds(served, ivan)


async def test_what_one_cannot_do_does_not_undo_the_others(site: Website, served: Town):
    ivan = await greeted(served)
    await taken(served, ivan)
    petra = await served.writes("Petra", "Hello")
    async with served.database.unit_of_work() as work:  # in no process: nothing to hand back to
        await (await work.locked_lead(petra)).stop(by="user:1", now=served.now)
    hidden = await served.writes("Чужой", "Привет")
    async with served.database.unit_of_work() as work:
        (await work.locked_lead(hidden)).assign(served.boris, by="user:1")

    async with site.signed_in(served.anna) as browser:
        done = await act(browser, "give_back", petra, ivan, hidden)
        again = await act(browser, "give_back", ivan)

    assert (await served.lead(ivan)).mode == "auto"
    assert [one["name"] for one in done["failed"]] == ["Petra", f"№ {hidden}"]
    assert all(one["why"] for one in done["failed"])
    assert "path" not in again  # nothing changed, nothing to take back


async def test_an_act_asked_for_twice_is_done_once(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    key = str(uuid4())
    async with site.signed_in(served.anna) as browser:
        for _ in range(2):
            await act(browser, "archive", ivan, key=key)
        stranger = await browser.post(f"/deeds/{uuid4()}/undoing")

    assert (await kinds(served, ivan)).count("archived") == 1
    assert stranger.status_code == 204


async def test_who_has_been_changed_since_stays_as_they_are(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.igor) as browser:
        done = await act(browser, "assign", ivan, value=str(served.anna.id))
        await act(browser, "assign", ivan, value=str(served.boris.id))
        undone = await browser.post(done["path"])

    assert (await served.lead(ivan)).owner_id == served.boris.id
    assert "1" in undone.headers["HX-Trigger"]


async def test_nobody_takes_back_what_somebody_else_did(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    async with site.signed_in(served.anna) as browser:
        done = await act(browser, "archive", ivan)
    async with site.signed_in(served.boris) as browser:
        await browser.post(done["path"])

    assert (await served.lead(ivan)).archived_at is not None


async def test_who_only_reads_acts_on_nothing(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    ops = await site.person("Ольга", role=Role.OPS)
    async with site.signed_in(ops) as browser:
        form = {"key": str(uuid4()), "kind": "archive", "lead": [str(ivan)]}
        refused = await browser.post("/deeds", data=form)

    assert refused.status_code == 403
    assert (await served.lead(ivan)).archived_at is None


async def test_a_message_that_came_meanwhile_stays_counted(site: Website, served: Town):
    ivan = await served.writes("Иван", "раз")
    async with site.signed_in(served.anna) as browser:
        done = await act(browser, "read", ivan)
        assert (await served.lead(ivan)).unread == 0
        await served.writes("Иван", "два")
        await browser.post(done["path"])

    assert (await served.lead(ivan)).unread == 2


async def test_the_question_before_handing_back_counts_what_leaves(site: Website, served: Town):
    leads = [await served.writes(name, "Привет") for name in ("Иван", "Petra")]
    for lead_id in leads:  # taken over before the greeting has left
        async with served.database.unit_of_work() as work:
            await (await work.locked_lead(lead_id)).take_over(by="user:1", now=served.now)
    asked = "&".join(f"lead={one}" for one in leads)
    async with site.signed_in(served.anna) as browser:
        page = (await browser.get(f"/deeds/preview?kind=give_back&{asked}")).text
        taking = (await browser.get(f"/deeds/preview?kind=take_over&{asked}")).text

    assert "Вернуть в авто 2 чата?" in page
    assert "Уйдут 2 сообщения, 2 клиентам" in page
    assert "Взять на себя 2 чата?" in taking
