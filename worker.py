"""The worker: which workflows and activities run here, the relay and the canary beside them."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import uvloop
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.changes import Changes
from activities.clients.storage import Storage, storage_of
from activities.clients.telegram import Telegram
from activities.conversation import Conversation
from activities.discarding import keep_discarding
from activities.heartbeat import Heart
from activities.progress import Progress
from models import journal
from models.database import Database
from models.settings import Settings, settings
from workflows.canary import Canary
from workflows.engine import Engine
from workflows.lead import LeadWorkflow
from workflows.relay import Relay

WORKFLOWS = [LeadWorkflow, Canary]

# Told to end, it takes nothing new; what it is sending it brings to an end.
FAREWELL = timedelta(seconds=25)
# How long a killed worker's leads wait for it before another one takes them.
AMISS = timedelta(seconds=3)

log = logging.getLogger("worker")


def activities(
    database: Database, telegram: Telegram, storage: Storage, chosen: Settings
) -> list[Callable[..., Any]]:
    conversation = Conversation(database, telegram, storage, chosen)
    return [
        Progress(database).advance,
        conversation.deliver,
        conversation.show_typing,
        conversation.fetch_media,
        Changes(database, telegram, chosen).change,
        Heart(database).beat,
    ]


def worker(
    client: Client, does: list[Callable[..., Any]], *, task_queue: str, hot_leads: int = 2000
) -> Worker:
    """`hot_leads` stay in memory; a cold one replays at most sixty moves."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=does,
        max_cached_workflows=hot_leads,
        sticky_queue_schedule_to_start_timeout=AMISS,
        graceful_shutdown_timeout=FAREWELL,
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
        ),
    )


async def main() -> None:
    chosen = settings()
    engine = Engine(chosen)
    database = Database(chosen.postgres, pool=chosen.database_pool, ring=engine.ring)
    telegram = Telegram(chosen.telegram)
    storage = storage_of(chosen)
    does = activities(database, telegram, storage, chosen)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await _connected(engine)
    await engine.teach_attributes()
    beside = [
        asyncio.create_task(Relay(database, engine, chosen).run()),
        asyncio.create_task(_sing(engine, chosen)),
        asyncio.create_task(keep_discarding(database, storage)),
    ]
    async with worker(client, does, task_queue=chosen.task_queue, hot_leads=chosen.hot_leads):
        log.info("working on “%s”", chosen.task_queue)
        await stop.wait()
    for task in beside:
        task.cancel()
    await telegram.close()
    await database.close()


async def _connected(engine: Engine) -> Client:
    while True:
        try:
            return await engine.client()
        except (RPCError, RuntimeError, OSError) as error:
            log.warning("waiting for Temporal: %s", type(error).__name__)
            await asyncio.sleep(1)


async def _sing(engine: Engine, chosen: Settings) -> None:
    while True:
        try:
            await engine.sing()
        except (RPCError, RuntimeError, OSError) as error:
            log.warning("no canary: %s", type(error).__name__)
        await asyncio.sleep(chosen.canary_every.total_seconds())


if __name__ == "__main__":
    journal.begin()
    uvloop.run(main())
