"""Changing messages that are at Telegram: edits, deletions, reactions; one attempt for each."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity

from activities.clients.telegram import Accepted, Answer, Declined, NotSent, PerhapsSent, Telegram
from activities.conversation import tell_bot
from activities.envelope import Amended, amendment
from activities.moves import Amendment
from models.change import Change
from models.database import Database
from models.lead.lead import Lead
from models.message import Message, State
from models.seal import BrokenSeal, open_sealed
from models.settings import Settings
from models.spot import Bot

# One statement, committed before the first byte, as for a message; one change of a message at a
# time, in the order in which people asked.
CLAIM = text(
    """
    with l as (select id, bot_id, chat_id, business_connection
               from lead where id = :lead for update),
    b as (select bot.id, bot.token from bot, l
          where bot.id = l.bot_id and bot.disabled_at is null
          and (bot.paused_until is null or bot.paused_until <= :now))
    update message_change c
    set state = 'sending', attempt = c.attempt + 1, claimed_at = clock_timestamp()
    from l, b, message m
    where c.id = :change and c.lead_id = l.id and c.state = 'queued' and m.id = c.message_id
    and (c.not_before is null or c.not_before <= :now)
    and not exists (select 1 from message_change e where e.message_id = c.message_id
                    and e.id < c.id and e.state in ('queued', 'sending'))
    returning c.id as change_id, c.attempt as change_attempt, c.kind as act, c.text, c.entities,
        c.emoji, m.id, m.attempt, m.kind, m.buttons, m.details, m.telegram_ids,
        l.chat_id, l.business_connection, b.id as bot_id, b.token
    """
)
SOON = timedelta(seconds=5)  # until the next attempt, when a bot's own pause does not say
# Telegram's words for what is as it was asked for already.
DONE_ALREADY = ("message is not modified", "message to delete not found")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Claimed(Amended):
    """`token` is sealed."""

    change_id: int
    change_attempt: int
    bot_id: int
    token: bytes


class Changes:
    def __init__(self, database: Database, telegram: Telegram, settings: Settings) -> None:
        self._database = database
        self._telegram = telegram
        self._settings = settings

    @activity.defn
    async def change(self, asked: Amendment) -> None:
        """One attempt and its outcome. Safe to run again: the row knows. What has begun is
        finished even when the engine has given it up."""
        assert asked.now is not None
        attempt = asyncio.ensure_future(self._attempt(asked, asked.now))
        while not attempt.done():
            try:
                await asyncio.shield(attempt)
            except asyncio.CancelledError:
                if attempt.cancelled():
                    raise

    async def _attempt(self, asked: Amendment, now: datetime) -> None:
        begun = monotonic()
        values = {"lead": asked.lead_id, "change": asked.change_id, "now": now}
        found = await self._database.single(CLAIM, values)
        if found is None:
            return
        claimed = Claimed(**found)
        answer = await self._call(claimed, begun=begun)
        pause = 0.1
        while True:  # Telegram's answer is known once
            try:
                return await self._record(asked.lead_id, claimed, answer, now=now)
            except (SQLAlchemyError, OSError):
                log.warning("change %s: outcome not stored yet", claimed.change_id)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    async def _call(self, claimed: Claimed, *, begun: float) -> Answer:
        purpose = f"bot.token:{claimed.bot_id}"
        try:
            token = open_sealed(claimed.token, key=self._settings.key(), purpose=purpose)
        except BrokenSeal:
            return NotSent("token_sealed", ours=True)
        limit = self._settings.sending_limit.total_seconds()
        return await self._telegram.call(
            token, amendment(claimed), seconds=limit * 0.5, write_until=begun + limit * 0.25,
            reference=f"change:{claimed.change_id}.{claimed.change_attempt}",
        )  # fmt: skip

    async def _record(
        self, lead_id: int, claimed: Claimed, answer: Answer, *, now: datetime
    ) -> None:
        async with self._database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            change = await work.session.get_one(Change, claimed.change_id)
            unsettled = (State.SENDING, State.UNKNOWN)
            if change.attempt != claimed.change_attempt or change.state not in unsettled:
                return
            message = await work.session.get_one(Message, change.message_id)
            _apply(answer, lead, change, message, now=now)
            if isinstance(answer, NotSent) or _is_of_the_bot(answer):
                tell_bot(await Bot.locked(work, lead.bot_id), answer, now=now)


def _apply(answer: Answer, lead: Lead, change: Change, message: Message, *, now: datetime) -> None:
    match answer:
        case Accepted():
            lead.changed(change, message, at=now)
        case Declined(description=said) if any(known in said for known in DONE_ALREADY):
            lead.changed(change, message, at=now)
        case PerhapsSent(because):
            lead.perhaps_changed(change, because=because, at=now)
        case NotSent(because):
            lead.not_changed(change, because=because, at=now, until=now + SOON)
        case Declined(code=429, retry_after=seconds):
            until = now + timedelta(seconds=seconds or 1)
            lead.not_changed(change, because="too_many_requests", at=now, until=until)
        case Declined(code=401 | 404):
            lead.not_changed(change, because="bot_disabled", at=now, until=now + SOON)
        case Declined(migrate_to_chat_id=int() as chat_id):
            lead.chat_id = chat_id
            lead.not_changed(change, because="chat_migrated", at=now, until=None)
        case Declined(code=code, description=said):
            lead.change_refused(change, code=code, because=said, at=now)


def _is_of_the_bot(answer: Answer) -> bool:
    return isinstance(answer, Declined) and answer.code in (401, 404, 429)
