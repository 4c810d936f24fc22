"""The embedded servers keep what they promised when they are killed."""

import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from temporalio.client import Client, WorkflowExecutionStatus

from machine.child import Child
from machine.household import environment
from machine.ports import free
from machine.postgres import Postgres
from machine.temporal import Temporal
from machine.trouble import Trouble
from models.settings import Settings
from tests.eventually import eventually


def test_what_was_committed_outlives_a_killed_postgresql(ground: Path):
    server = Postgres(ground / "mortal", free()[0])
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table kept as select 7 as seven")
        server.kill()
        assert not server.accepts()
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("select seven from kept").fetchone() == (7,)
            assert connection.execute("show fsync").fetchone() == ("on",)
    finally:
        server.stop()
    assert not server.alive


def test_letters_of_every_language_are_letters(postgres: Postgres, database_url: str):
    """pg_trgm finds nothing in Russian when the server believes it has no letters."""
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        asked = "select word_similarity('иванова', 'Анна Иванова'), lower('Ёж'), 'Ёж' ~ '^\\w+$'"
        assert connection.execute(asked).fetchone() == (1.0, "ёж", True)


async def test_temporal_keeps_its_workflows_until_its_store_is_forgotten(ground: Path):
    port, console = free(2)
    folder = ground / "temporal"
    server = Temporal(port=port, console=console, log=folder / "log", store=folder / "store.db")
    server.start()
    try:
        client = await Client.connect(server.address)
        await client.start_workflow("nobody", id="waits", task_queue="nowhere")

        server.kill()
        server.start()
        described = (
            await (await Client.connect(server.address)).get_workflow_handle("waits").describe()
        )
        assert described.status == WorkflowExecutionStatus.RUNNING

        server.kill()
        server.forget()
        server.start()
        client = await Client.connect(server.address)
        assert (await client.count_workflows("")).count == 0
    finally:
        server.kill()


async def test_a_child_that_does_not_listen_is_ended_by_force(tmp_path: Path):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    child = Child("deaf", [sys.executable, "-c", f"{deaf}; signal.pause()"], log=tmp_path / "log")
    child.start()
    await eventually(lambda: "deaf" in (tmp_path / "log").read_text())

    child.stop(patience=timedelta(seconds=0.2))

    assert child.exit_code == -9


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("nobody knows why", "cook stopped while starting; the end of"),
        ("write failed: No space left on device", "The disk is full: cook stopped while starting."),
    ],
)
def test_a_child_that_ends_early_is_named(says: str, told: str, tmp_path: Path):
    child = Child("cook", [sys.executable, "-c", f"exit({says!r})"], log=tmp_path / "log")
    child.start()
    with pytest.raises(Trouble) as trouble:
        child.wait_until(lambda: False, within=timedelta(seconds=10))
    assert str(trouble.value).startswith(told)


def test_a_program_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Trouble, match="ghost cannot be started"):
        Child("ghost", [tmp_path / "nowhere"], log=tmp_path / "log").start()


def test_settings_reach_a_child_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    given = Settings(
        data=tmp_path,
        port=9000,
        relay_every=timedelta(milliseconds=1500),
        secret_key=SecretStr("ab" * 32),
    )
    for name, value in environment(given).items():
        monkeypatch.setenv(name, value)

    assert Settings() == given
