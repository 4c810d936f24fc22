"""The world in virtual time, and the processes its tests lead clients through."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from machine.postgres import Postgres
from tests.chaos.wire import Wire
from tests.phone_process import Phone
from tests.world import World


@pytest.fixture
async def world(
    database_url: str, phone: Phone, temporal_virtual: WorkflowEnvironment, tmp_path: Path
) -> AsyncIterator[World]:
    async with World(
        database_url, phone, temporal_virtual.client, tmp_path, environment=temporal_virtual
    ) as world:
        yield world


@pytest.fixture
async def real_world(
    database_url: str, phone: Phone, temporal_client: Client, tmp_path: Path
) -> AsyncIterator[World]:
    """On the dev server: time passes as it does, and a stopped worker's leads find the next one."""
    async with World(database_url, phone, temporal_client, tmp_path) as world:
        yield world


@pytest.fixture
async def wire(postgres: Postgres) -> AsyncIterator[Wire]:
    wire = await Wire(postgres.port, postgres=True).start()
    yield wire
    await wire.close()


@pytest.fixture
async def wired(
    wire: Wire,
    database_url: str,
    postgres: Postgres,
    phone: Phone,
    temporal_virtual: WorkflowEnvironment,
    tmp_path: Path,
) -> AsyncIterator[World]:
    """The world, whose web and worker reach the database through the wire."""
    url = database_url.replace(str(postgres.port), str(wire.port))
    async with World(
        url, phone, temporal_virtual.client, tmp_path, environment=temporal_virtual,
        sending_limit=timedelta(seconds=4),
    ) as world:  # fmt: skip
        yield world
