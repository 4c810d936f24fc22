"""P11: what a client's message adds to its lead's history, counted exactly."""

from collections import Counter

from sqlalchemy import text
from temporalio.api.history.v1 import HistoryEvent

from tests.bench.clients import asks, update
from tests.bench.ground import Ground
from tests.bench.rows import Row, at_most
from tests.eventually import eventually
from workflows.engine import workflow_id

LEAD = text("select id from lead where chat_id = :chat")
MANUAL = text("update lead set mode = 'manual', epoch = epoch + 1 where chat_id = :chat")


async def measure(ground: Ground) -> list[Row]:
    messages = 3 if ground.quick else 12
    (chat,) = await ground.clients("stroll", 1)
    before = await _history(ground, chat)
    for _ in range(messages):
        await asks(ground.hooks["stroll"], ground.telegram, chat)
        await eventually(lambda: ground.rest([chat]))
    answered = await _history(ground, chat) - before
    async with ground.database.statement() as connection:
        await connection.execute(MANUAL, {"chat": chat})
    before = await _history(ground, chat)
    for _ in range(messages):
        await ground.hooks["stroll"].post(update(chat, "и ещё"))
        await eventually(lambda: ground.rest([chat]))
    recorded = await _history(ground, chat) - before
    return [
        at_most(
            most, id="P11", what=f"events in history per message, {what}", unit="",
            value=counted.total() / messages,
            particulars={
                name.removeprefix("EVENT_TYPE_").lower(): number / messages
                for name, number in counted.items()
            },
        )
        for most, what, counted in (
            (12, "answered by a step", answered),
            (6, "only recorded", recorded),
        )
    ]  # fmt: skip


async def _history(ground: Ground, chat: int) -> Counter[str]:
    """Kinds of events so far; asked again until the last task is closed."""
    async with ground.database.statement() as connection:
        lead_id = (await connection.execute(LEAD, {"chat": chat})).scalar_one()
    handle = ground.temporal.get_workflow_handle(workflow_id(lead_id))

    async def settled() -> Counter[str] | None:
        events = (await handle.fetch_history()).events
        kinds = [_kind(event) for event in events]
        closed = kinds.count("EVENT_TYPE_WORKFLOW_TASK_COMPLETED")
        if closed != kinds.count("EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"):
            return None
        return Counter(kinds)

    return await eventually(settled)


def _kind(event: HistoryEvent) -> str:
    from temporalio.api.enums.v1 import EventType

    return str(EventType.Name(event.event_type))
