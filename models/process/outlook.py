"""What would happen at once if a lead went on from some place: asked before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.process.effects import Effect, HandOver, Say
from models.process.facts import Facts
from models.process.interpreter import begin, place, proceed
from models.process.state import Heard, ProcessState

if TYPE_CHECKING:
    from models.process.language import Process


@dataclass(frozen=True)
class Outlook:
    """`says` are the very messages that would leave; `state` is where the lead would then be."""

    state: ProcessState
    effects: tuple[Effect, ...]
    due_at: datetime | None

    @property
    def says(self) -> tuple[Say, ...]:
        return tuple(effect for effect in self.effects if isinstance(effect, Say))

    @property
    def hands_over(self) -> bool:
        return any(isinstance(effect, HandOver) for effect in self.effects)

    @property
    def quiet(self) -> bool:
        """The process just waits on: nobody hears of it at once."""
        return not (self.says or self.hands_over) and self.state.phase != "ended"


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
    outcome = proceed(definition, state, driven, (), move=move, now=now)
    return Outlook(outcome.state, outcome.effects, outcome.due_at)
