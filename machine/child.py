"""Processes that end when we do, however we end."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from machine.trouble import Trouble

ENOUGH_LOG = 20 * 2**20  # bytes; a longer one is put aside at the next start

_PR_SET_PDEATHSIG = 1
_FULL = os.strerror(errno.ENOSPC)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One supervised process; its output goes straight to a file, so it never waits for a reader.

    Start it from a thread that lives as long as the program: Linux sends `farewell` to the child
    when that thread is gone, so even a SIGKILL of the parent leaves nobody behind.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: str | None = None,
        farewell: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.command, self.log = name, [str(part) for part in command], log
        self.environment, self.folder, self.user = environment, folder, user
        self.farewell = farewell
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises Trouble when the program cannot be started at all."""
        if self.alive:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > ENOUGH_LOG:
            self.log.replace(self.log.with_suffix(".before.log"))
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(self.environment or {})}
        with self.log.open("ab") as output:
            try:
                self.process = subprocess.Popen(  # noqa: S603
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                    env=environment,
                    start_new_session=True,  # Ctrl+C is ours: children stop in order
                    user=self.user,
                    group=self.user,
                    extra_groups=[] if self.user else None,
                    preexec_fn=tether(self.farewell),
                )
            except OSError as error:
                raise Trouble(f"{self.name} cannot be started: {error}") from error

    def wait_until(self, ready: Callable[[], bool], *, within: timedelta) -> None:
        """Raises Trouble when the process ends, or is not ready in time."""
        deadline = time.monotonic() + within.total_seconds()
        while not ready():
            if not self.alive:
                raise self.trouble("stopped while starting")
            if time.monotonic() > deadline:
                raise self.trouble(f"was not ready within {within.total_seconds():.0f} s")
            time.sleep(0.02)

    def stop(self, *, patience: timedelta = timedelta(seconds=10)) -> None:
        """Ask it to end, wait, and end it by force when it does not."""
        if self.process is None:
            return
        self.signal(self.farewell)
        self.signal(signal.SIGCONT)  # a paused one would hear it only then
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience.total_seconds())
        self.kill()

    def kill(self) -> None:
        """SIGKILL, for it and whatever it started in its own session."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        except PermissionError:
            self.signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, what: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(what)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs or was never started; negative: the signal that ended it."""
        return self.process.poll() if self.process else None

    def trouble(self, what: str, lines: int = 12) -> Trouble:
        """What happened to it, with the end of its log."""
        try:
            tail = self.log.read_text(errors="replace").splitlines()[-lines:]
        except OSError:
            tail = []
        if any(_FULL in line for line in tail):
            return Trouble(f"The disk is full: {self.name} {what}.")
        end = "\n".join(f"  {line}" for line in tail)
        return Trouble(f"{self.name} {what}" + (f"; the end of {self.log}:\n{end}" if end else "."))


def tether(farewell: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child gets `farewell` when the thread that starts it ends."""
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def bind() -> None:
        # between fork and exec: nothing here may allocate a lock or import
        libc.prctl(_PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:
            os._exit(1)

    return bind
