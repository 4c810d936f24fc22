"""The kinds of steps. The kind is the key: a step is a mapping with `send:`, `wait:` …"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from models.process.conditions import Condition
from models.process.moments import DAYS, Clock, Days, Duration
from models.process.part import STEP_ID, Listed, Part, Words
from models.process.sending import Send

StepId = Annotated[str, Field(pattern=STEP_ID, max_length=64)]


class Arrow(NamedTuple):
    """A way out of a step. `via` is what the timeline will say: next, timeout, branch:0 …"""

    via: str
    to: str


WAYS = (
    "next", "if_writes", "if_cancelled", "if_timeout", "if_failed", "if_nobody", "otherwise",
)  # fmt: skip


class _Step(Part):
    kind: ClassVar[str]
    # Performed at once, in the same move.
    instant: ClassVar[bool] = True
    title: Words = Field({}, description="language to words")

    def arrows(self) -> Iterator[Arrow]:
        """Ways out, in the order a reader expects them. By time alone a wait takes `timeout`."""
        for via in WAYS:
            if to := getattr(self, via, None):
                yield Arrow(via.removeprefix("if_"), to)


class SendStep(_Step):
    kind: ClassVar = "send"
    instant: ClassVar = False
    send: Send
    if_failed: StepId | None = Field(None, description="without it a manager gets the lead")
    next: StepId | None = None


class ForReply(Part):
    kind: ClassVar = "reply"
    for_: Literal["reply"] = Field(alias="for")
    quiet: Duration | None = Field(None, description="gathers what comes within this time")
    timeout: Duration | None = None


class ForEvent(Part):
    kind: ClassVar = "event"
    event: Listed = Field(description="any of these ends the wait: registration, payment:sale …")
    timeout: Duration | None = None


class ForDuration(Part):
    kind: ClassVar = "duration"
    duration: Duration


class UntilTime(Part):
    """A time of day, the opening of working hours, or a moment with its offset."""

    kind: ClassVar = "until"
    until: Literal["working_hours"] | Clock | datetime
    days: Days = Field(DAYS, description="on these days only")

    @model_validator(mode="after")
    def _is_a_moment(self) -> "UntilTime":
        if isinstance(self.until, datetime) and self.until.tzinfo is None:
            raise PydanticCustomError("bad_time", "{written}", {"written": f"{self.until}"})
        return self


def _kind_of_wait(written: Any) -> str | None:
    if isinstance(written, Part):
        return str(getattr(written, "kind", ""))
    found = [key for key in ("for", "event", "duration", "until") if key in (written or ())]
    return found[0].replace("for", "reply") if len(found) == 1 else None


Wait = Annotated[
    Annotated[ForReply, Tag("reply")]
    | Annotated[ForEvent, Tag("event")]
    | Annotated[ForDuration, Tag("duration")]
    | Annotated[UntilTime, Tag("until")],
    Discriminator(
        _kind_of_wait, custom_error_type="wait_kind", custom_error_message="not one of the waits"
    ),
]


class WaitStep(_Step):
    kind: ClassVar = "wait"
    instant: ClassVar = False
    wait: Wait
    if_timeout: StepId | None = Field(None, description="without it a time-out goes to `next`")
    if_writes: StepId | None = Field(
        None, description="the client writes while something else is waited for"
    )
    next: StepId | None = None


class Option(Part):
    when: Condition
    go: StepId
    title: Words = Field({}, description="language to words")


class BranchStep(_Step):
    kind: ClassVar = "branch"
    branch: tuple[Option, ...] = Field(min_length=1, max_length=50)
    otherwise: StepId

    def arrows(self) -> Iterator[Arrow]:
        for number, option in enumerate(self.branch):
            yield Arrow(f"branch:{number}", option.go)
        yield from super().arrows()


class Changes(Part):
    stage: str | None = None
    line: Literal[1, 2] | None = None
    tag: Listed = ()
    untag: Listed = ()
    fields: dict[str, str] = Field({}, description="own fields; `language` and `country` too")
    owner: str | None = Field(None, description="login or email")


class SetStep(_Step):
    kind: ClassVar = "set"
    set: Changes
    next: StepId | None = None


class NoteStep(_Step):
    kind: ClassVar = "note"
    note: str
    next: StepId | None = None


class Promise(Part):
    """What a person is to do. Without an `assignee` it is for the lead's owner."""

    what: str = Field(description="in words, for colleagues")
    due: Duration | Clock = Field(description="after a time, or at the next such time of day")
    days: Days = Field(DAYS, description="at a time of day: on these days only")
    assignee: str | None = Field(None, description="login or email")
    wait: bool = Field(False, description="the step is left when the task is closed")
    timeout: Duration | None = Field(None, description="waits no longer")


class TaskStep(_Step):
    kind: ClassVar = "task"
    task: Promise
    if_cancelled: StepId | None = Field(
        None, description="without it a cancelled one goes to `next`"
    )
    if_timeout: StepId | None = Field(None, description="without it a time-out goes to `next`")
    next: StepId | None = None


class Assign(Part):
    """To a person, or by turns among those at work."""

    to: str | None = Field(None, description="login or email")
    by: Literal["round_robin", "least_busy"] | None = None
    team: str | None = Field(None, description="by turns: of this team; unsaid: of the lead's")
    line: Literal[1, 2] | None = Field(None, description="by turns: on this line")

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "Assign":
        if (self.to is None) == (self.by is None) or (self.to and (self.team or self.line)):
            raise ValueError("write either “to” or “by”, and “team” and “line” only beside “by”")
        return self


class AssignStep(_Step):
    kind: ClassVar = "assign"
    assign: Assign
    if_nobody: StepId | None = Field(None, description="nobody could get it; else `next`")
    next: StepId | None = None


class Jump(Part):
    to: StepId
    at_most: int = Field(ge=1, le=1000)


class JumpStep(_Step):
    kind: ClassVar = "jump"
    jump: Jump
    otherwise: StepId

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow("jump", self.jump.to)
        yield from super().arrows()


class HandingOver(Part):
    reason: Words = Field(min_length=1)


class HandOverStep(_Step):
    """A person gets the lead; given back at “next” the process goes on at `next`."""

    kind: ClassVar = "hand_over"
    instant: ClassVar = False
    hand_over: HandingOver
    next: StepId | None = None


class EndStep(_Step):
    kind: ClassVar = "end"
    end: str = Field(pattern=STEP_ID, description="the outcome, for reports")


KINDS = (
    "send", "wait", "branch", "set", "note", "assign", "task", "jump", "hand_over", "end",
)  # fmt: skip


def _kind(written: Any) -> str | None:
    if isinstance(written, _Step):
        return written.kind
    found = [key for key in KINDS if isinstance(written, dict) and key in written]
    return found[0] if len(found) == 1 else None


Step = Annotated[
    Annotated[SendStep, Tag("send")]
    | Annotated[WaitStep, Tag("wait")]
    | Annotated[BranchStep, Tag("branch")]
    | Annotated[SetStep, Tag("set")]
    | Annotated[NoteStep, Tag("note")]
    | Annotated[TaskStep, Tag("task")]
    | Annotated[AssignStep, Tag("assign")]
    | Annotated[JumpStep, Tag("jump")]
    | Annotated[HandOverStep, Tag("hand_over")]
    | Annotated[EndStep, Tag("end")],
    Discriminator(
        _kind, custom_error_type="step_kind", custom_error_message="not one of the kinds of steps"
    ),
]
