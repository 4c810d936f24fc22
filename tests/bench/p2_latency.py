"""P2: the same at low load, and where the time goes."""

from sqlalchemy import text

from tests.bench.clients import Turn, asks
from tests.bench.ground import HAND, Ground, breathe
from tests.bench.rows import Row, at_most, median, quantile

THINKS = 0.06  # seconds between a reply and the next message, at the least
# The rows themselves say when: a transaction stamps its beginning.
STAMPS = text(
    """
    select extract(epoch from said.received_at) as advanced, extract(epoch from m.claimed_at) as
        claimed
    from lead l join message m on m.lead_id = l.id and m.direction = 'out'
    join event said on said.lead_id = l.id and said.ref = m.id and said.kind = 'process_said'
    where l.chat_id = :chat order by m.id desc limit 1
    """
)


async def measure(ground: Ground) -> list[Row]:
    turns_each = 8 if ground.quick else 240
    arms = {"talk": (await ground.clients("talk", 4)), HAND: (await ground.clients(HAND, 4))}
    taken: dict[str, list[float]] = {name: [] for name in arms}
    parts: dict[str, dict[str, list[float]]] = {name: {} for name in arms}
    for turn in range(turns_each):
        for name, chats in arms.items():
            chat = chats[turn % len(chats)]
            await breathe(THINKS)
            asked = await asks(ground.hooks[name], ground.telegram, chat)
            taken[name].append(asked.seconds * 1000)
            for part, took in (await _parts(ground, chat, asked)).items():
                parts[name].setdefault(part, []).append(took * 1000)
    broken_down = {
        "p50 of": {part: median(took) for part, took in parts["talk"].items()},
        "by hand": {part: median(took) for part, took in parts[HAND].items()},
    }
    ours, hand = taken["talk"], taken[HAND]
    return [
        at_most(
            1.2, goal="≤ 1.2 ×", id="P2", what="message to reply at low load, p50", unit="ms",
            value=median(ours), reference=median(hand), particulars=broken_down,
        ),
        at_most(
            1.5, goal="≤ 1.5 ×", id="P2", what="message to reply at low load, p99", unit="ms",
            value=quantile(ours, 0.99), reference=quantile(hand, 0.99),
        ),
    ]  # fmt: skip


async def _parts(ground: Ground, chat: int, turn: Turn) -> dict[str, float]:
    """Seconds: receive to 200, from there to the decision's transaction, to the claim, to Telegram.

    The bell is rung beside the answer, so `ring` may be short or begin before the 200.
    """
    async with ground.database.statement() as connection:
        found = (await connection.execute(STAMPS, {"chat": chat})).mappings().one()
    advanced, claimed = float(found["advanced"]), float(found["claimed"])
    return {
        "receive": turn.received_at - turn.written_at,
        "ring": advanced - turn.received_at,
        "advance": claimed - advanced,
        "send": turn.replied_at - claimed,
    }
