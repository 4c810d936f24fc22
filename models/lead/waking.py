"""Leads whose messages waited for a bot: when it works again they go on."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from models.database import Work
from models.lead.lead import Lead
from models.message import Message, State

RUNG_AT_ONCE = 500  # the relay rings the rest within minutes
LOOK = 0  # a ring that names no event


async def wake(work: Work, *, bot_id: int, now: datetime) -> int:
    """Rings all who have something to send through this bot; returns how many.

    They are due from now on, so that a ring that is lost is the relay's. They are locked, so the
    bot is locked after them (`Bot.locked` says why).
    """
    queued = exists().where(
        col(Message.lead_id) == col(Lead.id), col(Message.state) == State.QUEUED
    )
    waiting = select(Lead).where(col(Lead.bot_id) == bot_id, queued).order_by(col(Lead.id))
    leads = list((await work.execute(waiting.with_for_update())).scalars())
    for lead in leads:
        lead.due_at = min(lead.due_at or now, now)
    for lead in leads[:RUNG_AT_ONCE]:
        work.rings.setdefault(lead.id or 0, LOOK)
    return len(leads)
