"""Ivan, a lead in a process: he writes, time passes, what was said arrives or does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from models.process.effects import Effect, Entered, Say
from models.process.facts import Facts
from models.process.interpreter import Outcome, begin, next_step, place, proceed
from models.process.language import Process
from models.process.state import Heard, ProcessState

DEFINITIONS = Path(__file__).parents[2] / "workflows" / "definitions"
# Monday, noon in Moscow.
NOON = datetime(2026, 1, 12, 9, tzinfo=UTC)
HEAD = """
process: test
title: {ru: Проба, en: Test}
languages: [ru, en]
time_zone: Europe/Moscow
"""


def a_process(steps: str, *, start: str | None = None, top: str = "") -> Process:
    """The steps under a usual head, begun at the first of them."""
    body = "\n".join(f"  {line}" for line in steps.strip("\n").splitlines())
    first = start or steps.strip().split(":")[0]
    return Process.from_yaml(f"{HEAD}{top}\nstart: {first}\nsteps:\n{body}\n")


def shipped(name: str) -> Process:
    return Process.from_yaml((DEFINITIONS / f"{name}.yaml").read_text())


class Ivan:
    """What `advance` would keep in rows; every move must be idempotent and survive JSON."""

    def __init__(self, process: Process, **facts: Any) -> None:
        lead = {"first_name": "Иван", "language": "ru", **facts.pop("lead", {})}
        self.process, self.now = process, NOON
        self.facts = Facts(lead=lead, **facts)
        self.seq = self.moves = 0
        self.due_at: datetime | None = None
        self.effects: tuple[Effect, ...] = ()
        self.state: ProcessState = begin(process, run=1, version=1, now=self.now)

    def starts(self) -> "Ivan":
        self.moves_on()
        return self

    def writes(self, text: str = "", *, album: str | None = None, media: str | None = None) -> None:
        self.moves_on(self.message(text, album=album, media=media))

    def presses(self, button: str, text: str = "") -> None:
        self.moves_on(self.event(f"button:{button}", text=text))

    def waits(self, **length: float) -> None:
        """Time passes; deadlines on the way fire in their order. Remembers all effects."""
        end = self.now + timedelta(**length)
        effects: tuple[Effect, ...] = ()
        while self.due_at is not None and self.due_at <= end:
            self.now = max(self.now, self.due_at)
            self.moves_on()
            effects += self.effects
        self.now = end
        self.moves_on()
        self.effects = (*effects, *self.effects)

    def arrives(self, *outcomes: str) -> None:
        """What became of the messages of the step, by default they were sent."""
        said = self.state.said - self.state.resume_from
        self.knows(outcomes=outcomes or ("sent",) * said)
        self.moves_on()

    def knows(self, **facts: Any) -> None:
        self.facts = self.facts.model_copy(update=facts)

    def is_placed(self, at: str, *, read: tuple[Heard, ...] = ()) -> None:
        self.state = place(self.process, self.state, self.facts, at=at, read=read, now=self.now)
        self.knows(mode="auto", outcomes=())
        self.moves_on()

    def moves_on(self, *heard: Heard) -> Outcome:
        self.moves += 1
        outcome = self.proceed(heard)
        self.state = ProcessState.model_validate_json(outcome.state.model_dump_json())
        assert self.state == outcome.state
        self.effects, self.due_at = outcome.effects, outcome.due_at
        if self.said:
            self.knows(outcomes=("queued",) * len(self.said))
        again = self.proceed(())
        assert (again.changed, again.effects, again.state) == (False, (), self.state)
        assert again.due_at == self.due_at
        return outcome

    def proceed(self, heard: tuple[Heard, ...]) -> Outcome:
        return proceed(self.process, self.state, self.facts, heard, move=self.moves, now=self.now)

    def message(
        self, text: str = "", *, album: str | None = None, media: str | None = None
    ) -> Heard:
        self.seq += 1
        self.knows(texts={**self.facts.texts, self.seq: text})
        return Heard(
            seq=self.seq,
            kind="message",
            ref=self.seq,
            at=self.now,
            album=album,
            particulars={"media": media} if media else {},
        )

    def event(self, name: str, **particulars: str) -> Heard:
        self.seq += 1
        return Heard(seq=self.seq, kind="event", name=name, at=self.now, particulars=particulars)

    @property
    def said(self) -> list[Say]:
        return [effect for effect in self.effects if isinstance(effect, Say)]

    @property
    def walked(self) -> list[str]:
        return [f"{e.step} by {e.via}" for e in self.effects if isinstance(e, Entered)]

    @property
    def next(self) -> str | None:
        return next_step(self.process, self.state)
