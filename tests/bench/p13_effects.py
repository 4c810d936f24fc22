"""P13: a message that changes five things at once against one that changes one."""

from tests.bench.clients import chatter
from tests.bench.ground import Ground
from tests.bench.rows import Row, at_least, median

CLIENTS = 16


async def measure(ground: Ground) -> list[Row]:
    rounds, seconds = (1, 0.5) if ground.quick else (6, 4.0)
    arms = {name: await ground.clients(name, CLIENTS) for name in ("five", "one")}
    rates: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, chats in arms.items():
            heard = await chatter(ground.hooks[name], ground.telegram, chats, seconds=seconds)
            rates[name].append(heard / seconds)
    pairs = [a / b for a, b in zip(rates["five"], rates["one"], strict=True) if b]
    return [
        at_least(
            0.85, id="P13", what="message with five instant effects against one with one",
            unit="/s", value=median(rates["five"]), reference=median(rates["one"]),
            ratio=median(pairs) if pairs else 0.0,
        )
    ]  # fmt: skip
