"""What the demo's people have promised: something overdue, for today, for later, and done."""

from datetime import UTC, datetime, timedelta

from models.lead.lead import Lead
from models.task import Outcome
from models.user import User

LONG_AGO = timedelta(hours=5)  # when it was promised
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def promised(
    lead: Lead, what: str, *, due: timedelta, whom: User, by: User, done: str = ""
) -> None:
    """Due so long from now, or ago; `done` is what came of it."""
    now = datetime.now(UTC)
    promised_at = now if due > timedelta() else now - LONG_AGO
    task = await lead.set_task(what, due_at=now + due, assignee=whom, by=by.actor, now=promised_at)
    if done:
        await lead.close_task(task.id, Outcome.DONE, by=whom.actor, now=now, result=done)
