"""The engine's client: ringing leads, the canary, and what ops need. Nothing else holds one."""

import asyncio
import logging
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.settings import Settings
from workflows.canary import Canary
from workflows.lead import LeadWorkflow
from workflows.state import SEARCH_ATTRIBUTES, LeadRun

RING_LIMIT = timedelta(seconds=5)
LOOK = 0  # a ring that names no event: look, whatever you think

log = logging.getLogger(__name__)


class Engine:
    """Connects when first needed and again when it must: people work on while it is away."""

    def __init__(self, settings: Settings, *, client: Client | None = None) -> None:
        self._settings = settings
        self._client = client
        self._connecting = asyncio.Lock()

    async def ring(self, lead_id: int, seq: int) -> None:
        """The doorbell: starts the lead's workflow if there is none. Lost rings are the relay's."""
        try:
            client = await self.client()
            await self._signal(client, lead_id, seq)
        except (RPCError, RuntimeError, OSError) as error:
            log.warning("lead %s not rung: %s", lead_id, error)

    async def healthy(self) -> bool:
        try:
            client = await self.client()
            return await client.service_client.check_health(timeout=timedelta(seconds=2))
        except (RPCError, RuntimeError, OSError):
            return False

    async def sing(self) -> None:
        """Starts a canary; an unfinished one is left to sing to its end."""
        client = await self.client()
        try:
            await client.start_workflow(
                Canary.sing, id="canary", task_queue=self._settings.task_queue,
                execution_timeout=timedelta(minutes=1), rpc_timeout=RING_LIMIT,
            )  # fmt: skip
        except WorkflowAlreadyStartedError:
            log.warning("the last canary has not finished")

    async def teach_attributes(self) -> None:
        """The namespace learns the search attributes it does not know, where it may be taught;
        else the log says which, and what to do: workflows of leads wait until they are there."""
        client, namespace = await self.client(), self._settings.temporal_namespace
        wanted = {
            name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}")
            for name, kind in SEARCH_ATTRIBUTES.items()
        }
        try:
            answer = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=namespace), timeout=RING_LIMIT
            )
        except RPCError as error:
            log.warning("search attributes of “%s” not looked up: %s", namespace, error)
            return
        known = answer.custom_attributes
        missing = {name: kind for name, kind in wanted.items() if name not in known}
        wrong = [name for name in wanted if known.get(name, wanted[name]) != wanted[name]]
        try:
            if missing:
                await client.operator_service.add_search_attributes(
                    AddSearchAttributesRequest(namespace=namespace, search_attributes=missing),
                    timeout=RING_LIMIT,
                )
        except RPCError as error:
            if error.status != RPCStatusCode.ALREADY_EXISTS:  # another worker was quicker
                wrong += missing
        if wrong:
            each = " ".join(f"--name {name} --type {SEARCH_ATTRIBUTES[name]}" for name in wrong)
            log.error(
                "Temporal's namespace “%s” lacks search attributes (or has them with another type),"
                " and leads wait: temporal operator search-attribute create -n %s %s",
                namespace, namespace, each,
            )  # fmt: skip

    async def client(self) -> Client:
        if self._client is None:
            async with self._connecting:
                self._client = self._client or await Client.connect(
                    self._settings.temporal,
                    namespace=self._settings.temporal_namespace,
                    data_converter=pydantic_data_converter,
                )
        return self._client

    async def _signal(self, client: Client, lead_id: int, seq: int) -> None:
        """A running lead is signalled directly: a third of the cost of signal-with-start."""
        handle = client.get_workflow_handle(workflow_id(lead_id))
        try:
            await handle.signal(LeadWorkflow.ring, seq, rpc_timeout=RING_LIMIT)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            await client.start_workflow(
                LeadWorkflow.lead, LeadRun(lead_id=lead_id), id=workflow_id(lead_id),
                task_queue=self._settings.task_queue,
                start_signal="ring", start_signal_args=[seq], rpc_timeout=RING_LIMIT,
                static_summary=f"lead {lead_id}",
            )  # fmt: skip


def workflow_id(lead_id: int) -> str:
    return f"lead-{lead_id}"
