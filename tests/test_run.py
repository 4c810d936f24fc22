"""`run.py`: everything on one machine starts, is watched, and ends together."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.ports import answers, row
from tests.eventually import eventually

ROOT = Path(__file__).parent.parent


class Run:
    """One `run.py` with its own data folder and ports."""

    def __init__(self, data: Path, port: int, *before: str, **settings: str) -> None:
        self.data, self.port = data, port
        self.screen = data.parent / f"{data.name}.screen"
        environment = {**os.environ, "LEADLOOM_DATA": str(data), "LEADLOOM_PORT": str(port)}
        with self.screen.open("w") as screen:
            self.process = subprocess.Popen(
                [*before, sys.executable, "run.py"],
                cwd=ROOT,
                env=environment | settings,
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.screen.read_text()

    async def ready(self) -> None:
        await eventually(
            lambda: "Ctrl+C stops everything" in self.said or self.process.poll() is not None,
            within=90,
            because=f"the start of {self.data}",
        )
        assert self.process.poll() is None, self.said

    async def ended(self) -> int:
        await eventually(lambda: self.process.poll() is not None, within=40, because="the end")
        code = self.process.returncode
        assert "Traceback" not in self.said, self.said
        return int(code)

    def family(self) -> dict[str, int]:
        """Its processes by what they are: those that name its data folder."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            ours = f"LEADLOOM_DATA={self.data}".encode() in environment.split(b"\0")
            if ours or str(self.data) in command:
                found[command] = int(folder.name)
        return found

    def pid(self, pattern: str) -> int:
        return next(pid for command, pid in self.family().items() if re.search(pattern, command))

    def gone(self) -> bool:
        return not self.family() and not any(
            answers(port) for port in range(self.port, self.port + 5)
        )


@pytest.fixture
def home(ground: Path) -> Iterator[Path]:
    folder = ground / "run"
    folder.mkdir(mode=0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(240)
async def test_everything_starts_is_watched_and_ends_together(home: Path):
    port = row(5)
    first = Run(home / "a", port)
    await first.ready()
    for address in (port, port + 1, port + 3):  # web, phone, console
        assert f"http://127.0.0.1:{address}" in first.said
    for part in ("PostgreSQL", "Temporal", "tables", "demo phone", "web", "worker"):
        assert re.search(rf"{part}.* … \d+\.\d s", first.said)
    assert (first.data / "demo.txt").read_text() in first.said
    assert health(port) == 200

    # another one with the same data, and another one with the same port
    assert await (again := Run(home / "a", row(5))).ended() == 1
    assert f"already runs with {first.data} (process {first.process.pid})" in again.said
    assert await (neighbour := Run(home / "b", port)).ended() == 1
    assert f"Port {port}, meant for the web, is already in use" in neighbour.said
    assert "LEADLOOM_PORT" in neighbour.said
    assert health(port) == 200

    os.kill(first.pid(r"worker\.py"), signal.SIGKILL)
    assert await first.ended() == 1
    assert "worker stopped by itself (signal 9)" in first.said
    assert first.gone()

    await ends_with_a_killed_parent_and_starts_again(home / "a", row(5))


async def ends_with_a_killed_parent_and_starts_again(data: Path, port: int) -> None:
    logins = (data / "demo.txt").read_text()
    killed = Run(data, port)
    await killed.ready()
    killed.process.kill()
    await eventually(killed.gone, within=15, because="the end of the children")

    began = time.monotonic()
    second = Run(data, port)
    await second.ready()
    assert time.monotonic() - began < 20
    assert logins in second.said
    assert "demo people" not in second.said

    os.killpg(second.process.pid, signal.SIGINT)
    assert await second.ended() == 0
    assert "stopping … " in second.said
    assert second.gone()


async def test_a_given_service_is_not_started(home: Path, postgres, temporal_dev, phone):
    name = "given"
    postgres.ensure_database(name)
    run = Run(
        home / "given",
        row(5),
        LEADLOOM_DATABASE_URL=postgres.url(name),
        LEADLOOM_TEMPORAL_ADDRESS=temporal_dev.address,
        LEADLOOM_TEMPORAL_CONSOLE_URL=temporal_dev.console_url,
        LEADLOOM_TELEGRAM_API_URL=phone.url,
    )
    await run.ready()
    assert "PostgreSQL" not in run.said
    assert "demo" not in run.said
    assert temporal_dev.console_url in run.said
    assert not any(answers(port) for port in range(run.port + 1, run.port + 5))

    run.process.terminate()
    assert await run.ended() == 0
    assert run.gone()
    assert postgres.alive
    assert temporal_dev.alive
    postgres.drop(name)


async def test_a_database_that_is_away_is_named(home: Path, temporal_dev, phone):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening: refused
        run = Run(
            home / "away",
            row(5),
            LEADLOOM_DATABASE_URL=f"postgresql://x@127.0.0.1:{nobody.getsockname()[1]}/x",
            LEADLOOM_TEMPORAL_ADDRESS=temporal_dev.address,
            LEADLOOM_TELEGRAM_API_URL=phone.url,
        )
        assert await run.ended() == 1
    assert "The database of LEADLOOM_DATABASE_URL cannot be reached" in run.said


async def test_a_temporal_that_is_away_is_named(home: Path, phone):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        run = Run(
            home / "without",
            row(5),
            LEADLOOM_TEMPORAL_ADDRESS=address,
            LEADLOOM_TELEGRAM_API_URL=phone.url,
        )
        assert await run.ended() == 1
    assert f"Nobody answers at LEADLOOM_TEMPORAL_ADDRESS ({address})." in run.said
    assert run.gone()


def test_a_full_disk_is_said_in_one_sentence(home: Path):
    data = home / "small"
    data.mkdir()
    private = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    mount = f"mount -t tmpfs -o size=1m none {data} && exec"
    if subprocess.run([*private, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    run = Run(data, row(5), *private, "sh", "-c", f'{mount} "$@"', "sh")
    assert run.process.wait(20) == 1
    assert re.search(r"The disk of \S+ is full: \d+ MB free, \d+ MB are needed\.", run.said)


async def test_a_bad_setting_is_named(home: Path):
    run = Run(home / "bad", row(5), LEADLOOM_ENVIRONMENT="production", LEADLOOM_SECRET_KEY="short")
    assert await run.ended() == 1
    assert "LEADLOOM_SECRET_KEY must be 64 hex digits in production" in run.said


def health(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        json.load(answer)
        return int(answer.status)
