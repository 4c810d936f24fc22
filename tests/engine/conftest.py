"""The world in virtual time, and the processes its tests lead clients through."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

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
async def cold_world(
    database_url: str, phone: Phone, temporal_virtual: WorkflowEnvironment, tmp_path: Path
) -> AsyncIterator[World]:
    """Its worker remembers no lead: each wakes by replaying its history, as after a deploy."""
    async with World(
        database_url, phone, temporal_virtual.client, tmp_path,
        environment=temporal_virtual, hot_leads=0,
    ) as world:  # fmt: skip
        yield world
