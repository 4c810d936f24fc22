"""What Leadloom needs on one machine: started in order, watched, stopped in the reverse order."""

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from machine.child import Child
from machine.ports import LOOPBACK, answers, taken
from machine.postgres import DURABLE, Postgres
from machine.temporal import Temporal
from machine.trouble import Trouble
from models.settings import CONSOLE, PHONE, POSTGRES, TEMPORAL, Settings

ROOT = Path(__file__).parent.parent
DATABASE = "leadloom"
PATIENCE = timedelta(seconds=60)

# told of each step of the start: entered when it begins, left when it is done
Say = Callable[[str], AbstractContextManager[object]]


class Household:
    """The children of one copy of Leadloom.

    A service whose address the settings give is used where it is; the others are started here.
    `attributes` are Temporal's search attributes, `keep` False forgets Temporal's store.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        attributes: Mapping[str, str],
        postgres_settings: Mapping[str, str] = DURABLE,
        keep: bool = True,
    ) -> None:
        self.settings = settings
        self.data = settings.data.resolve()
        self.logs = self.data / "logs"
        self.environment = environment(settings)
        port = settings.port
        self.postgres = (
            None
            if settings.database_url
            else Postgres(self.data / "postgres", port + POSTGRES, settings=postgres_settings)
        )
        self.temporal = (
            None
            if settings.temporal_address
            else Temporal(
                port=port + TEMPORAL,
                console=port + CONSOLE,
                log=self.logs / "temporal.log",
                store=self.data / "temporal.db" if keep else None,
                attributes=attributes,
            )
        )
        self.phone = (
            None
            if settings.telegram_api_url
            else self._python(
                "phone",
                *("-m", "phone", "--port", str(port + PHONE), "--data", str(self.data / "phone")),
            )
        )
        self.worker = self._python("worker", "worker.py")
        self.web = self._python(
            "web",
            *("-m", "uvicorn", "api.app:create_app", "--factory"),
            *("--host", settings.host, "--port", str(port)),
            *("--loop", "uvloop", "--http", "httptools"),
            *("--no-access-log", "--no-server-header"),
            # streams of open pages end when told; nobody waits for a page to be closed
            *("--timeout-graceful-shutdown", "3"),
        )

    def start(self) -> None:
        """Everything, in order. Raises Trouble."""
        self.start_services()
        self.prepare()
        self.start_own()

    def start_services(self, say: Say = nullcontext) -> None:
        """PostgreSQL, Temporal and the phone, those that are ours."""
        if self.postgres:
            with say("PostgreSQL"):
                self.postgres.start()
                self.postgres.ensure_database(DATABASE)
        if self.temporal:
            with say("Temporal and its console"):
                self.temporal.start()
        else:
            host, port = self.settings.temporal.rsplit(":", 1)
            if not answers(int(port), host=host):
                raise Trouble(
                    f"Nobody answers at LEADLOOM_TEMPORAL_ADDRESS ({self.settings.temporal})."
                )
        if self.phone:
            with say("demo phone"):
                self.phone.start()
                self.phone.wait_until(lambda: answers(self.settings.port + PHONE), within=PATIENCE)

    def prepare(self, say: Say = nullcontext) -> None:
        """The tables as this code needs them."""
        from models.migrations.run import upgrade

        with say("tables"):
            try:
                upgrade(self.settings.postgres)
            except OperationalError as error:
                raise Trouble(
                    f"The database of LEADLOOM_DATABASE_URL cannot be reached: {error.orig}"
                ) from error

    def start_own(self, say: Say = nullcontext) -> None:
        """Web and worker; returns when a canary workflow went all the way through."""
        self.worker.start()
        with say("web"):
            self.web.start()
            self.web.wait_until(lambda: self.answers_with("/livez"), within=PATIENCE)
        with say("worker"):
            self.worker.wait_until(lambda: self.answers_with("/healthz"), within=PATIENCE)
            self.check()

    def stop(self) -> None:
        """Those who use a service leave before it. Never raises for a child already gone."""
        for child in (self.worker, self.web, self.phone, self.temporal, self.postgres):
            if child:
                child.stop()

    def check(self) -> None:
        """Raises Trouble naming the child that ended, with the end of its log."""
        for child in self.children:
            if child.process is not None and not child.alive:
                raise child.trouble(f"stopped by itself ({_how_it_ended(child.exit_code)})")

    def watch(self, *, every: timedelta = timedelta(seconds=0.5)) -> NoReturn:
        """Raises Trouble when a child ends."""
        while True:
            self.check()
            time.sleep(every.total_seconds())

    @property
    def children(self) -> list[Child]:
        """The processes of ours, in the order they are started."""
        services = [
            self.postgres.child if self.postgres else None,
            self.temporal.child if self.temporal else None,
            self.phone,
        ]
        return [child for child in [*services, self.worker, self.web] if child]

    @property
    def url(self) -> str:
        """The web's address as this machine reaches it."""
        host = LOOPBACK if self.settings.host in ("0.0.0.0", "::") else self.settings.host  # noqa: S104
        return f"http://{host}:{self.settings.port}"

    def ports(self) -> dict[int, str]:
        """The ports that have to be free, and what they are for."""
        port = self.settings.port
        wanted = {port: "the web"}
        if self.phone:
            wanted[port + PHONE] = "the demo phone"
        if self.temporal:
            wanted |= {port + TEMPORAL: "Temporal", port + CONSOLE: "Temporal's console"}
        if self.postgres:
            wanted[port + POSTGRES] = "PostgreSQL"
        return wanted

    def check_ports(self, *, patience: timedelta) -> None:
        """Raises Trouble naming the first port that stays in use."""
        deadline = time.monotonic() + patience.total_seconds()
        for port, purpose in self.ports().items():
            while taken(port):
                if time.monotonic() >= deadline:
                    raise Trouble(
                        f"Port {port}, meant for {purpose}, is already in use: set LEADLOOM_PORT "
                        f"(now {self.settings.port}; it and the next four are taken) to another."
                    )
                time.sleep(0.05)

    def answers_with(self, path: str) -> bool:
        """The web answers 200 there."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def _python(self, name: str, *arguments: str) -> Child:
        return Child(
            name,
            [sys.executable, *arguments],
            log=self.logs / f"{name}.log",
            environment=self.environment,
            folder=ROOT,
        )


def environment(settings: Settings) -> dict[str, str]:
    """The settings as another process reads them."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    given["data"] = settings.data.resolve()
    return {f"LEADLOOM_{name.upper()}": _written(value) for name, value in given.items()}


def _written(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.3f}S"
    return os.fspath(value) if isinstance(value, Path) else str(value)


def _how_it_ended(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
