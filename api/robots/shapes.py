"""What robots send and get. Fields are only ever added."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.lead.lead import Lead
from models.message import Message
from models.task import LONGEST, Outcome

LARGEST = 2**63 - 1
Number = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Move = Annotated[
    int | None,
    Field(ge=0, le=LARGEST, description="the lead's `move` as you read it: 409 if it moved since"),
]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Finding(Asked):
    """Exactly one of them."""

    id: Annotated[Number | None, Field(description="the lead's own number")] = None
    telegram_id: Number | None = None
    username: Annotated[Word | None, Field(description="with or without @, in any case")] = None

    @model_validator(mode="after")
    def _by_one(self) -> "Finding":
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of id, telegram_id and username")
        return self


class StageAsked(Asked):
    stage: Annotated[Word, Field(description="a stage's key: new, talking, deposit …")]


class TakeoverAsked(Asked):
    until: Annotated[
        AwareDatetime | None,
        Field(description="a timed pause: the process goes on by itself then; at most a year"),
    ] = None
    move: Move = None


class GiveBackAsked(Asked):
    at: Annotated[
        str,
        Field(pattern=r"^[a-z0-9_]{1,64}$", description="same, next, start, or a step's id"),
    ] = "same"
    read: Annotated[
        bool,
        Field(description="the step reads what the client wrote after the last word of a person"),
    ] = True
    move: Move = None


class TaskAsked(Asked):
    what: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    due_at: Annotated[AwareDatetime, Field(description="ahead of now, at most five years")]
    assignee: Annotated[
        Word | None, Field(description="a login; without one it is for the lead's owner")
    ] = None


class TaskClosed(Asked):
    outcome: Outcome
    result: Annotated[str, StringConstraints(max_length=LONGEST)] = ""


class TaskTold(BaseModel):
    id: int
    what: str
    due_at: datetime
    assignee_id: int | None
    by: str
    outcome: str | None = Field(description="done, cancelled; null while it is open")
    result: str | None
    closed_at: datetime | None


class TasksTold(BaseModel):
    tasks: list[TaskTold]


class Place(BaseModel):
    """Where in which process. `step` is empty after the end."""

    key: str
    version: int | None
    step: str | None
    due_at: datetime | None = Field(description="when time alone moves it on")


class LeadTold(BaseModel):
    id: int
    bot_id: int
    telegram_id: int | None
    username: str | None
    first_name: str
    last_name: str
    language: str | None
    country: str | None
    origin: dict[str, str | None] = Field(
        description="buyer, source, platform, campaign, adset, ad"
    )
    fields: dict[str, Any]
    stage: str
    tags: list[str]
    line: int
    owner_id: int | None
    mode: str = Field(description="auto: the process leads; manual: a person")
    manual_until: datetime | None
    process: Place | None
    move: int = Field(
        description="counts applied moves; give it back to command what you have read"
    )
    blocked: bool
    created_at: datetime
    last_action_at: datetime


class Found(BaseModel):
    leads: list[LeadTold]


class Leaving(BaseModel):
    """A message that was on its way when the lead was taken over, and what became of it."""

    id: int
    step: str
    text: str
    kind: str
    state: str = Field(description="sending, sent, queued, failed or unknown")


class TakeoverTold(BaseModel):
    lead: LeadTold
    leaving: list[Leaving] = Field(description="no other automatic message leaves from now on")


ORIGIN = ("buyer", "source", "platform", "campaign", "adset", "ad")


def told(lead: Lead, tags: list[str]) -> LeadTold:
    alike = ("bot_id", "telegram_id", "username", "first_name", "last_name", "language", "country",
             "fields", "line", "owner_id", "mode", "manual_until", "move", "created_at",
             "last_action_at")  # fmt: skip
    process = lead.process_key and Place(
        key=lead.process_key, version=lead.version, step=lead.step, due_at=lead.due_at
    )
    return LeadTold(
        id=lead.id or 0, stage=lead.stage_key, tags=tags, process=process or None,
        blocked=lead.blocked_at is not None,
        origin={name: getattr(lead, name) for name in ORIGIN},
        **{name: getattr(lead, name) for name in alike},
    )  # fmt: skip


def leaving(message: Message) -> Leaving:
    return Leaving(
        id=message.id or 0, step=message.author.partition("/")[2], text=message.text,
        kind=message.kind, state=message.state,
    )  # fmt: skip
