"""Everything on this machine, from one command: `make run`.

Starts what the settings give no address for (PostgreSQL, Temporal's dev server, the demo phone),
then worker and web, and stops all of it together.
"""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from machine.household import Household

ENOUGH = 200 * 1024 * 1024  # bytes a first start may need


def main() -> None:
    try:
        from pydantic import ValidationError

        from machine.household import Household
        from machine.trouble import Trouble
        from models.settings import settings
        from workflows.state import SEARCH_ATTRIBUTES
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed: start with `make run`, which installs it.")
    try:
        household = Household(settings(), attributes=SEARCH_ATTRIBUTES)
    except ValidationError as error:
        sys.exit("\n".join(_complaint(each["loc"], each["msg"]) for each in error.errors()))
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _leave)
    try:
        with _alone(household.data) as left_behind:
            _live(household, after_a_crash=left_behind)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        sys.exit(f"\nLeadloom cannot write to {household.data}: {error.strerror}.")
    except KeyboardInterrupt:
        pass


def _live(household: "Household", *, after_a_crash: bool) -> None:
    """Start, tell where everything is, watch: ends by Trouble or KeyboardInterrupt."""
    began = time.monotonic()
    print(f"Leadloom starts; its data is in {household.data}", flush=True)
    _check_space(household.data)
    # what a killed run left behind is on its way out
    household.check_ports(patience=timedelta(seconds=10 if after_a_crash else 0))
    try:
        household.start_services(Telling)
        if household.postgres and household.postgres.notice:
            print(f"  {household.postgres.notice}")
        household.prepare(Telling)
        logins, first_time = _demo(household)
        household.start_own(Telling)
        print(f"Ready after {time.monotonic() - began:.1f} s.\n")
        _print_addresses(household, logins)
        with _play(household) if first_time else nullcontext():
            household.watch()
    finally:
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)
        with Telling("stopping"):
            household.stop()


class Telling:
    """A line on the screen: what is being done, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"  {self.what} … ", end="", flush=True)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        seconds = f"{time.monotonic() - self.began:.1f} s"
        failure = "interrupted" if kind is KeyboardInterrupt else "failed"
        print(failure if kind else seconds, flush=True)


def _demo(household: "Household") -> tuple[str, bool]:
    """Demo people, spots and processes: their logins, and whether this is the first start."""
    if household.settings.database_url or household.settings.environment != "development":
        return "", False
    logins = household.data / "demo.txt"
    first_time = not logins.exists()
    if first_time:
        with Telling("demo people, spots and processes"):
            said = _command(household, "demo")
            descriptor = os.open(logins, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(said)
    return logins.read_text(), first_time


@contextmanager
def _play(household: "Household") -> Iterator[None]:
    """The demo's clients begin to talk, beside everything else."""
    from machine.household import ROOT

    print("The demo's clients are writing: the chats fill within a minute.", flush=True)
    with (household.logs / "play.log").open("wb") as log:
        playing = subprocess.Popen(
            [sys.executable, "leadloom.py", "play"], cwd=ROOT, stdout=log, stderr=log,
            env={**os.environ, **household.environment},
        )  # fmt: skip
    try:
        yield
    finally:
        playing.terminate()
        playing.wait()


def _command(household: "Household", *words: str) -> str:
    """What a command of leadloom.py prints."""
    from machine.household import ROOT
    from machine.trouble import Trouble

    done = subprocess.run(  # noqa: S603
        [sys.executable, "leadloom.py", *words],
        cwd=ROOT,
        env={**os.environ, **household.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log = household.logs / "leadloom.log"
        log.write_text(done.stderr)
        reason = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise Trouble(f"`leadloom.py {' '.join(words)}` failed: {reason[0]} (more in {log})")
    return done.stdout


def _print_addresses(household: "Household", logins: str) -> None:
    given = household.settings
    print(f"  Leadloom          {household.url}")
    if household.phone:
        print(f"  demo phone        {given.telegram}")
    print(f"  Temporal console  {given.console}")
    print(f"  logs              {household.logs}")
    print(f"\n{logins}" if logins else "\nAdd the first person: leadloom.py person add")
    print("Ctrl+C stops everything.", flush=True)


@contextmanager
def _alone(data: Path) -> Iterator[bool]:
    """Only one run per data folder. Yields whether the run before this one was killed."""
    from machine.trouble import Trouble

    data.mkdir(parents=True, exist_ok=True)
    path = data / "run.pid"
    left_behind = path.exists()
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Trouble(
                f"Leadloom already runs with {data} (process {file.read().strip()}); "
                "a second copy needs its own LEADLOOM_DATA and LEADLOOM_PORT."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield left_behind
        finally:
            path.unlink(missing_ok=True)


def _check_space(data: Path) -> None:
    from machine.trouble import Trouble

    room = os.statvfs(data)
    if (free := room.f_bavail * room.f_frsize) < ENOUGH:
        raise Trouble(
            f"The disk of {data} is full: {free // 2**20} MB free, {ENOUGH // 2**20} MB are needed."
        )


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    return f"LEADLOOM_{str(location[0]).upper()}: {message}" if location else message


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
