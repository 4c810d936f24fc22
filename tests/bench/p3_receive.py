"""P3: an update over HTTP → 200, how many a second, against the bare statement."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from tests.bench import statements
from tests.bench.clients import update
from tests.bench.ground import HAND, Ground
from tests.bench.rows import Row, at_least, median

AT_ONCE = 16
LEADS = 64
TALKED_TO = text(
    "insert into lead (bot_id, chat_id, first_name, last_action_at, mode)"
    " values (:bot, :chat, 'Иван', now(), 'manual')"
)
FIRST = {"talk": 600_000_001, HAND: 650_000_001}


async def measure(ground: Ground) -> list[Row]:
    """The worker is held meanwhile: what it does with a message is P1's."""
    rounds, seconds = (1, 0.7) if ground.quick else (7, 2.0)
    chats = {name: await _leads(ground, name) for name in FIRST}
    url = ground.house.settings.postgres.replace("postgresql+psycopg", "postgresql")
    pool = AsyncConnectionPool(
        url, min_size=AT_ONCE, max_size=AT_ONCE, open=False,
        kwargs={"autocommit": True, "prepare_threshold": 0},
    )  # fmt: skip
    await pool.open(wait=True)

    async def bare(body: bytes) -> None:
        values = statements.wrote(body, json.loads(body), bot=ground.bots[HAND])
        async with pool.connection() as connection:
            await connection.execute(statements.WROTE, values)

    hook = ground.hooks["talk"]
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    ground.house.worker.pause()
    try:
        for post, name in ((hook.post, "talk"), (bare, HAND)):  # connections, plans, partitions
            await _rate(post, chats[name], 0.5)
        for _ in range(rounds):
            rates["ours"].append(await _rate(hook.post, chats["talk"], seconds))
            rates["bare"].append(await _rate(bare, chats[HAND], seconds))
    finally:
        ground.house.worker.resume()
        await pool.close()
    pairs = [a / b for a, b in zip(rates["ours"], rates["bare"], strict=True)]
    return [
        at_least(
            0.6, id="P3", what=f"receive to 200, {AT_ONCE} at once, against the bare statement",
            unit="/s", value=median(rates["ours"]), reference=median(rates["bare"]),
            ratio=median(pairs),
        )
    ]  # fmt: skip


async def _rate(
    post: Callable[[bytes], Awaitable[None]], chats: list[int], seconds: float
) -> float:
    end = time.monotonic() + seconds

    async def posts(mine: list[int]) -> int:
        done = 0
        while time.monotonic() < end:
            await post(update(mine[done % len(mine)], "Здравствуйте, подскажите, пожалуйста"))
            done += 1
        return done

    begun = time.monotonic()
    done = sum(await asyncio.gather(*(posts(chats[n::AT_ONCE]) for n in range(AT_ONCE))))
    return done / (time.monotonic() - begun)


async def _leads(ground: Ground, name: str) -> list[int]:
    """Leads whom people lead, so that nothing of theirs is left to be done afterwards."""
    chats = [FIRST[name] + n for n in range(LEADS)]
    async with ground.database.statement() as connection:
        for chat in chats:
            await connection.execute(TALKED_TO, {"bot": ground.bots[name], "chat": chat})
    return chats
