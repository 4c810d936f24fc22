"""What was on its way when a lead was taken over: it cannot be called back, and is named."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from models.database import Database
from models.message import Message, State
from models.queries.finding import messages_of

LOOK_EVERY = 0.05  # seconds


async def what_left(
    data: Database, lead_id: int, ids: Sequence[int], *, within: timedelta
) -> list[Message]:
    """What became of these of the lead's messages, as far as it is known in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within.total_seconds()
    found: list[Message] = []
    while ids:
        async with data.reading() as session:
            found = await messages_of(session, lead_id, ids)
        if all(one.state != State.SENDING for one in found) or loop.time() > deadline:
            break
        await asyncio.sleep(LOOK_EVERY)
    return found
