"""Temporal's dev server from a wheel, as a child of ours."""

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from machine.child import Child
from machine.ports import LOOPBACK, answers
from machine.trouble import Trouble


class Temporal:
    """A dev server with its console; `store` None keeps everything in memory.

    `attributes` are the search attributes to register: name to Temporal's type ("Keyword", "Int",
    "Datetime").
    """

    def __init__(
        self,
        *,
        port: int,
        console: int,
        log: Path,
        store: Path | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        self.port, self.console, self.store = port, console, store
        flags = [
            *("--ip", LOOPBACK, "--port", str(port), "--ui-port", str(console)),
            *("--log-level", "error"),
            "--ui-disable-news-fetch",
        ]
        for name, kind in (attributes or {}).items():
            flags += ["--search-attribute", f"{name}={kind}"]
        # one person's machine: the limits meant for a shared cluster only get in the way
        for limit in ("frontend.rps", "frontend.namespaceRPS", "history.rps", "matching.rps"):
            flags += ["--dynamic-config-value", f"{limit}=20000"]
        if store:
            # the default journal of SQLite makes the server two to three times slower
            flags += ["--db-filename", str(store.resolve())]
            flags += ["--sqlite-pragma", "journal_mode=wal"]
            flags += ["--sqlite-pragma", "synchronous=normal"]
        program = Path(sys.prefix) / "bin" / "temporal"
        self.child = Child("Temporal", [program, "server", "start-dev", *flags], log=log)

    def start(self, *, within: timedelta = timedelta(seconds=60)) -> None:
        """Returns when workflows can be started. Raises Trouble when it does not come up."""
        if not Path(self.child.command[0]).exists():
            raise Trouble(
                "The embedded Temporal is not installed: run `make install`, "
                "or give LEADLOOM_TEMPORAL_ADDRESS."
            )
        if self.store:
            self.store.parent.mkdir(parents=True, exist_ok=True)
        self.child.start()
        self.child.wait_until(self.accepts, within=within)

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def forget(self) -> None:
        """Delete the store of a stopped server: every workflow is lost."""
        if self.store:
            for path in self.store.parent.glob(f"{self.store.name}*"):
                path.unlink()

    @property
    def alive(self) -> bool:
        return self.child.alive

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def console_url(self) -> str:
        return f"http://{LOOPBACK}:{self.console}"

    def accepts(self) -> bool:
        """The console asks the server for us: both are up when it answers."""
        if not answers(self.port):
            return False
        try:
            with urllib.request.urlopen(  # noqa: S310
                f"{self.console_url}/api/v1/namespaces/default", timeout=2
            ) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False
