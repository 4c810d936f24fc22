"""Where the arrows lead: dead ends, steps nobody reaches, rounds without a wait."""

from collections.abc import Callable, Iterator
from datetime import time
from difflib import get_close_matches
from typing import TYPE_CHECKING

from models.process.problem import Problem
from models.process.steps import (
    Arrow,
    AssignStep,
    ForEvent,
    ForReply,
    HandOverStep,
    NoteStep,
    SendStep,
    SetStep,
    Step,
    TaskStep,
    UntilTime,
    WaitStep,
)

if TYPE_CHECKING:
    from models.process.language import Process

# Where a lead is placed may be one of these words instead of a step.
RESERVED = ("same", "next", "start", "skip")


def flow_problems(process: "Process") -> Iterator[Problem]:
    if process.start not in process.steps:
        yield _lost(process, None, Arrow("start", process.start))
    for name, step in process.steps.items():
        if name in RESERVED:
            yield Problem(code="reserved_step", step=name, params={"step": name})
        for arrow in step.arrows():
            if arrow.to not in process.steps:
                yield _lost(process, name, arrow)
        if (
            isinstance(step, SendStep | WaitStep | SetStep | NoteStep | AssignStep | TaskStep)
            and step.next is None
        ):
            yield Problem(code="dead_end", step=name)
        if isinstance(step, WaitStep):
            yield from _idle_arrows(name, step)
        elif isinstance(step, TaskStep):
            yield from _idle_arrows_of_task(name, step)
    reached = _reached(process)
    for name in process.steps:
        if name not in reached:
            yield Problem(code="unreachable", step=name, severity="warning")
    hasty = list(_rounds(process, _without_waiting))
    for path in hasty:
        yield Problem(code="cycle_without_wait", step=path[0], params={"path": _shown(path)})
    for path in _rounds(process, _without_the_client):
        speaks = any(isinstance(process.steps[name], SendStep) for name in path)
        if speaks and path not in hasty:
            params = {"path": _shown(path)}
            yield Problem(code="endless_reminder", step=path[0], severity="warning", params=params)


def _shown(path: list[str]) -> str:
    return " → ".join([*path, path[0]])


def _lost(process: "Process", step: str | None, arrow: Arrow) -> Problem:
    params = {"arrow": arrow.via, "to": arrow.to}
    if near := get_close_matches(arrow.to, process.steps, 1, 0.6):
        params["nearest"] = near[0]
        return Problem(code="unknown_step_near", step=step, params=params)
    return Problem(code="unknown_step", step=step, params=params)


def _idle_arrows(name: str, step: WaitStep) -> Iterator[Problem]:
    if isinstance(step.wait, ForReply) and step.if_writes:
        yield Problem(code="never_writes", step=name)
    if step.if_timeout and getattr(step.wait, "timeout", None) is None:
        yield Problem(code="no_timeout", step=name)


def _idle_arrows_of_task(name: str, step: TaskStep) -> Iterator[Problem]:
    if not step.task.wait and (step.if_cancelled or step.if_timeout or step.task.timeout):
        yield Problem(code="task_without_wait", step=name)
    elif step.if_timeout and step.task.timeout is None:
        yield Problem(code="no_timeout", step=name)


def _reached(process: "Process") -> set[str]:
    reached, ahead = set[str](), [process.start]
    while ahead:
        name = ahead.pop()
        if name in process.steps and name not in reached:
            reached.add(name)
            ahead += [arrow.to for arrow in process.steps[name].arrows()]
    return reached


def _rounds(process: "Process", ways: Callable[[Step], list[str]]) -> Iterator[list[str]]:
    """Each way to walk in a round along these arrows, once."""
    ahead_of = {
        name: [to for to in ways(step) if to in process.steps]
        for name, step in process.steps.items()
    }
    finished: set[str] = set()
    for start in process.steps:
        if start in finished:
            continue
        path = [start]
        ahead = [iter(ahead_of[start])]
        while path:
            following = next(ahead[-1], None)
            if following is None:
                finished.add(path.pop())
                ahead.pop()
            elif following in path:
                yield path[path.index(following) :]
            elif following not in finished:
                path.append(following)
                ahead.append(iter(ahead_of[following]))


def _without_waiting(step: Step) -> list[str]:
    """Ways that take no time."""
    if isinstance(step, HandOverStep):
        return []
    if isinstance(step, TaskStep) and step.task.wait:
        return []
    if isinstance(step, WaitStep):
        # Working hours may be open now, and a moment may have passed.
        passes = isinstance(step.wait, UntilTime) and not isinstance(step.wait.until, time)
        return [step.next] if passes and step.next else []
    # A jump is counted, so it cannot go round for ever.
    return [arrow.to for arrow in step.arrows() if arrow.via != "jump"]


def _without_the_client(step: Step) -> list[str]:
    """Ways on which a client who never writes is led."""
    if isinstance(step, HandOverStep):
        return []
    if isinstance(step, WaitStep) and isinstance(step.wait, ForReply | ForEvent):
        after = step.if_timeout or step.next
        return [after] if step.wait.timeout and after else []
    if isinstance(step, TaskStep) and step.task.wait:
        after = step.if_timeout or step.next
        return [after] if step.task.timeout and after else []
    return [arrow.to for arrow in step.arrows() if arrow.via not in ("jump", "writes", "failed")]
