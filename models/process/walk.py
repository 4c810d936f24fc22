"""One walk through a definition: from where the lead stands to where it must wait again."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from models.process import effects as does
from models.process.comparisons import Scene
from models.process.facts import LEAD_KEYS, Facts
from models.process.macros import read_template
from models.process.moments import next_time, zone_of
from models.process.speech import speak
from models.process.state import ProcessState, Waiting
from models.process.steps import (
    Arrow,
    AssignStep,
    BranchStep,
    EndStep,
    HandOverStep,
    JumpStep,
    NoteStep,
    SendStep,
    SetStep,
    Step,
    TaskStep,
    WaitStep,
)
from models.process.waits import (
    begin_waiting,
    event_name,
    look,
    outcome_of,
    read,
    without_outcomes,
)
from models.process.words import language_of, macro_values, pressed_words

if TYPE_CHECKING:
    from models.process.language import Process

STEPS_IN_ONE_MOVE = 200
FINAL = ("sent", "unknown", "failed", "cancelled")
ARRIVED = ("sent", "unknown")
COMPLETED = "completed"


class Walk:
    """Collects effects and sees the lead as they will have made it."""

    def __init__(
        self, process: "Process", state: ProcessState, facts: Facts, *, move: int, now: datetime
    ) -> None:
        self.process, self.state, self.facts, self.move, self.now = process, state, facts, move, now
        self.effects: list[does.Effect] = []

    @property
    def due_at(self) -> datetime | None:
        """When time alone will move the lead on; None while it waits for something else."""
        waiting = self.state.waiting
        if self._assigns and not self.state.handed_over:
            return self.now  # what became of it is known once this move is applied
        if waiting is None or self.state.phase != "inside" or self.state.handed_over:
            return None
        return waiting.quiet_until or waiting.until

    @property
    def _assigns(self) -> bool:
        step = self.process.steps.get(self.state.step or "")
        return isinstance(step, AssignStep) and self.state.phase == "inside"

    def go(self) -> None:
        begun = self.state
        for _ in range(STEPS_IN_ONE_MOVE):
            arrow = self._enter() if self.state.phase == "enter" else self._look_again()
            if arrow is None:
                return
            self._leave(arrow)
        # Half of an endless round is worth nothing: none of it happens.
        self.effects = [does.HandOver(key="runaway", step=begun.step or "")]
        self.state = begun.model_copy(update={"handed_over": "runaway"})

    def _enter(self) -> Arrow | None:
        name = self.state.step
        if name is None:
            self._end(COMPLETED)
            return None
        step = self.process.steps.get(name)
        if step is None:
            self._hand_over("no_such_step")
            return None
        self.effects.append(does.Entered(step=name, via=self.state.via))
        self._change(
            phase="inside",
            entered_move=self.move,
            entered_at=self.now,
            visits={**self.state.visits, name: self.state.visits.get(name, 0) + 1},
        )
        return self._perform(name, step)

    def _perform(self, name: str, step: Step) -> Arrow | None:
        match step:
            case SendStep():
                return self._speak(step)
            case WaitStep():
                self._change(waiting=begin_waiting(step, self._scene()))
                return self._look_again()
            case BranchStep():
                scene = self._scene()
                for number, option in enumerate(step.branch):
                    if option.when.holds(scene):
                        return Arrow(f"branch:{number}", option.go)
                return Arrow("otherwise", step.otherwise)
            case SetStep():
                self._set(step)
                return _next(step)
            case NoteStep():
                self.effects.append(does.WriteNote(text=self._render(step.note)))
                return _next(step)
            case TaskStep():
                return self._promise(name, step)
            case AssignStep(assign=assign):
                self.effects.append(
                    does.Give(user=assign.to, way=assign.by, team=assign.team, line=assign.line)
                )
                return None
            case JumpStep():
                jumped = self.state.jumps.get(name, 0)
                if jumped >= step.jump.at_most:
                    return Arrow("otherwise", step.otherwise)
                self._change(jumps={**self.state.jumps, name: jumped + 1})
                return Arrow("jump", step.jump.to)
            case HandOverStep():
                reason = {
                    language: self._render(words)
                    for language, words in step.hand_over.reason.items()
                }
                self._hand_over("asked", reason)
                return None
            case EndStep():
                self._end(step.end)
                return None

    def _look_again(self) -> Arrow | None:
        """At a step that takes time: is it over?"""
        step = self.process.steps.get(self.state.step or "")
        if isinstance(step, SendStep):
            return self._sent(step)
        if isinstance(step, AssignStep) and self.state.given is not None:
            if self.state.given == "nobody":
                return Arrow("nobody", step.if_nobody or step.next or "")
            return _next(step)
        if isinstance(step, WaitStep) and self.state.waiting is not None:
            return self._wait(step, self.state.waiting)
        if isinstance(step, TaskStep) and self.state.waiting is not None:
            return self._closed(step, self.state.waiting)
        if step is None:
            self._hand_over("no_such_step")
        return None

    def _promise(self, name: str, step: TaskStep) -> Arrow | None:
        """What was closed while a person led counts, when they give the lead back to this step; an
        outcome of an earlier visit does not."""
        task, step_key = step.task, f"{self.state.run}:{name}"
        if task.wait and self.state.via != "person":
            self._change(unread=without_outcomes(step_key, self.state.unread))
        waiting = Waiting(
            kind="task", since=self.now, until=self.now + task.timeout if task.timeout else None
        )
        if task.wait and outcome_of(step_key, self.state.unread):
            self._change(waiting=waiting)
            return self._closed(step, waiting)
        due_at = (
            next_time(task.due, task.days, self.now, zone_of(self._scene().zone))
            if isinstance(task.due, time)
            else self.now + task.due
        )
        self.effects.append(
            does.SetTask(
                step=name,
                what=self._render(task.what),
                due_at=due_at,
                assignee=task.assignee,
                awaited=task.wait,
            )
        )
        if not task.wait:
            return _next(step)
        self._change(waiting=waiting)
        return None

    def _closed(self, step: TaskStep, waiting: Waiting) -> Arrow | None:
        step_key = f"{self.state.run}:{self.state.step}"
        outcome = outcome_of(step_key, self.state.unread)
        if outcome is None:
            due = waiting.until is not None and self.now >= waiting.until
            return _timed_out(step) if due else None
        self._change(unread=without_outcomes(step_key, self.state.unread))
        if outcome.name == "task:cancelled" and step.if_cancelled:
            return Arrow("cancelled", step.if_cancelled)
        return _next(step)

    def _speak(self, step: SendStep) -> Arrow | None:
        says = speak(
            step.send,
            self._values(),
            language=language_of(self.facts),
            first=self.process.languages[0],
        )
        self._change(said=len(says))
        spoken = says[self.state.resume_from :]
        self.effects += spoken
        return None if spoken else _next(step)

    def _sent(self, step: SendStep) -> Arrow | None:
        outcomes = self.facts.outcomes
        all_known = len(outcomes) >= self.state.said - self.state.resume_from
        if not all_known or "cancelled" in outcomes or not set(outcomes) <= set(FINAL):
            return None
        if "failed" not in outcomes:
            return _next(step)
        if step.if_failed:
            return Arrow("failed", step.if_failed)
        self._hand_over("send_failed")
        return None

    def _wait(self, step: WaitStep, waiting: Waiting) -> Arrow | None:
        found = look(step, waiting, self.state.unread, self.facts, self.now)
        if isinstance(found, Waiting):
            if found != waiting:
                self._change(waiting=found)
            return None
        if found.via == "timeout":
            if waiting.kind == "reply":
                self.state = read(self.state, (), (), self.facts)
            return _timed_out(step)
        if waiting.kind == "event" and found.via == "next":
            gone = {heard.seq for heard in found.read}
            self._change(
                event=event_name(found.read[0]),
                unread=tuple(heard for heard in self.state.unread if heard.seq not in gone),
            )
        elif found.read:
            words = pressed_words(self.process, found.read, language_of(self.facts))
            self.state = read(self.state, found.read, words, self.facts)
        if found.via == "writes" and step.if_writes:
            return Arrow("writes", step.if_writes)
        return _next(step)

    def _set(self, step: SetStep) -> None:
        """Only what differs: a line of the timeline says that something changed."""
        changes, facts, seen = step.set, self.facts, dict[str, Any]()
        if changes.stage is not None and changes.stage != facts.stage:
            self.effects.append(does.MoveTo(stage=changes.stage))
            seen["stage"] = changes.stage
        if changes.line is not None and changes.line != facts.line:
            self.effects.append(does.SetLine(line=changes.line))
            seen["line"] = changes.line
        self.effects += [does.Untag(name=name) for name in changes.untag if name in facts.tags]
        self.effects += [does.Tag(name=name) for name in changes.tag if name not in facts.tags]
        seen["tags"] = facts.tags.difference(changes.untag).union(changes.tag)
        lead = dict(facts.lead)
        for name, words in changes.fields.items():
            key = name if name in LEAD_KEYS else f"fields.{name}"
            value = self._render(words)
            if lead.get(key, "") != value:
                self.effects.append(does.SetField(name=name, value=value))
                lead[key] = value
        if changes.owner is not None and changes.owner != facts.owner:
            self.effects.append(does.AssignTo(user=changes.owner))
            seen["owner"] = changes.owner
        self.facts = facts.model_copy(update={**seen, "lead": lead})

    def _hand_over(self, key: does.HandOverKey, reason: dict[str, str] | None = None) -> None:
        step = self.state.step or ""
        self.effects.append(does.HandOver(key=key, step=step, reason=reason or {}))
        self._change(handed_over=key, waiting=None)

    def _end(self, outcome: str) -> None:
        self.effects.append(does.Ended(outcome=outcome))
        self._change(step=None, phase="ended", outcome=outcome, waiting=None, unread=())

    def _leave(self, arrow: Arrow) -> None:
        self._change(
            step=arrow.to or None,
            phase="enter",
            via=arrow.via,
            said=0,
            resume_from=0,
            waiting=None,
            given=None,
        )

    def _change(self, **update: Any) -> None:
        self.state = self.state.model_copy(update=update)

    def _scene(self) -> Scene:
        zone = self.process.time_zone
        zone = self.facts.time_zone if zone == "lead" else zone
        return Scene(self.facts, self.state, self.now, zone, self.process.working_hours)

    def _render(self, words: str) -> str:
        return read_template(words).render(self._values())

    def _values(self) -> dict[str, str]:
        return macro_values(self.process, self.facts, self._scene().reply)


def _timed_out(step: WaitStep | TaskStep) -> Arrow:
    return Arrow("timeout", step.if_timeout) if step.if_timeout else _next(step, "timeout")


def _next(
    step: SendStep | WaitStep | SetStep | NoteStep | AssignStep | TaskStep, via: str = "next"
) -> Arrow:
    """An empty target ends the process."""
    return Arrow(via, step.next or "")
