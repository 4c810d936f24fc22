"""Old leads under new code: recorded histories replay, a changed interpreter changes no history."""

import base64
import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from machine.child import Child
from tests.engine.processes import GREETING
from tests.eventually import eventually
from tests.phone_people import Client
from tests.world import World
from worker import WORKFLOWS
from workflows.state import LeadRun

ROOT = Path(__file__).parent.parent.parent
RECORDED = sorted((Path(__file__).parent / "histories").glob("*.json"))
CODE = ("models", "activities", "workflows", "worker.py")


def replayer(*workflows: type) -> Replayer:
    restrictions = SandboxRestrictions.default.with_passthrough_all_modules()
    return Replayer(
        workflows=list(workflows),
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )


def history_of(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("lead-1", path.read_text())


def test_there_are_recorded_histories() -> None:
    assert len(RECORDED) >= 4


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    await replayer(*WORKFLOWS).replay_workflow(history_of(path))


@workflow.defn(name="LeadWorkflow")
class Forgetful:
    """Begins with a sleep that no recorded lead has slept."""

    @workflow.run
    async def lead(self, run: LeadRun) -> None:
        await workflow.sleep(timedelta(days=run.lead_id))

    @workflow.signal
    def ring(self, seq: int) -> None:
        return None


async def test_a_workflow_that_does_something_else_does_not_replay() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replayer(Forgetful).replay_workflow(history_of(RECORDED[0]))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_no_word_of_a_conversation_is_in_a_history(path: Path) -> None:
    recorded = path.read_text()
    payloads = " ".join(decoded(json.loads(recorded)))
    assert "lead_id" in payloads
    for secret in ("Иван", "Здравствуйте", "интересно", "AAEtoken", "ivan_petrov"):
        assert secret not in payloads
        assert secret not in recorded


def decoded(node: object) -> list[str]:
    """Every payload in it, in clear."""
    if isinstance(node, dict):
        data = node.get("data")
        own = [base64.b64decode(data).decode(errors="replace")] if isinstance(data, str) else []
        return own + [one for value in node.values() for one in decoded(value)]
    if isinstance(node, list):
        return [one for value in node for one in decoded(value)]
    return []


async def test_a_changed_interpreter_leads_running_leads_on(
    real_world: World, tmp_path: Path
) -> None:
    """Its meaning may change with a deploy: rows and Telegram agree, histories stay whole."""
    world = real_world
    await world.publishes(GREETING)
    people = [await world.client(f"Клиент {number}") for number in range(5)]
    for person in people:
        await person.starts()
    for person in people:
        await world.stands_at(person, "ask")
    await world.stop_worker()
    deployed = deploy(world, tmp_path, "self.effects += spoken",
                      "self.effects += [one.model_copy(update={'text': one.text + ' (2)'})"
                      " for one in spoken]")  # fmt: skip
    try:
        for person in people:
            await person.writes("да")
        for person in people:
            await last_heard(person, "Отлично! (2)")
            await world.stands_at(person, None, stage_key="talking")
    finally:
        deployed.stop()
    for person in people:
        rows = [m.text for m in await world.messages(person) if m.direction == "out"]
        assert rows == await person.heard()
        history = await world.history(person)
        assert not any(e.HasField("workflow_task_failed_event_attributes") for e in history.events)


async def last_heard(person: Client, words: str) -> None:
    async def there() -> bool:
        return (await person.heard())[-1] == words

    await eventually(there, within=30)


def deploy(world: World, folder: Path, before: str, after: str) -> Child:
    """A worker process from a copy of our code with one line changed."""
    tree = folder / "new"
    tree.mkdir()
    for name in CODE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    changed = tree / "models" / "process" / "walk.py"
    source = changed.read_text()
    assert before in source
    changed.write_text(source.replace(before, after))
    settings = world.settings
    worker = Child(
        "worker of the next deploy",
        [sys.executable, "worker.py"],
        log=folder / "worker.log",
        folder=tree,
        environment={
            "LEADLOOM_DATA": str(settings.data),
            "LEADLOOM_DATABASE_URL": settings.database_url.replace("+psycopg", ""),
            "LEADLOOM_TEMPORAL_ADDRESS": world.temporal.service_client.config.target_host,
            "LEADLOOM_TELEGRAM_API_URL": settings.telegram_api_url,
            "LEADLOOM_TASK_QUEUE": settings.task_queue,
        },
    )
    worker.start()
    return worker


async def test_a_long_life_continues_as_new_and_forgets_nothing(world: World) -> None:
    await world.publishes(GREETING)
    ivan = await world.client("Иван")
    await ivan.starts()
    await world.stands_at(ivan, "ask")
    async with world.change() as work:
        lead = await world.locked(work, ivan)
        await lead.take_over(by=f"user:{world.anna.id}", now=await world.now())
    first = (await world.history(ivan)).run_id
    for number in range(110):
        await world.hears(ivan, f"слово {number}")
    assert (await world.history(ivan)).run_id != first
    lead = await world.lead(ivan)
    async with world.database.reading() as session:
        wrote = await session.execute(
            text("select count(*) from event where lead_id = :lead and kind = 'client_wrote'"),
            {"lead": lead.id},
        )
    assert wrote.scalar() == 111
