"""Everything at once and for real: web, worker, Temporal, PostgreSQL, and a phone to play on."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from machine.household import ROOT, Household, environment
from machine.ports import row
from machine.postgres import QUICK
from models.settings import Settings
from tests.phone_process import Bot, Phone

QUICK_PACE = {"relay_every": timedelta(seconds=1), "canary_every": timedelta(seconds=2)}


class Stack:
    """One copy of Leadloom in `folder`, whose parts can be killed, paused and started again.

    `given` are settings. Start it from the main thread: its processes end with that thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        postgres_settings: dict[str, str] = QUICK,
        keep: bool = True,
        bots: list[Bot] | None = None,
        **given: Any,
    ) -> None:
        from workflows.state import SEARCH_ATTRIBUTES

        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        port = row(6)
        self.phone = Phone(data=folder / "phone", port=port + 1, control_port=port + 5, bots=bots)
        self.settings = Settings(
            **{
                "data": folder,
                "port": port,
                "telegram_api_url": f"http://127.0.0.1:{port + 1}",
                **QUICK_PACE,
                **given,
            }
        )
        self.household = Household(
            self.settings,
            attributes=SEARCH_ATTRIBUTES,
            postgres_settings=postgres_settings,
            keep=keep,
        )

    def start(self) -> None:
        """Returns when a canary went all the way through. Raises Trouble."""
        try:
            self.phone.start()
            self.household.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.household.stop()
        if self.phone.process:
            self.phone.stop()

    def command(self, *words: str) -> str:
        """What a command of leadloom.py prints; fails with what it said to stderr."""
        done = subprocess.run(
            [sys.executable, "leadloom.py", *words],
            cwd=ROOT,
            env={**os.environ, **environment(self.settings)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"leadloom.py {' '.join(words)}: {done.stderr}"
        return done.stdout

    @property
    def url(self) -> str:
        return self.household.url

    @property
    def database_url(self) -> str:
        """In SQLAlchemy's form."""
        return self.settings.postgres
