"""P9: a lead whose workflow has left the worker's memory writes again."""

from tests.bench.clients import asks
from tests.bench.ground import Ground, breathe
from tests.bench.rows import Row, at_most, median, quantile
from workflows.lead import ROUNDS

LIMIT = 0.4  # seconds


async def measure(ground: Ground) -> list[Row]:
    """Each has nearly as long a history as one may become before it is begun anew."""
    leads, messages = (2, 10) if ground.quick else (12, ROUNDS - 12)
    chats = await ground.clients("talk", leads)
    hook, telegram = ground.hooks["talk"], ground.telegram
    for _ in range(messages):
        for chat in chats:
            await asks(hook, telegram, chat)
    await ground.forgotten_by_worker()
    cold, warm = [], []
    for chat in chats:
        cold.append((await asks(hook, telegram, chat)).seconds)
        await breathe(0.1)
        warm.append((await asks(hook, telegram, chat)).seconds)
        await breathe(0.1)
    return [
        at_most(
            LIMIT, goal=f"≤ {LIMIT} s", id="P9",
            what=f"evicted lead with {messages} messages of history writes → reply",
            unit="s", value=median(cold), particulars={"worst": quantile(cold, 1.0), "warm":
            median(warm)},
        )
    ]  # fmt: skip
