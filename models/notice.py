"""What a person is told of: kinds of notices, how each is heard, and when nothing is.

A notice is no row. It is derived: a lead that concerns the person has something new (`unread`, or a
`notice` with its kind) that happened after the moment until which they have seen all. The timeline
says what it was. So it is equal on every device, and what is no longer theirs to see is gone.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.message import State

CHANNEL = "leadloom_notices"  # says whose notices look otherwise now: a person's id


class Notice(StrEnum):
    """What `lead.notice` says until the chat is opened; one of a message's troubles stays until it
    is settled or the chat is opened."""

    FAILED = State.FAILED.value
    UNKNOWN = State.UNKNOWN.value
    BLOCKED = "blocked"
    HANDED_OVER = "handed_over"
    ASSIGNED = "assigned"
    TASK_DUE = "task_due"


TROUBLES = frozenset({Notice.FAILED, Notice.UNKNOWN})


class Kind(StrEnum):
    """What a person decides about: how they hear of it."""

    MESSAGE = "message"
    HAND_OVER = "hand_over"
    ASSIGNMENT = "assignment"
    TASK = "task"
    ERROR = "error"
    MENTION = "mention"


KINDS: dict[str, Kind] = {
    Notice.FAILED: Kind.ERROR,
    Notice.UNKNOWN: Kind.ERROR,
    Notice.BLOCKED: Kind.ERROR,
    Notice.HANDED_OVER: Kind.HAND_OVER,
    Notice.ASSIGNED: Kind.ASSIGNMENT,
    Notice.TASK_DUE: Kind.TASK,
}
ALWAYS = datetime(9999, 12, 31, tzinfo=UTC)  # quiet until it is switched off

Tone = Literal["drop", "bell", "wood"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Hearing(BaseModel):
    """How somebody hears of notices. What they do not want is kept, so that a kind that comes later
    is heard. `quiet_from` and `quiet_to` are times of day in their zone; both or none. The bell
    counts whatever is chosen here."""

    model_config = ConfigDict(frozen=True)

    without_sound: frozenset[str] = frozenset()
    without_browser: frozenset[str] = frozenset()
    tone: Tone = "drop"
    volume: int = Field(default=60, ge=0, le=100)
    quiet_from: Clock | None = None
    quiet_to: Clock | None = None
