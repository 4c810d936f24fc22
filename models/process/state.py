"""Where a lead stands in its process: the whole of it, as the row `lead.process_state` keeps it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
UNREAD_LIMIT = 200
ALBUMS_REMEMBERED = 20

Phase = Literal["enter", "inside", "ended"]


class Heard(BaseModel):
    """A client's message, a button press or an outside event, as `advance` first saw it."""

    model_config = ConfigDict(frozen=True)

    seq: int
    kind: Literal["message", "event"]
    ref: int | None = Field(None, description="the message's id")
    name: str | None = Field(None, description="an event's name: payment, registration, button:yes")
    at: datetime = Field(description="when `advance` saw it first; quiet time counts from here")
    album: str | None = None
    particulars: dict[str, Any] = Field(
        default_factory=dict,
        description="text: words of the button; media: kind of the file; kind: of the payment;"
        " step_key: whose task it was",
    )

    @property
    def button(self) -> str | None:
        """The id of the button pressed, if this is a press."""
        if self.name is None or not self.name.startswith("button:"):
            return None
        return self.name.removeprefix("button:")


class Waiting(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["reply", "event", "duration", "until", "task"]
    since: datetime
    until: datetime | None = Field(None, description="the deadline; None waits for ever")
    quiet_until: datetime | None = Field(
        None, description="the client has written: the reply is taken when nothing more comes"
    )


class ProcessState(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: int = Field(FORMAT, description="an older worker leaves a newer row alone")
    run: int = Field(description="raised at each start of a process on this lead")
    process: str
    version: int
    opened_by: int | None = Field(None, description="seq of the message that started the process")

    step: str | None = Field(description="None after the end")
    phase: Phase
    via: str = Field("start", description="how the step was or will be entered")
    entered_move: int = Field(0, description="the move of the entry; keys are run:entered_move:n")
    entered_at: datetime | None = None

    said: int = Field(0, description="messages this send step speaks, those before resume_from too")
    resume_from: int = Field(0, description="the first of them that this entry sends")
    handed_over: str | None = Field(
        None, description="key of the reason why a person must act; nothing moves until placed"
    )
    waiting: Waiting | None = None
    given: Literal["somebody", "nobody"] | None = Field(
        None, description="what became of the step's assignment, said by who applied it"
    )

    unread: tuple[Heard, ...] = ()
    overflowed: int = Field(0, description="heard but dropped, because nobody read for too long")
    reply: tuple[int, ...] = Field((), description="ids of the messages the last reply wait read")
    pressed: tuple[str, ...] = Field((), description="ids of the buttons it read")
    pressed_words: tuple[str, ...] = Field((), description="what stood on these buttons")
    attached: tuple[str, ...] = Field((), description="kinds of the files that came with the reply")
    albums: tuple[str, ...] = Field((), description="albums read; a later member is no new reply")
    event: str | None = Field(None, description="the event the last event wait consumed")

    visits: dict[str, int] = {}
    jumps: dict[str, int] = {}
    outcome: str | None = Field(None, description="how the process ended")
