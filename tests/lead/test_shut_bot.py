"""A lead whose bot is shut: its message waits, and the lead looks by itself from time to time."""

from datetime import UTC, datetime, timedelta

from activities.progress import progress
from models.message import State
from models.spot import Bot
from tests.lead.conftest import BOT, Inbox


async def test_a_lead_of_a_shut_bot_looks_again_even_if_nobody_rings(inbox: Inbox):
    lead_id = (await inbox.writes("/start")).lead_id
    assert lead_id is not None
    now = datetime.now(UTC)
    async with inbox.database.unit_of_work() as work:
        (await work.session.get_one(Bot, BOT)).disable(because="Unauthorized", now=now)
    async with inbox.database.unit_of_work(silent=True) as work:
        move = await progress(work, await work.locked_lead(lead_id), now=now)
    assert (move.deliver, move.typing) == (None, None)
    assert move.due_at == (await inbox.lead()).due_at == now + timedelta(minutes=15)

    async with inbox.database.unit_of_work() as work:  # opened, and the ring went to nobody
        (await work.session.get_one(Bot, BOT)).disabled_at = None
    async with inbox.database.unit_of_work(silent=True) as work:
        lead = await work.locked_lead(lead_id)
        move = await progress(work, lead, now=now + timedelta(minutes=15))
    assert move.deliver is not None
    assert [one.state for one in await inbox.messages()] == [State.RECEIVED, State.QUEUED]
