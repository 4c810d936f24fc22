"""What a part of the chaos showed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker import Verdict


@dataclass(frozen=True)
class Plan:
    """How much of everything. `seconds` are what the campaign of kills may take."""

    kills: int = 100
    messages: int = 2000
    races: int = 1000
    flood: int = 50_000
    leads: int = 500
    seed: int = 1
    seconds: float = 840


@dataclass
class Result:
    """`said`: sentences for the table. `broken`: what is wrong; nothing, when it holds."""

    name: str
    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    @property
    def holds(self) -> bool:
        return not self.broken

    def saw(self, verdict: Verdict) -> None:
        self.counts.update(verdict.counts)
        self.broken += verdict.broken

    def expect(self, true: object, sentence: str) -> None:
        self.said.append(sentence)
        if not true:
            self.broken.append(f"not so: {sentence}")

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "holds": self.holds,
            "seconds": round(self.seconds, 1),
            "said": self.said,
            "broken": self.broken,
            "counts": dict(self.counts),
        }
