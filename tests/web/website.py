"""The real web process inside the test's own loop, and people who use it."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.deps import clock
from machine.ports import free
from models.database import Database
from models.passwords import Passwords
from models.session import Session
from models.settings import Settings
from models.user import Role, User
from tests.eventually import eventually

_numbers = count(1)
PASSWORD = "correct horse battery"
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Website:
    """A running copy at `address`. Nothing of Temporal or Telegram answers behind it."""

    def __init__(self, app: FastAPI, address: str) -> None:
        self.app = app
        self.address = address

    @property
    def database(self) -> Database:
        found: Database = self.app.state.database
        return found

    async def person(
        self, name: str = "Анна Ким", *, role: Role = Role.MANAGER, **given: Any
    ) -> User:
        """Somebody with an account of their own; Anna, unless said otherwise."""
        async with self.database.unit_of_work(silent=True) as work:
            login = f"person{next(_numbers)}@leadloom.test"
            person = User(**{"login": login, "name": name, "role": role, **given})
            work.add(person)
        return person

    async def with_password(self, person: User, password: str = PASSWORD) -> User:
        passwords = Passwords()
        async with self.database.unit_of_work(silent=True) as work:
            found = await work.session.get_one(User, person.id)
            await found.set_password(password, passwords=passwords, now=datetime.now(UTC))
        passwords.close()
        return found

    @asynccontextmanager
    async def at(self, moment: datetime) -> AsyncIterator[None]:
        """Its clock stands still, however long the machine takes."""
        self.app.dependency_overrides[clock] = lambda: moment
        yield
        del self.app.dependency_overrides[clock]

    @asynccontextmanager
    async def visitor(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Each comes from an address of their own."""
        own = {"X-Forwarded-For": f"2001:db8::{next(_numbers):x}"}
        async with httpx.AsyncClient(
            base_url=self.address, headers={**FROM_OUR_PAGE, **own, **headers}, timeout=10
        ) as client:
            yield client

    async def cookie(self, person: User) -> dict[str, str]:
        """A session's cookie, without the sign-in form."""
        async with self.database.unit_of_work(silent=True) as work:
            _, secret = Session.begin(work, person, now=datetime.now(UTC))
        return {f"leadloom-{self.address.rpartition(':')[2]}": secret}

    @asynccontextmanager
    async def signed_in(self, person: User) -> AsyncIterator[httpx.AsyncClient]:
        """Their browser, with the token of their pages."""
        async with self.visitor() as client:
            client.cookies.update(await self.cookie(person))
            client.headers["X-CSRF"] = token_in((await client.get("/me")).text)
            yield client


def token_in(page: str) -> str:
    found = re.search(r'data-csrf="([^"]*)"', page)
    assert found, "the page carries no token"
    return found[1]


@asynccontextmanager
async def website(database_url: str, **given: Any) -> AsyncIterator[Website]:
    port, nowhere = free(2)
    settings = Settings(
        **{
            "data": Path(tempfile.mkdtemp(prefix="leadloom-web-")),
            "database_url": database_url.replace("postgresql+psycopg://", "postgresql://"),
            "port": port,
            "temporal_address": f"127.0.0.1:{nowhere}",
            "telegram_api_url": f"http://127.0.0.1:{nowhere}",
            **given,
        }
    )
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=port, log_config=None, lifespan="on",
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started or serving.done(), every=0.01)
    assert server.started, serving.exception()
    yield Website(app, f"http://127.0.0.1:{port}")
    server.should_exit = True
    await serving
    shutil.rmtree(settings.data)
