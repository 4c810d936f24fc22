"""What an ops person asks Temporal: README's queries, on a real server with leads in it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_process import Phone
from tests.world import World
from workflows.engine import workflow_id

README = Path(__file__).parent.parent / "README.md"
QUERIES = re.findall(r"^\| [^|]+ \| `(Lead[^`]+|WorkflowType[^`]+)` \|$", README.read_text(), re.M)


@pytest.fixture
async def world(
    database_url: str, phone: Phone, temporal_client: Client, tmp_path: Path
) -> AsyncIterator[World]:
    async with World(database_url, phone, temporal_client, tmp_path) as world:
        yield world


def test_the_readme_has_six_queries() -> None:
    assert len(QUERIES) == 6


@pytest.mark.parametrize("query", QUERIES)
async def test_the_server_understands_each_query(temporal_client: Client, query: str) -> None:
    assert (await temporal_client.count_workflows(query)).count >= 0


async def test_leads_are_found_by_where_they_stand(world: World) -> None:
    await world.publishes(GREETING.replace("process: greeting", "process: of_the_console"))
    ivan, petra = await world.client("Иван"), await world.client("Петра")
    for person in (ivan, petra):
        await person.starts()
        await world.stands_at(person, "ask")
    async with world.change() as work:
        lead = await world.locked(work, petra)
        await lead.take_over(by=f"user:{world.anna.id}", now=await world.now())
    mine = "LeadProcess = 'of_the_console' AND LeadStep = 'ask'"
    for mode, person in (("auto", ivan), ("manual", petra)):
        expected = [workflow_id((await world.lead(person)).id)]

        async def found(mode: str = mode, expected: list[str] = expected) -> bool:
            query = f"{mine} AND LeadMode = '{mode}' AND LeadModeSince > '2020-01-01T00:00:00Z'"
            return [one.id async for one in world.temporal.list_workflows(query)] == expected

        await eventually(found)


async def test_the_page_of_a_lead_tells_where_it_stands_and_no_name(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    lead = await world.stands_at(ivan, "ask")
    handle = world.temporal.get_workflow_handle(workflow_id(lead.id))
    metadata = str(await handle.query("__temporal_workflow_metadata"))
    assert "step `ask`" in metadata
    assert "waits for: reply" in metadata
    assert "Иван" not in metadata


async def test_a_terminated_workflow_goes_on_from_its_row(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    lead = await world.stands_at(ivan, "ask")
    await world.temporal.get_workflow_handle(workflow_id(lead.id)).terminate("an ops person")
    await ivan.writes("да")
    await ivan.hears("Отлично!")
    assert (await ivan.heard()).count("Здравствуйте, Иван. Вам интересно?") == 1
