"""What a move does to the world. The interpreter only names it; `advance` applies it."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MediaKind = Literal[
    "photo", "video", "animation", "audio", "voice", "document", "video_note", "sticker"
]


# asked: the step says so. runaway: 200 steps without a wait. no_such_step: a definition without it.
HandOverKey = Literal["asked", "send_failed", "runaway", "no_such_step"]


class _Effect(BaseModel):
    model_config = ConfigDict(frozen=True)


class MediaRef(_Effect):
    kind: MediaKind
    file: str = Field(description="path beside the definition's file")


class Button(_Effect):
    """A press is heard as the event `button:<id>`; one with a `url` opens it and is not heard."""

    text: str
    id: str | None = None
    url: str | None = None


class Say(_Effect):
    """One Telegram message, within its limits. `text` is the caption when there are media."""

    n: int = Field(description="its number in the step; the row's key is run:move:n")
    text: str = ""
    entities: tuple[dict[str, Any], ...] = Field((), description="Telegram's, offsets in UTF-16")
    media: tuple[MediaRef, ...] = Field((), description="two or more are an album")
    buttons: tuple[tuple[Button, ...], ...] = Field((), description="rows")
    typing: timedelta | None = Field(None, description="show “typing…” this long before it")
    language: str = ""
    continues: int | None = Field(
        None, description="n of the message this one is the rest of; goes after it is final"
    )


class MoveTo(_Effect):
    stage: str


class Tag(_Effect):
    name: str


class Untag(_Effect):
    name: str


class SetLine(_Effect):
    line: int


class SetField(_Effect):
    name: str = Field(description="own field without `fields.`, or a lead's key: language, country")
    value: str


class AssignTo(_Effect):
    user: str = Field(description="login or email")


class Give(_Effect):
    """To a person, or to whose turn it is. Who applies it says in the state whether somebody got
    it."""

    user: str | None = Field(None, description="login or email")
    way: Literal["round_robin", "least_busy"] | None = None
    team: str | None = None
    line: int | None = None


class WriteNote(_Effect):
    text: str


class SetTask(_Effect):
    """For a person; for the lead's owner without an `assignee`. One that is `awaited` is the same
    one when its step is entered again."""

    step: str
    what: str
    due_at: datetime
    assignee: str | None = Field(None, description="login or email")
    awaited: bool = False


class HandOver(_Effect):
    """The lead becomes manual."""

    key: HandOverKey
    step: str
    reason: dict[str, str] = Field(default_factory=dict, description="language to sentence")


class Entered(_Effect):
    """One line of the timeline. `via`: start, next, timeout, writes, cancelled, branch:<n>,
    otherwise, failed, nobody, jump, skip, person."""

    step: str
    via: str


class Ended(_Effect):
    outcome: str


Effect = (
    Say
    | MoveTo
    | Tag
    | Untag
    | SetLine
    | SetField
    | AssignTo
    | Give
    | WriteNote
    | SetTask
    | HandOver
    | Entered
    | Ended
)
