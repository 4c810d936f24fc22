"""P1: client message → decided → reply at Telegram, how many a second."""

from tests.bench.clients import chatter
from tests.bench.ground import HAND, Ground
from tests.bench.rows import Row, at_least, median

CLIENTS = 24


async def measure(ground: Ground) -> list[Row]:
    rounds, seconds = (1, 0.5) if ground.quick else (6, 4.0)
    arms = {"talk": await ground.clients("talk", CLIENTS)}
    arms[HAND] = await ground.clients(HAND, CLIENTS)
    rates: dict[str, list[float]] = {name: [] for name in arms}
    costs: dict[str, dict[str, float]] = {name: {} for name in arms}
    replies = dict.fromkeys(arms, 0)
    for _ in range(rounds):
        for name, chats in arms.items():
            before = ground.spent(name)
            heard = await chatter(ground.hooks[name], ground.telegram, chats, seconds=seconds)
            for process, spent in ground.spent(name).items():
                costs[name][process] = costs[name].get(process, 0) + spent - before[process]
            rates[name].append(heard / seconds)
            replies[name] += heard
    pairs = [a / b for a, b in zip(rates["talk"], rates[HAND], strict=True) if b]
    return [
        at_least(
            0.9, id="P1", what="message to reply, throughput, against one written by hand",
            unit="/s", value=median(rates["talk"]), reference=median(rates[HAND]),
            ratio=median(pairs) if pairs else 0.0,
            particulars={
                "CPU ms a message": _each(costs["talk"], replies["talk"]),
                "by hand": _each(costs[HAND], replies[HAND]),
            },
        )
    ]  # fmt: skip


def _each(costs: dict[str, float], replies: int) -> dict[str, float]:
    each = {name: 1000 * spent / max(replies, 1) for name, spent in costs.items()}
    return {**each, "all": sum(each.values())}
