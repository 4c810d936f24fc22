"""What Temporal's namespace has to know of leads before their workflows can say it."""

import logging
from datetime import timedelta
from itertools import count

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models.settings import Settings
from tests.eventually import eventually
from workflows.engine import Engine
from workflows.state import SEARCH_ATTRIBUTES

MOST_KEYWORDS = 10  # custom ones of a namespace on a server that lists by SQL
_numbers = count(1)


async def new_namespace(client: Client) -> str:
    """One that knows nothing of leads."""
    name = f"fresh-{next(_numbers)}"
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name,
            workflow_execution_retention_period=Duration(
                seconds=int(timedelta(days=1).total_seconds())
            ),
        )
    )

    async def there() -> bool:
        try:
            await known(client, name)
        except RPCError:
            return False
        return True

    await eventually(there, within=20)
    return name


async def known(client: Client, namespace: str) -> dict[str, str]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=namespace)
    )
    return {
        name: IndexedValueType.Name(kind).removeprefix("INDEXED_VALUE_TYPE_").title()
        for name, kind in answer.custom_attributes.items()
    }


async def learns(
    client: Client, namespace: str, **attributes: "IndexedValueType.ValueType"
) -> None:
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=namespace, search_attributes=attributes)
    )

    async def there() -> bool:
        return attributes.keys() <= (await known(client, namespace)).keys()

    await eventually(there, within=20)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Of the engine: whatever else lives in this process speaks when it likes."""
    return [one.getMessage() for one in caplog.records if one.name == "workflows.engine"]


def engine(client: Client, namespace: str) -> Engine:
    return Engine(Settings(temporal_namespace=namespace), client=client)


async def test_a_fresh_namespace_learns_them_from_the_worker(
    temporal_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "workflows.engine")
    namespace = await new_namespace(temporal_client)
    assert await known(temporal_client, namespace) == {}
    for _ in range(2):
        await engine(temporal_client, namespace).teach_attributes()

    async def learnt() -> bool:
        return await known(temporal_client, namespace) == SEARCH_ATTRIBUTES

    await eventually(learnt, within=20)
    assert complaints(caplog) == []


async def test_where_it_may_not_the_log_names_them_and_the_command(
    temporal_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    namespace = await new_namespace(temporal_client)
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    full = {f"Other{number}": keyword for number in range(MOST_KEYWORDS)}
    await learns(temporal_client, namespace, LeadLine=keyword, **dict(list(full.items())[1:]))

    await engine(temporal_client, namespace).teach_attributes()

    (said,) = complaints(caplog)
    assert namespace in said
    assert all(name in said for name in SEARCH_ATTRIBUTES)
    assert "temporal operator search-attribute create" in said
    assert "--name LeadModeSince --type Datetime" in said


async def test_one_of_another_type_is_named(
    temporal_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    namespace = await new_namespace(temporal_client)
    await learns(temporal_client, namespace, LeadLine=IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)

    await engine(temporal_client, namespace).teach_attributes()

    (said,) = complaints(caplog)
    assert "LeadLine" in said
    assert "LeadStep" not in said
