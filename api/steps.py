"""A process and its steps in the reader's words: names, kinds, what stands on the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from babel.units import format_unit

from api import conditions, sharing, words
from api.language import gettext as _
from api.language import ngettext, pgettext, reader
from api.words import N_
from models.process.language import Process
from models.process.part import in_language
from models.process.steps import (
    Arrow,
    Assign,
    AssignStep,
    BranchStep,
    EndStep,
    ForDuration,
    ForEvent,
    ForReply,
    HandOverStep,
    JumpStep,
    NoteStep,
    SendStep,
    SetStep,
    TaskStep,
    UntilTime,
    WaitStep,
)

LONGEST_TITLE, LONGEST_LINE, LONGEST_LABEL = 20, 22, 22  # signs that fit a box and a label
# SVG's text is not cut by itself: a label is as wide as its words could be.
SIGN, PADDING = 7.6, 20

# kind: icon and hue of its tile
LOOKS = {
    "send": ("message-square", "k-say"),
    "wait": ("hourglass", "k-time"),
    "branch": ("git-branch", "k-if"),
    "set": ("flag", "k-do"),
    "note": ("pencil-line", "k-do"),
    "task": ("list-checks", "k-man"),
    "assign": ("user-check", "k-man"),
    "jump": ("corner-down-right", "k-if"),
    "hand_over": ("hand", "k-man"),
    "end": ("circle-stop", "k-man"),
}


TASK_WAYS = {"next": N_("done"), "cancelled": N_("cancelled"), "timeout": N_("not closed")}


def cut(words: str, length: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def exact(span: timedelta) -> str:
    """1 day 2 hr: every unit that is not nought."""
    seconds = int(span.total_seconds())
    parts = (
        (seconds // 86400, "day"), (seconds // 3600 % 24, "hour"), (seconds // 60 % 60, "minute"),
        (seconds % 60, "second"),
    )  # fmt: skip
    return " ".join(
        format_unit(count, f"duration-{unit}", "short", locale=reader().locale)
        for count, unit in parts
        if count
    )


class Words(NamedTuple):
    short: str
    full: str


@dataclass(frozen=True)
class Told:
    """One process for one reader. `stages` names stages by their key."""

    process: Process
    stages: Mapping[str, str]

    def words(self, given: Mapping[str, str]) -> str:
        """In the reader's language, if the process speaks it."""
        return in_language(dict(given), reader().locale, self.process.languages[0])

    def by_language(self, given: Mapping[str, str]) -> list[tuple[str, str]]:
        """As the process lists its languages: a stored definition keeps no order."""
        order = self.process.languages
        return sorted(
            given.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order)
        )

    def title(self, step: str) -> str:
        found = self.process.steps.get(step)
        return (self.words(found.title) if found else "") or step

    def stage(self, key: str) -> str:
        return self.stages.get(key, key)

    def kind(self, step: str) -> str:
        return {
            "send": _("Message"), "wait": _("Wait"), "branch": _("Condition"), "set": _("Changes"),
            "note": _("Note"), "assign": pgettext("step", "Assign"), "task": _("Task"),
            "jump": _("Jump"), "hand_over": _("Hand over"), "end": _("End"),
        }[self.process.steps[step].kind]  # fmt: skip

    def look(self, step: str) -> tuple[str, str]:
        found = self.process.steps[step]
        if isinstance(found, WaitStep) and isinstance(found.wait, ForDuration | UntilTime):
            return "clock", "k-time"
        if (
            isinstance(found, SetStep)
            and found.set.stage is None
            and (found.set.tag or found.set.untag)
        ):
            return "tag", "k-do"
        return LOOKS[found.kind]

    def line(self, step: str) -> str:
        """The second line of a box: what it does, in few words."""
        match self.process.steps[step]:
            case SendStep(send=send):
                buttons = sum(map(len, send.buttons))
                return " · ".join(
                    part
                    for part in (
                        ", ".join(
                            language.upper() for language, _text in self.by_language(send.text)
                        ),
                        len(send.media)
                        and ngettext("%(num)d file", "%(num)d files", len(send.media))
                        % {"num": len(send.media)},
                        buttons
                        and ngettext("%(num)d button", "%(num)d buttons", buttons)
                        % {"num": buttons},
                    )
                    if part
                )
            case WaitStep() as wait:
                return self.wait(wait)
            case BranchStep(branch=branch):
                ways = len(branch) + 1
                return ngettext("%(num)d way", "%(num)d ways", ways) % {"num": ways}
            case SetStep(set=changes):
                return ", ".join(self.changes(changes))
            case NoteStep(note=note):
                return str(note)
            case TaskStep(task=task):
                return str(task.what)
            case AssignStep(assign=assign):
                return self.whose(assign)
            case JumpStep(jump=jump):
                return self.at_most(jump.at_most)
            case HandOverStep(hand_over=hand_over):
                return self.words(hand_over.reason)
            case EndStep(end=end):
                return str(end)
        return ""

    def wait(self, step: WaitStep) -> str:
        match step.wait:
            case ForReply(timeout=timeout):
                return _("a reply") + self._limit(timeout)
            case ForEvent(event=event, timeout=timeout):
                return ", ".join(words.happening(one) for one in event) + self._limit(timeout)
            case ForDuration(duration=duration):
                return exact(duration)
            case UntilTime(until="working_hours"):
                return _("until working time")
            case UntilTime(until=datetime() as moment):
                return _("until %(time)s") % {"time": f"{moment:%d.%m.%Y %H:%M %Z}"}
            case UntilTime(until=clock, days=days):
                when = conditions.days(days) if len(days) < 7 else ""
                return _("until %(time)s") % {"time": f"{when} {clock:%H:%M}".strip()}
        return ""

    def due(self, step: TaskStep) -> str:
        """When a task of this step will be due."""
        if isinstance(step.task.due, timedelta):
            return _("after %(time)s") % {"time": exact(step.task.due)}
        when = conditions.days(step.task.days) if len(step.task.days) < 7 else ""
        return f"{when} {step.task.due:%H:%M}".strip()

    def _limit(self, timeout: timedelta | None) -> str:
        return _(", up to %(time)s") % {"time": exact(timeout)} if timeout else ""

    def whose(self, assign: Assign) -> str:
        """Who gets the lead: anna@…, by turns · line 2 · Nova."""
        if assign.by is None:
            return assign.to or ""
        line = _("line %(line)s") % {"line": assign.line} if assign.line else ""
        return " · ".join(filter(None, (sharing.way(assign.by), line, assign.team)))

    def at_most(self, times: int) -> str:
        return ngettext("at most %(num)d time", "at most %(num)d times", times) % {"num": times}

    def changes(self, changes: Any) -> list[str]:
        """Each change by itself: Talking, line 1, + vip, − silent."""
        return [
            *([self.stage(changes.stage)] if changes.stage else []),
            *([_("line %(line)s") % {"line": changes.line}] if changes.line else []),
            *(f"+ {tag}" for tag in changes.tag),
            *(f"− {tag}" for tag in changes.untag),
            *(f"{name} = {value}" for name, value in changes.fields.items()),
            *([changes.owner] if changes.owner else []),
        ]

    def condition(self, condition: Any) -> str:
        return conditions.said(condition, stage=self.stage, step=self.title)

    def arrow(self, step: str, arrow: Arrow) -> str:
        """The words on a way out; none on the only way."""
        found = self.process.steps[step]
        if isinstance(found, BranchStep) and arrow.via.startswith("branch:"):
            option = found.branch[int(arrow.via.removeprefix("branch:"))]
            return self.words(option.title) or self.condition(option.when)
        if isinstance(found, TaskStep) and found.task.wait and arrow.via in TASK_WAYS:
            return _(TASK_WAYS[arrow.via])
        if arrow.via == "next":
            if not isinstance(found, WaitStep) or not (found.if_timeout or found.if_writes):
                return ""
            return _("answered") if isinstance(found.wait, ForReply) else (
                _("happened") if isinstance(found.wait, ForEvent) else _("time came")
            )  # fmt: skip
        return {
            "timeout": _("silent"), "writes": _("writes"), "failed": _("did not arrive"),
            "otherwise": _("else"), "nobody": _("nobody at work"),
        }.get(arrow.via, "")  # fmt: skip

    def label(self, step: str, via: str) -> "Words":
        full = next(words for arrow, words in self.arrows(step) if arrow.via == via)
        return Words(cut(full, LONGEST_LABEL), full)

    def title_cut(self, step: str) -> str:
        return cut(self.title(step), LONGEST_TITLE)

    def line_cut(self, step: str) -> str:
        return cut(self.line(step), LONGEST_LINE)

    def exact(self, span: timedelta) -> str:
        return exact(span)

    def arrows(self, step: str) -> list[tuple[Arrow, str]]:
        return [(arrow, self.arrow(step, arrow)) for arrow in self.process.steps[step].arrows()]


def width_of(label: str) -> int:
    """Pixels that a label of these words takes at most."""
    return round(len(label) * SIGN + PADDING)
