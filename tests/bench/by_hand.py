"""The reference: one conversation written by hand for Temporal, in plain SQL, over the same tables.

A web process receives, a worker works (`main`). It does what the process `talk` does and no more:
no process language, no take-over, no fences beyond the claim. It leaves the same rows as ours.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import uvicorn
import uvloop
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.bench import statements

QUEUE = "by-hand"
ROUNDS = 60
PATIENCE = timedelta(days=2)  # as the step's wait


@dataclass
class Decided:
    seen: int
    message: int | None = None


@dataclass
class Sending:
    lead: int
    message: int


@workflow.defn
class ByHand:
    @workflow.init
    def __init__(self, lead: int) -> None:
        self.lead = lead
        self.rung = self.seen = 0

    @workflow.run
    async def run(self, lead: int) -> None:
        rounds = 0
        while rounds < ROUNDS or self.rung > self.seen:
            rounds += 1
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.rung > self.seen, timeout=PATIENCE)
            decided = await workflow.execute_local_activity(
                decide, lead, start_to_close_timeout=timedelta(seconds=5)
            )
            self.seen = decided.seen
            if decided.message is not None:
                self.seen = await workflow.execute_activity(
                    send,
                    Sending(lead=lead, message=decided.message),
                    start_to_close_timeout=timedelta(minutes=2),
                    heartbeat_timeout=timedelta(seconds=15),  # a killed worker is noticed as ours
                    retry_policy=RetryPolicy(maximum_attempts=1),
                )
        workflow.continue_as_new(lead)

    @workflow.signal
    def ring(self, seq: int) -> None:
        self.rung = max(self.rung, seq)


@activity.defn
async def decide(lead: int) -> Decided:
    """Reads what is new, branches on its words, queues the reply."""
    now = datetime.now(UTC)
    async with _pool.connection() as connection, connection.transaction():
        row = await (await connection.execute(statements.LOCK, {"lead": lead})).fetchone()
        assert row is not None
        seq, seen, name, move = row
        heard = await (
            await connection.execute(statements.HEARD, {"lead": lead, "seen": seen})
        ).fetchall()
        if not heard:
            return Decided(seen=seq)
        agreed = any("да" in text.lower() for (text,) in heard)
        step = "agreed" if agreed else "refused"
        words = f"Отлично, {name}! Продолжаем." if agreed else "Жаль. Может быть, позже?"
        values = {
            "lead": lead, "seq": seq, "text": words, "now": now, "step": step, "move": move,
            "by": f"process:talk/{step}", "key": f"1:{move}:0",
            "state": json.dumps({"step": step, "move": move + 1}),
        }  # fmt: skip
        written = await (await connection.execute(statements.DECIDE, values)).fetchone()
        assert written is not None
        return Decided(seen=written[1], message=written[0])


@activity.defn
async def send(sending: Sending) -> int:
    """Claims, sends once, records. Returns the last seq that the lead has seen."""
    now = datetime.now(UTC)
    values = {"lead": sending.lead, "message": sending.message, "now": now}
    async with _pool.connection() as connection:
        claimed = await (await connection.execute(statements.CLAIM, values)).fetchone()
    assert claimed is not None
    chat, text = claimed
    answer = await _http.post(
        f"{os.environ['LEADLOOM_TELEGRAM_API_URL']}/bot{os.environ['BY_HAND_TOKEN']}/sendMessage",
        json={"chat_id": chat, "text": text},
    )
    values |= {
        "telegram_id": answer.json()["result"]["message_id"],
        "text": text, "state": json.dumps({"step": "ask"}),
    }  # fmt: skip
    async with _pool.connection() as connection:
        row = await (await connection.execute(statements.RECORD, values)).fetchone()
    assert row is not None
    return int(row[0])


async def receive(request: Request) -> Response:
    """The same statement as ours, then the bell."""
    raw = await request.body()
    update = json.loads(raw)
    values = statements.wrote(raw, update, bot=int(os.environ["BY_HAND_TOKEN"].split(":")[0]))
    async with _pool.connection() as connection:
        stored = await (await connection.execute(statements.WROTE, values)).fetchone()
    if stored is not None and stored[2]:
        ringing = asyncio.create_task(_ring(stored[0], stored[1]))
        _ringing.add(ringing)
        ringing.add_done_callback(_ringing.discard)
    return Response(status_code=200)


async def _ring(lead: int, seq: int) -> None:
    try:
        await _client.get_workflow_handle(f"hand-{lead}").signal(ByHand.ring, seq)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        await _client.start_workflow(
            ByHand.run, lead, id=f"hand-{lead}", task_queue=QUEUE,
            start_signal="ring", start_signal_args=[seq],
        )  # fmt: skip


_ringing: set["asyncio.Task[None]"] = set()
_pool: AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]
_http: httpx.AsyncClient
_client: Client


async def _begin() -> None:
    global _pool, _http, _client
    url = os.environ["LEADLOOM_DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
    _pool = AsyncConnectionPool(
        url, min_size=8, max_size=8, open=False,
        kwargs={"autocommit": True, "prepare_threshold": 1, "row_factory": tuple_row},
    )  # fmt: skip
    await _pool.open(wait=True)
    _http = httpx.AsyncClient(trust_env=False, timeout=30)
    _client = await Client.connect(os.environ["LEADLOOM_TEMPORAL_ADDRESS"])


async def _work() -> None:
    await _begin()
    worker = Worker(
        _client, task_queue=QUEUE, workflows=[ByHand], activities=[decide, send],
        max_cached_workflows=2000,
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
        ),
    )  # fmt: skip
    await worker.run()


async def _serve(port: int) -> None:
    await _begin()
    app = Starlette(routes=[Route("/hook", receive, methods=["POST"])])
    chosen = uvicorn.Config(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
    await uvicorn.Server(chosen).serve()


def main() -> None:
    """`worker`, or `web PORT`."""
    uvloop.run(_work() if sys.argv[1] == "worker" else _serve(int(sys.argv[2])))
