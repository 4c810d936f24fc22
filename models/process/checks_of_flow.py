"""Where the arrows lead: dead ends, steps nobody reaches, rounds without a wait."""

from collections.abc import Iterator
from datetime import time
from difflib import get_close_matches
from typing import TYPE_CHECKING

from models.process.problem import Problem
from models.process.steps import (
    Arrow,
    ForReply,
    NoteStep,
    SendStep,
    SetStep,
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
        if isinstance(step, SendStep | WaitStep | SetStep | NoteStep) and step.next is None:
            yield Problem(code="dead_end", step=name)
        if isinstance(step, WaitStep):
            yield from _idle_arrows(name, step)
    reached = _reached(process)
    for name in process.steps:
        if name not in reached:
            yield Problem(code="unreachable", step=name, severity="warning")
    for path in _rounds(process):
        shown = " → ".join([*path, path[0]])
        yield Problem(code="cycle_without_wait", step=path[0], params={"path": shown})


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


def _reached(process: "Process") -> set[str]:
    reached, ahead = set[str](), [process.start]
    while ahead:
        name = ahead.pop()
        if name in process.steps and name not in reached:
            reached.add(name)
            ahead += [arrow.to for arrow in process.steps[name].arrows()]
    return reached


def _rounds(process: "Process") -> Iterator[list[str]]:
    """Each knot of steps that a lead could walk round in without ever waiting, once."""
    ways = {
        name: [to for to in _without_waiting(process, name) if to in process.steps]
        for name in process.steps
    }
    finished: set[str] = set()
    for start in process.steps:
        if start in finished:
            continue
        path: list[str] = []
        ahead = [(start, iter(ways[start]))]
        while ahead:
            name, rest = ahead[-1]
            if name not in path:
                path.append(name)
            following = next(rest, None)
            if following is None:
                finished.add(name)
                path.pop()
                ahead.pop()
            elif following in path:
                yield path[path.index(following) :]
            elif following not in finished:
                ahead.append((following, iter(ways[following])))


def _without_waiting(process: "Process", name: str) -> list[str]:
    step = process.steps[name]
    if step.kind in ("hand_over", "end"):
        return []
    if isinstance(step, WaitStep):
        # Working hours may be open now, and a moment may have passed: such waits take no time.
        passes = isinstance(step.wait, UntilTime) and not isinstance(step.wait.until, time)
        return [step.next] if passes and step.next else []
    # A jump is counted, so it cannot go round for ever.
    return [arrow.to for arrow in step.arrows() if arrow.via != "jump"]
