"""The relay: whatever a lost ring, a killed process or a lost engine left undone goes on.

Every ten seconds it rings leads with unseen events or a moment long past, and turns messages that
have been `sending` for too long into *unknown*. It keeps shifts to their plans, and hands the leads
of who went off shift on.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from models.change import Change
from models.database import Database
from models.going_off import leave_some
from models.message import Message, State
from models.settings import Settings
from models.shift import keep_to_plan
from workflows.engine import LOOK, Engine

LATE = timedelta(minutes=1)
BATCH = 200

WAITING = text(
    "select id from lead where id > :after and seq > seen union"
    " select id from lead where id > :after and due_at < now() - cast(:late as interval)"
    " order by id limit :most"
)
EXPIRED = text(
    "select id, lead_id, attempt from message where state = 'sending'"
    " and claimed_at < now() - case when kind = 'text' then cast(:short as interval)"
    " else cast(:long as interval) end limit :most"
)
HALF_CHANGED = text(
    "select id, lead_id, attempt from message_change where state = 'sending'"
    " and claimed_at < now() - cast(:short as interval) limit :most"
)
FORGOTTEN = text(
    "delete from telegram_update where id in (select id from telegram_update"
    " where state <> 'poison' and received_at < now() - interval '8 days' limit 5000)"
)

PLANS_DUE = text("select id from user_account where plan_due_at <= :now limit :most")
GOING_OFF = text("select id from user_account where going_off is not null limit :most")

log = logging.getLogger(__name__)


class Relay:
    def __init__(self, database: Database, engine: Engine, settings: Settings) -> None:
        self._database = database
        self._engine = engine
        self._settings = settings
        self._after = 0  # leads that stay stuck do not keep the others from their turn

    async def run(self) -> None:
        """Until cancelled. A round that fails is the next one's."""
        while True:
            try:
                await self.round()
            except Exception as error:  # whatever it was, leads depend on there being a next one
                log.warning("relay round failed: %r", error)
            await asyncio.sleep(self._settings.relay_every.total_seconds())

    async def round(self) -> None:
        await self.expire()
        async with self._database.statement() as connection:
            waiting = await connection.execute(
                WAITING, {"late": LATE, "most": BATCH, "after": self._after}
            )
            leads = list(waiting.scalars())
            self._after = leads[-1] if len(leads) == BATCH else 0
            await connection.execute(FORGOTTEN)
            await connection.execute(text("select grow_message_search()"))
        await asyncio.gather(*(self._engine.ring(lead_id, LOOK) for lead_id in leads))
        await self.keep_shifts(now=datetime.now(UTC))

    async def expire(self) -> None:
        """A claimed message whose deliverer is gone: only a person knows whether it arrived."""
        async with self._database.statement() as connection:
            limits = {
                "short": self._settings.sending_limit, "long": self._settings.upload_limit,
                "most": BATCH,
            }  # fmt: skip
            rows = (await connection.execute(EXPIRED, limits)).all()
            changes = (await connection.execute(HALF_CHANGED, limits)).all()
        for message_id, lead_id, attempt in rows:
            async with self._database.unit_of_work() as work:
                lead = await work.locked_lead(lead_id)
                message = await work.session.get_one(Message, message_id)
                if (message.state, message.attempt) == (State.SENDING, attempt):
                    lead.perhaps_sent(message, because="deliverer_lost", at=datetime.now(UTC))
                    lead.ring()
        for change_id, lead_id, attempt in changes:
            async with self._database.unit_of_work() as work:
                lead = await work.locked_lead(lead_id)
                change = await work.session.get_one(Change, change_id)
                if (change.state, change.attempt) == (State.SENDING, attempt):
                    lead.perhaps_changed(change, because="deliverer_lost", at=datetime.now(UTC))

    async def keep_shifts(self, *, now: datetime) -> None:
        """Two relays at once do it once: each person is locked."""
        async with self._database.statement() as connection:
            values = {"now": now, "most": BATCH}
            due = list((await connection.execute(PLANS_DUE, values)).scalars())
        for person in due:
            async with self._database.unit_of_work() as work:
                await keep_to_plan(work, person, now=now)
        async with self._database.statement() as connection:
            leaving = list((await connection.execute(GOING_OFF, {"most": BATCH})).scalars())
        for person in leaving:
            more = True
            while more:
                async with self._database.unit_of_work() as work:
                    more = await leave_some(work, person, now=now)
