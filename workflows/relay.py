"""The relay: whatever a lost ring, a killed process or a lost engine left undone goes on.

Every ten seconds it rings leads with unseen events or a moment long past, and turns messages that
have been `sending` for too long into *unknown*.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.database import Database
from models.message import Message, State
from models.settings import Settings
from workflows.engine import LOOK, Engine

LATE = timedelta(minutes=1)
BATCH = 200

WAITING = text(
    "select id from lead where seq > seen"
    " union select id from lead where due_at < now() - cast(:late as interval) limit :most"
)
EXPIRED = text(
    "select id, lead_id from message where state = 'sending'"
    " and claimed_at < now() - case when kind = 'text' then cast(:short as interval)"
    " else cast(:long as interval) end limit :most"
)
FORGOTTEN = text(
    "delete from telegram_update where id in (select id from telegram_update"
    " where state <> 'poison' and received_at < now() - interval '8 days' limit 5000)"
)

log = logging.getLogger(__name__)


class Relay:
    def __init__(self, database: Database, engine: Engine, settings: Settings) -> None:
        self._database = database
        self._engine = engine
        self._settings = settings

    async def run(self) -> None:
        """Until cancelled. A round that fails is the next one's."""
        while True:
            try:
                await self.round()
            except (DBAPIError, OSError) as error:
                log.warning("relay round failed: %s", type(error).__name__)
            await asyncio.sleep(self._settings.relay_every.total_seconds())

    async def round(self) -> None:
        await self.expire()
        async with self._database.statement() as connection:
            waiting = await connection.execute(WAITING, {"late": LATE, "most": BATCH})
            leads = list(waiting.scalars())
            await connection.execute(FORGOTTEN)
            await connection.execute(text("select grow_message_search()"))
        await asyncio.gather(*(self._engine.ring(lead_id, LOOK) for lead_id in leads))

    async def expire(self) -> None:
        """A claimed message whose deliverer is gone: only a person knows whether it arrived."""
        async with self._database.statement() as connection:
            expired = await connection.execute(
                EXPIRED,
                {
                    "short": self._settings.sending_limit,
                    "long": self._settings.upload_limit,
                    "most": BATCH,
                },
            )
            rows = expired.all()
        for message_id, lead_id in rows:
            async with self._database.unit_of_work() as work:
                lead = await work.locked_lead(lead_id)
                message = await work.session.get_one(Message, message_id)
                if message.state == State.SENDING:
                    lead.perhaps_sent(message, because="deliverer_lost", at=datetime.now(UTC))
                    lead.ring()
