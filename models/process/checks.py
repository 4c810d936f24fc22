"""What is wrong with a definition that can be read."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from models.process.checks_of_flow import flow_problems
from models.process.checks_of_words import word_problems
from models.process.comparisons import TextMatch
from models.process.conditions import Condition, IfReply, IfStage, IfTag, IfTime, IfVisits, leaves
from models.process.phrases import refused_pattern
from models.process.problem import Known, Problem
from models.process.sending import Attachment
from models.process.steps import (
    AssignStep,
    BranchStep,
    SendStep,
    SetStep,
    Step,
    TaskStep,
    UntilTime,
    WaitStep,
)

if TYPE_CHECKING:
    from models.process.language import Process

MEGABYTE = 1 << 20
PHOTO_LIMIT, FILE_LIMIT = 10 * MEGABYTE, 50 * MEGABYTE
# callback_data has 64 bytes; the row's id and the attempt stand before the button's id.
CALLBACK_LIMIT = 40
# Kinds that may share an album.
ALBUMS = ({"photo", "video"}, {"document"}, {"audio"})


def problems_of(process: "Process", known: Known) -> list[Problem]:
    """Errors first; then in the order of the steps. Each once."""
    found: list[Problem] = []
    for check in (flow_problems(process), word_problems(process, known), _others(process, known)):
        found += [problem for problem in check if problem not in found]
    order = [None, *process.steps]
    return sorted(found, key=lambda one: (one.severity != "error", order.index(one.step)))


def _others(process: "Process", known: Known) -> Iterator[Problem]:
    buttons = {
        button.id
        for step in process.steps.values()
        if isinstance(step, SendStep)
        for row in step.send.buttons
        for button in row
    }
    for name, step in process.steps.items():
        if isinstance(step, SendStep):
            yield from _send_problems(name, step, known)
        elif isinstance(step, SetStep):
            yield from _set_problems(name, step, known)
        elif isinstance(step, TaskStep):
            yield from _person_problems(name, step.task.assignee, known)
        elif isinstance(step, BranchStep):
            for leaf in (leaf for option in step.branch for leaf in leaves(option.when)):
                yield from _condition_problems(process, name, leaf, buttons, known)
        elif isinstance(step, AssignStep):
            yield from _assign_problems(name, step, known)
        elif _waits_for_hours(step) and process.working_hours is None:
            yield Problem(code="no_working_hours", step=name)
    if not process.scenarios:
        yield Problem(code="few_scenarios", severity="warning")


def _waits_for_hours(step: Step) -> bool:
    return (
        isinstance(step, WaitStep)
        and isinstance(step.wait, UntilTime)
        and step.wait.until == "working_hours"
    )


def _send_problems(name: str, step: SendStep, known: Known) -> Iterator[Problem]:
    for part in step.send.media:
        yield from _file_problems(name, part, known)
    kinds = {part.kind for part in step.send.media}
    album = len(step.send.media) > 1
    if album and not any(kinds <= together for together in ALBUMS):
        yield Problem(code="mixed_album", step=name, params={"kinds": ", ".join(sorted(kinds))})
    if album and step.send.buttons and not step.send.text:
        yield Problem(code="buttons_without_text", step=name)
    for button in (button for row in step.send.buttons for button in row):
        if button.id and len(button.id) > CALLBACK_LIMIT:
            params = {"id": button.id, "limit": CALLBACK_LIMIT}
            yield Problem(code="callback_too_long", step=name, params=params)


def _file_problems(name: str, part: Attachment, known: Known) -> Iterator[Problem]:
    path = PurePosixPath(part.file)
    if path.is_absolute() or ".." in path.parts or "\\" in part.file:
        yield Problem(code="media_outside", step=name, params={"file": part.file})
    elif known.media is not None:
        size = known.media.get(part.file)
        limit = PHOTO_LIMIT if part.kind == "photo" else FILE_LIMIT
        if size is None:
            yield Problem(code="media_missing", step=name, params={"file": part.file})
        elif size > limit:
            shown = {"size": f"{size / MEGABYTE:.1f}", "limit": limit // MEGABYTE}
            yield Problem(code="media_too_big", step=name, params={"file": part.file, **shown})


def _set_problems(name: str, step: SetStep, known: Known) -> Iterator[Problem]:
    for tag in (*step.set.tag, *step.set.untag):
        yield from _tag_problems(name, tag, known)
    if step.set.stage is not None:
        yield from _stage_problems(name, step.set.stage, known)
    yield from _person_problems(name, step.set.owner, known)


def _person_problems(name: str, user: str | None, known: Known) -> Iterator[Problem]:
    if known.users is not None and user not in (None, *known.users):
        yield Problem(code="unknown_user", step=name, params={"user": user})


def _assign_problems(name: str, step: AssignStep, known: Known) -> Iterator[Problem]:
    assign = step.assign
    if known.users is not None and assign.to not in (None, *known.users):
        yield Problem(code="unknown_user", step=name, params={"user": assign.to})
    if known.teams is not None and assign.team not in (None, *known.teams):
        yield Problem(code="unknown_team", step=name, params={"team": assign.team})


def _condition_problems(
    process: "Process", name: str, leaf: Condition, buttons: set[str | None], known: Known
) -> Iterator[Problem]:
    match leaf:
        case IfTag():
            for tag in leaf.tag:
                yield from _tag_problems(name, tag, known)
        case IfStage():
            for stage in leaf.stage:
                yield from _stage_problems(name, stage, known)
        case IfTime() if leaf.time == "working_hours" and process.working_hours is None:
            yield Problem(code="no_working_hours", step=name)
        case IfVisits() if leaf.visits.step not in process.steps:
            params = {"arrow": "visits", "to": leaf.visits.step}
            yield Problem(code="unknown_step", step=name, params=params)
        case IfReply():
            for button in leaf.reply.button or ():
                if button not in buttons:
                    yield Problem(code="unknown_button", step=name, params={"button": button})
    compared = leaf.reply if isinstance(leaf, IfReply) else leaf
    if isinstance(compared, TextMatch):
        for pattern in compared.matches or ():
            if (detail := refused_pattern(pattern)) is not None:
                params = {"pattern": pattern, "detail": detail}
                yield Problem(code="bad_pattern", step=name, params=params)


def _tag_problems(name: str, tag: str, known: Known) -> Iterator[Problem]:
    if tag in known.renamed:
        params = {"tag": tag, "name": known.renamed[tag]}
        yield Problem(code="renamed_tag", step=name, severity="warning", params=params)
        tag = known.renamed[tag]
    if known.tags is not None and tag not in known.tags:
        code = "retired_tag" if tag in known.retired else "unknown_tag"
        yield Problem(code=code, step=name, params={"tag": tag})


def _stage_problems(name: str, stage: str, known: Known) -> Iterator[Problem]:
    if known.stages is not None and stage not in known.stages:
        code = "retired_stage" if stage in known.retired else "unknown_stage"
        params = {"stage": stage, "known": ", ".join(known.stages)}
        yield Problem(code=code, step=name, params=params)
