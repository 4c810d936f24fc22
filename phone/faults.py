"""Faults to order: what goes wrong, how likely, how often, for whom."""

import random
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from phone.refusals import Nonsense

BEFORE = ("429", "reset_before", "5xx_before", "403", "400", "slow", "refuse_connections")
AFTER = ("reset_after", "eof_after", "5xx_after", "slow_after", "garbage")
ON_UPDATES = ("repeat_updates", "reorder_updates")
KINDS = BEFORE + AFTER + ON_UPDATES

_numbers = count(1)


@dataclass
class Fault:
    """One fault. Without `count` it stays; `probability` is thrown first, then counted."""

    kind: str
    probability: float = 1.0
    count: int | None = None  # the next N times, then it is over
    methods: list[str] | None = None  # ["*"] is every one; None is what sends messages
    bot: int | None = None
    client: int | None = None
    retry_after: int = 1  # 429: seconds
    seconds: float = 1.0  # slow, slow_after
    status: int = 502  # 5xx_before, 5xx_after
    description: str | None = None  # 403, 400
    times: int = 2  # repeat_updates: deliveries of each update
    id: int = field(default_factory=lambda: next(_numbers))
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Nonsense(f"no fault is called {self.kind}; there are {', '.join(KINDS)}")
        if not 0 <= self.probability <= 1:
            raise Nonsense("probability is a number from 0 to 1")
        if isinstance(self.methods, str):
            self.methods = [self.methods]

    def concerns(self, *, method: str, bot: int | None, client: int | None) -> bool:
        if self.bot is not None and self.bot != bot:
            return False
        if self.client is not None and self.client != client:
            return False
        if self.methods is None:
            return self.kind in ON_UPDATES or (
                method.startswith("send") and method != "sendChatAction"
            )
        return "*" in self.methods or method in self.methods

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self) -> None:
        self.all: list[Fault] = []

    def add(self, settings: dict[str, Any]) -> Fault:
        allowed = set(Fault.__dataclass_fields__) - {"id", "hits"}
        if unknown := set(settings) - allowed:
            raise Nonsense(f"a fault has no {', '.join(sorted(unknown))}")
        if "kind" not in settings:
            raise Nonsense("a fault needs a kind")
        fault = Fault(**settings)
        self.all.append(fault)
        return fault

    def remove(self, fault_id: int) -> None:
        self.all = [fault for fault in self.all if fault.id != fault_id]

    def clear(self) -> None:
        self.all.clear()

    def refusing_connections(self) -> bool:
        return any(fault.kind == "refuse_connections" for fault in self.all)

    def strike(
        self, kinds: tuple[str, ...], *, method: str, bot: int | None, client: int | None
    ) -> list[Fault]:
        """The faults of these kinds that happen now; each is counted."""
        if not self.all:
            return []
        struck = []
        for fault in list(self.all):
            if fault.kind not in kinds or not fault.concerns(method=method, bot=bot, client=client):
                continue
            if fault.probability < 1 and random.random() >= fault.probability:
                continue
            fault.hits += 1
            struck.append(fault)
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.remove(fault.id)
        return struck
