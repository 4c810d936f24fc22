"""What a move costs: the statements it takes until a message is queued, and until it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from activities.progress import progress
from models.database import Database
from models.message import State
from tests.lead.conftest import Inbox


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Their first words, as they are executed."""
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(" ".join(statement.split()[:2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def moves(inbox: Inbox, lead_id: int, *, sent: int | None = None, **later: Any) -> int | None:
    now = datetime.now(UTC) + timedelta(**later)
    async with inbox.database.unit_of_work(silent=True) as work:
        lead = await work.locked_lead(lead_id)
        sight = await lead.look(now=now)
        if sent is not None:
            lead.sent(await lead.outgoing(sent), telegram_ids=[7], at=now)
        return (await progress(work, lead, now=now, sight=sight)).deliver


async def test_a_move_writes_once(inbox: Inbox):
    lead_id = (await inbox.writes("/start")).lead_id
    assert lead_id is not None
    greeting = await moves(inbox, lead_id)  # the definition is read once a process
    await moves(inbox, lead_id, sent=greeting)

    with statements(inbox.database) as said:
        nudge = await moves(inbox, lead_id, hours=3)
    assert nudge is not None
    assert said == ["SELECT lead.id,", "with unseen", "with new"]

    with statements(inbox.database) as said:
        await moves(inbox, lead_id, sent=nudge, hours=3)
    assert said == ["SELECT lead.id,", "with unseen", "SELECT message.id,", "with new"]
    assert [one.state for one in await inbox.messages()][-1] == State.SENT


async def test_a_move_that_changes_nothing_writes_nothing(inbox: Inbox):
    lead_id = (await inbox.writes("/start")).lead_id
    assert lead_id is not None
    await moves(inbox, lead_id, sent=await moves(inbox, lead_id))
    with statements(inbox.database) as said:
        await moves(inbox, lead_id)
    assert said == ["SELECT lead.id,", "with unseen"]
