"""What tests may ask for. Servers are started once, and only when a test needs them."""

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from machine.ports import free
from machine.postgres import QUICK, Postgres
from machine.temporal import Temporal
from tests import databases
from tests.browsers import FLAGS, Complaints, chromium
from tests.phone_process import Phone

if TYPE_CHECKING:
    from models.database import Database
    from tests.stack import Stack

hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=5000)
hypothesis.settings.load_profile("suite")

PATIENCE = 20_000  # milliseconds a page may take: a test waits for what is true, not for a machine
expect.set_options(timeout=PATIENCE)

# tests start from the defaults, whatever the person at the keyboard has set
for name in [name for name in os.environ if name.startswith("LEADLOOM_")]:
    if name != "LEADLOOM_CHROMIUM":
        del os.environ[name]

INDEXED = {
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder for servers' stores: outside any home, open for passing through."""
    with tempfile.TemporaryDirectory(prefix="leadloom-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path


@pytest.fixture(scope="session")
def postgres(ground: Path) -> Iterator[Postgres]:
    """A running PostgreSQL with an empty, migrated template database."""
    server = Postgres(ground / "postgres", free()[0], settings=QUICK)
    try:
        server.start()
        databases.make_template(server)
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    """A fresh migrated database of its own, as SQLAlchemy's address."""
    name = databases.fresh(postgres)
    yield databases.sqlalchemy_url(postgres.url(name))
    postgres.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["Database"]:
    """A fresh migrated database of its own: for commits, locks, NOTIFY, two connections."""
    from models.database import Database

    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def undone_engine(postgres: Postgres) -> AsyncIterator[AsyncEngine]:
    name = databases.fresh(postgres)
    engine = create_async_engine(databases.sqlalchemy_url(postgres.url(name)))
    yield engine
    await engine.dispose()


@pytest.fixture
async def undone(undone_engine: AsyncEngine) -> AsyncIterator["Database"]:
    """A database whose every commit is rolled back after the test: one connection, quick."""
    from tests.undone import Undone

    async with undone_engine.connect() as connection:
        await connection.begin()
        await connection.begin_nested()
        yield Undone(connection)
        await connection.rollback()


@pytest.fixture
async def temporal_virtual() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal of its own whose time jumps; it cannot list or count workflows."""
    program = Path(sys.prefix) / "bin" / "temporal-test-server"
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program)
    ) as environment:
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace,
                search_attributes={name: INDEXED[kind] for name, kind in attributes().items()},
            )
        )
        yield environment


@pytest.fixture(scope="session")
def temporal_dev(ground: Path) -> Iterator[Temporal]:
    """Temporal's dev server, in memory, shared by the whole run: use task queues of your own."""
    port, console = free(2)
    server = Temporal(
        port=port, console=console, log=ground / "temporal.log", attributes=attributes()
    )
    try:
        server.start()
        yield server
    finally:
        server.kill()  # nothing is kept, and a polite stop takes a second


@pytest.fixture
async def temporal_client(temporal_dev: Temporal) -> Client:
    return await Client.connect(temporal_dev.address)


@pytest.fixture(scope="session")
def shared_phone() -> Iterator[Phone]:
    with Phone() as phone:
        yield phone


@pytest.fixture
def phone(shared_phone: Phone) -> Iterator[Phone]:
    """A Telegram lookalike without faults and clients; its bots stay."""
    shared_phone.reset().now()
    yield shared_phone
    shared_phone.no_faults().now()


@pytest.fixture(scope="session")
def stack(ground: Path) -> Iterator["Stack"]:
    """Web, worker, Temporal, PostgreSQL and a phone of their own. Whoever breaks it mends it."""
    from tests.stack import Stack

    stack = Stack(ground / "stack")
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture
async def stack_database(stack: "Stack") -> AsyncIterator["Database"]:
    """The stack's database, for arranging and for looking."""
    from models.database import Database

    database = Database(stack.database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = chromium()
    if program is None:
        pytest.fail("Chromium is not installed: run `make chromium`, or give LEADLOOM_CHROMIUM.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def complaints() -> AsyncIterator[Complaints]:
    """Fails the test at its end when any page listened to had something to complain about."""
    complaints = Complaints()
    yield complaints
    assert not complaints.heard, "the browser complained:\n" + "\n".join(complaints.heard)


@pytest.fixture
async def context(browser: Browser, complaints: Complaints) -> AsyncIterator[BrowserContext]:
    """A fresh browser profile; every page opened in it is listened to."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="ru-RU",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.on("page", complaints.listen)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


def attributes() -> dict[str, str]:
    """Search attributes as the workflows declare them: name to Temporal's type."""
    from workflows.state import SEARCH_ATTRIBUTES

    return dict(SEARCH_ATTRIBUTES)


_status: int | None = None


def pytest_sessionfinish(exitstatus: int) -> None:
    global _status
    _status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    # Temporal's SDK may abort the interpreter while it shuts down (sdk-python issue 300):
    # a green run must not end as a crash
    if _status is not None and "temporalio.bridge.runtime" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status)
