"""What would happen at once if a lead went on from some place: asked before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from models.process.effects import Effect, Give, HandOver, Say
from models.process.facts import Facts
from models.process.interpreter import begin, place, proceed
from models.process.state import Heard, ProcessState

if TYPE_CHECKING:
    from models.process.language import Process

MOST_ROUNDS = 20  # send steps one after the other, without a wait between


class Departure(NamedTuple):
    """A message and when it leaves, if all before it left without delay."""

    say: Say
    at: datetime


@dataclass(frozen=True)
class Outlook:
    """`departures` are the very messages that would leave, one send step after the other until the
    process waits for something else; `state` is where the lead would then be."""

    state: ProcessState
    effects: tuple[Effect, ...]
    departures: tuple[Departure, ...]
    due_at: datetime | None
    asked_at: datetime

    @property
    def hands_over(self) -> bool:
        return any(isinstance(effect, HandOver) for effect in self.effects)

    @property
    def quiet(self) -> bool:
        """The process just waits on: nobody hears of it at once."""
        return not (self.departures or self.hands_over) and self.state.phase != "ended"


def given_back(
    definition: "Process",
    state: ProcessState,
    facts: Facts,
    *,
    at: str,
    read: Sequence[Heard],
    move: int,
    now: datetime,
) -> Outlook:
    """If the process went on at `at` (as `place` takes it). Raises NoSuchPlace."""
    placed = place(definition, state, facts, at=at, read=read, now=now)
    return _look(definition, placed, facts, move=move, now=now)


def started(
    definition: "Process", facts: Facts, *, run: int, version: int, move: int, now: datetime
) -> Outlook:
    """If the lead started another process."""
    return _look(
        definition, begin(definition, run=run, version=version, now=now), facts, move=move, now=now
    )


def _look(
    definition: "Process", state: ProcessState, facts: Facts, *, move: int, now: datetime
) -> Outlook:
    driven = facts.model_copy(update={"mode": "auto", "outcomes": ()})
    effects: list[Effect] = []
    departures: list[Departure] = []
    asked_at = now
    for round_ in range(MOST_ROUNDS):
        outcome = proceed(definition, state, driven, (), move=move + round_, now=now)
        state = outcome.state
        effects += outcome.effects
        for effect in outcome.effects:
            driven = driven.after(effect)
        says = [effect for effect in outcome.effects if isinstance(effect, Say)]
        begun = now
        for say in says:
            now = max(now, begun + say.typing) if say.typing else now
            departures.append(Departure(say, now))
        if any(isinstance(effect, Give) for effect in outcome.effects):
            state = state.model_copy(update={"given": "somebody"})
        elif not says:
            break
        driven = driven.model_copy(update={"outcomes": ("sent",) * len(says)})
    return Outlook(state, tuple(effects), tuple(departures), outcome.due_at, asked_at)
