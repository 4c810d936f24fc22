"""Which tools of the composer the people of a line or a team have."""

from uuid import uuid4

import httpx

from models.tool import Tool, Whose, give_tool
from models.user import Role
from tests.messenger.test_pages import page_of
from tests.messenger.town import Town
from tests.web.website import Website

TEMPLATES = "[data-act=templates]"


async def switched(town: Town, tool: Tool, whose: Whose, *, on: bool) -> None:
    async with town.database.unit_of_work(silent=True) as work:
        await give_tool(work, tool, whose, has=on, by=town.maria)


async def test_everybody_has_everything_until_it_is_taken_from_the_team(
    site: Website, served: Town
):
    ivan = await served.writes("Иван", "Привет")
    stranger = await site.person("Пётр")
    team, path = f"/tools/templates?team={served.team_id}", f"/leads/{ivan}/templates"
    async with (
        site.signed_in(served.igor) as igor,
        site.signed_in(served.anna) as anna,
        site.signed_in(stranger) as other,
    ):
        assert (await page_of(anna, ivan)).select(TEMPLATES)
        assert (await anna.get(path)).status_code == 200

        assert (await igor.put(team)).status_code == 200
        assert not (await page_of(anna, ivan)).select(TEMPLATES)
        refused = await anna.get(path)
        assert (refused.status_code, "нет этого инструмента" in refused.text) == (403, True)
        sent = {"key": str(uuid4()), "seen": 99, "text": "вот", "kept": "1:ab"}
        assert (await anna.post(f"/leads/{ivan}/messages", data=sent)).status_code == 403
        assert "шаблонов нет" in (await anna.get("/templates")).text
        assert "шаблонов нет" not in (await other.get("/templates")).text

        assert (await igor.put(team, data={"has": "true"})).status_code == 200
        assert (await page_of(anna, ivan)).select(TEMPLATES)
        assert (await anna.get(path)).status_code == 200


async def test_what_a_line_lacks_the_other_line_has(site: Website, served: Town):
    # a line is everybody's: it is given back before anybody else's test looks
    ivan = await served.writes("Иван", "Привет")
    second = await site.person("Ольга", role=Role.ADMIN)
    await switched(served, Tool.TEMPLATES, Whose(1), on=False)
    try:
        async with site.signed_in(served.anna) as anna, site.signed_in(second) as olga:
            assert not (await page_of(anna, ivan)).select(TEMPLATES)
            assert (await page_of(olga, ivan)).select(TEMPLATES)
    finally:
        await switched(served, Tool.TEMPLATES, Whose(1), on=True)


async def test_a_team_lead_decides_for_the_team_and_an_admin_for_all(site: Website, served: Town):
    async def put(browser: httpx.AsyncClient, query: str) -> int:
        return (await browser.put(f"/tools/voice?{query}", data={"has": "true"})).status_code

    team = f"team={served.team_id}"
    async with (
        site.signed_in(served.igor) as igor,
        site.signed_in(served.maria) as maria,
        site.signed_in(served.anna) as anna,
    ):
        assert [await put(igor, query) for query in (team, "line=1", "team=1")] == [200, 403, 403]
        assert [await put(maria, query) for query in (team, "line=1", "line=3")] == [200, 200, 403]
        assert [await put(anna, query) for query in (team, "line=1")] == [403, 403]
        assert (await anna.get("/tools")).status_code == 403
        page = (await igor.get("/tools")).text
    assert ("Линия 1" in page, f"tool-voice-team-{served.team_id}" in page) == (True, True)
