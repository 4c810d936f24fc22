"""What the demo's people have promised: something overdue, for today, for later, and done."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models.task import Outcome

if TYPE_CHECKING:
    from api.scenes import Talk

LONG_AGO = timedelta(hours=5)  # when what is overdue was promised
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def promised(
    talk: "Talk", who: str, what: str, *, due: timedelta, by: str = "igor", done: str = ""
) -> None:
    """Due so long from now, or ago; `done` is what came of it."""
    now, people = datetime.now(UTC), talk.stage.people
    promised_at = now if due > timedelta() else now - LONG_AGO
    async with talk.lead() as lead:
        task = await lead.set_task(
            what, due_at=now + due, assignee=people[who], by=people[by].actor, now=promised_at
        )
        if done:
            by_whom = people[who].actor
            await lead.close_task(task.id, Outcome.DONE, by=by_whom, now=now, result=done)
