"""Content that nothing is made of any more leaves the store."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from activities.clients.storage import Storage
from models.database import Database

# What is kept anew meanwhile gets its row only after its content: that is waited for.
GRACE = timedelta(minutes=10)
EVERY = timedelta(minutes=1)
DISCARDED = text("select sha256 from discarded_file order by at limit 100")
USED = text(
    """
    select exists (select 1 from media where sha256 = :digest)
        or exists (select 1 from template where files @> jsonb_build_array(
            jsonb_build_object('sha256', cast(:name as text))))
        or exists (select 1 from process_version v, jsonb_each(v.files) f
            where f.value ->> 'sha256' = :name)
    """
)
DONE = text("delete from discarded_file where sha256 = :digest")

log = logging.getLogger(__name__)


async def discard(
    database: Database, storage: Storage, *, now: datetime, grace: timedelta = GRACE
) -> None:
    """Raises Unreachable: it is asked again then."""
    async with database.statement() as connection:
        for digest in list((await connection.execute(DISCARDED)).scalars()):
            name = bytes(digest).hex()
            kept_at = await storage.kept_at(name)
            if kept_at is not None and kept_at > now - grace:
                continue
            used = {"digest": digest, "name": name}
            if not (await connection.execute(USED, used)).scalar():
                await storage.drop(name)
            await connection.execute(DONE, {"digest": digest})


async def keep_discarding(database: Database, storage: Storage) -> None:
    """Until cancelled. A round that fails is the next one's."""
    while True:
        try:
            await discard(database, storage, now=datetime.now(UTC))
        except Exception as error:
            log.warning("nothing was discarded: %r", error)
        await asyncio.sleep(EVERY.total_seconds())
