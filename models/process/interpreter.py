"""What a process does next: a pure function of definition, state, facts and time.

It asks for nothing and changes nothing: `proceed` returns the new state and the effects, and
whoever calls it applies both in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from models.process.conditions import IfReply, leaves
from models.process.effects import Effect
from models.process.facts import Facts, Paid
from models.process.macros import read_template
from models.process.state import Heard, ProcessState, Waiting
from models.process.steps import (
    AssignStep,
    BranchStep,
    NoteStep,
    SendStep,
    SetStep,
    TaskStep,
    WaitStep,
)
from models.process.waits import file_away, is_reply, is_word
from models.process.waits import read as read_as_reply
from models.process.walk import ARRIVED, STEPS_IN_ONE_MOVE, Walk
from models.process.words import language_of, pressed_words

if TYPE_CHECKING:
    from models.process.language import Process

__all__ = [
    "Facts",
    "Heard",
    "NoSuchPlace",
    "Outcome",
    "Paid",
    "ProcessState",
    "Waiting",
    "after_wait",
    "begin",
    "next_step",
    "place",
    "proceed",
]


class NoSuchPlace(LookupError):
    """The process has no such step, or the lead is at none."""


class Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)

    state: ProcessState
    effects: tuple[Effect, ...]
    due_at: datetime | None
    changed: bool


def begin(
    definition: "Process", *, run: int, version: int, now: datetime, opened_by: int | None = None
) -> ProcessState:
    """Placed before the first step. `opened_by` is the seq of the message that started it, which
    the start consumes."""
    return ProcessState(
        run=run,
        process=definition.process,
        version=version,
        opened_by=opened_by,
        step=definition.start,
        phase="enter",
        via="start",
        entered_at=now,
    )


def proceed(
    definition: "Process",
    state: ProcessState,
    facts: Facts,
    heard: Sequence[Heard],
    *,
    move: int,
    now: datetime,
) -> Outcome:
    """Hears, and goes on as far as it can at this moment.

    In manual, after a hand-over and after the end nothing moves; what is heard is kept to be read
    (after the end: not). Called again with its own state and nothing new it changes nothing.
    `move` becomes the prefix of the keys when a step is entered.
    """
    if state.phase == "ended":
        return Outcome(state=state, effects=(), due_at=None, changed=False)
    unread, amended, dropped = file_away(state, heard, facts)
    filed = state
    if unread != state.unread or amended:
        update = {
            "unread": unread,
            "reply": (*state.reply, *amended),
            "overflowed": state.overflowed + dropped,
        }
        filed = state.model_copy(update=update)
    if facts.mode == "manual" or state.handed_over:
        return Outcome(state=filed, effects=(), due_at=None, changed=filed is not state)
    walk = Walk(definition, filed, facts, move=move, now=now)
    walk.go()
    effects = tuple(walk.effects)
    changed = bool(effects) or walk.state != state
    return Outcome(state=walk.state, effects=effects, due_at=walk.due_at, changed=changed)


def place(
    definition: "Process",
    state: ProcessState,
    facts: Facts,
    *,
    at: str,
    read: Sequence[Heard],
    now: datetime,
) -> ProcessState:
    """Where to go on, for the next `proceed`. Raises NoSuchPlace.

    `at`: same (its wait starts anew, its unsent messages go out), next, start (counters too), skip
    (as if the wait's time had passed), or a step's name. `read` are the client's words handed to
    the step; other unread ones are dropped. Outside events that no wait has consumed stay: a
    registration is true whoever leads.
    """
    step = _target(definition, state, at)
    fresh = at == "start"
    kept = {heard.seq: heard for heard in state.unread if not is_word(heard)}
    kept |= {heard.seq: heard for heard in read}
    placed = state.model_copy(
        update={
            "step": step,
            "phase": "enter",
            "via": "skip" if at == "skip" else "person",
            "entered_at": now,
            "said": 0,
            "resume_from": _unfinished_from(definition, state, facts) if at == "same" else 0,
            "handed_over": None,
            "waiting": None,
            "given": None,
            "outcome": None,
            "unread": tuple(kept[seq] for seq in sorted(kept)),
            "visits": {} if fresh else state.visits,
            "jumps": {} if fresh else state.jumps,
        }
    )
    words = [heard for heard in read if is_reply(heard, facts)]
    if words and step is not None and _reads_before_waiting(definition, step):
        on_buttons = pressed_words(definition, words, language_of(facts))
        return read_as_reply(placed, words, on_buttons, facts)
    return placed


def next_step(definition: "Process", state: ProcessState) -> str | None:
    """What follows the step the lead is at, when all goes well; None: the end."""
    step = definition.steps.get(state.step or "")
    return getattr(step, "next", None) or getattr(step, "otherwise", None)


def after_wait(definition: "Process", state: ProcessState) -> str | None:
    """Where time alone leads from here (“ждёт ответа до вт 14:00, затем: напомнить”)."""
    step = definition.steps.get(state.step or "")
    if isinstance(step, WaitStep | TaskStep) and step.if_timeout:
        return step.if_timeout
    return next_step(definition, state)


def _target(definition: "Process", state: ProcessState, at: str) -> str | None:
    if at == "start":
        return definition.start
    if at in ("same", "next", "skip"):
        if state.step is None:
            raise NoSuchPlace(at)
        places = {"next": next_step(definition, state), "skip": after_wait(definition, state)}
        return places.get(at, state.step)
    if at not in definition.steps:
        raise NoSuchPlace(at)
    return at


def _unfinished_from(definition: "Process", state: ProcessState, facts: Facts) -> int:
    """The first message of the send step that is neither sent nor perhaps sent, nor leaving."""
    step = definition.steps.get(state.step or "")
    if not isinstance(step, SendStep) or state.phase == "enter":
        return state.resume_from
    arrived = [outcome in (*ARRIVED, "sending") for outcome in (*facts.outcomes, "none yet")]
    return state.resume_from + arrived.index(False)


def _reads_before_waiting(definition: "Process", step: str) -> bool:
    """Whether the words would be looked at before a wait could read them."""
    name: str | None = step
    for _ in range(STEPS_IN_ONE_MOVE):
        found = definition.steps.get(name or "")
        if isinstance(found, BranchStep):
            return any(
                isinstance(leaf, IfReply) for option in found.branch for leaf in leaves(option.when)
            )
        if not isinstance(found, SetStep | NoteStep | AssignStep | TaskStep):
            return False
        texts = _texts(found)
        if any(macro.path == "reply" for text in texts for macro in read_template(text).macros):
            return True
        if isinstance(found, TaskStep) and found.task.wait:
            return False
        name = found.next
    return False


def _texts(step: SetStep | NoteStep | AssignStep | TaskStep) -> Sequence[str]:
    if isinstance(step, AssignStep):
        return ()
    if isinstance(step, TaskStep):
        return [step.task.what]
    return [step.note] if isinstance(step, NoteStep) else list(step.set.fields.values())
