"""Scenarios: a process's own tests, written beside its steps and run in virtual time."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from models.process.facts import PaymentKind
from models.process.moments import Duration
from models.process.part import Listed, Part


class GivenPayment(Part):
    kind: PaymentKind = "sale"
    amount: Decimal = Decimal(50)
    currency: str = "USD"


class Given(Part):
    """The lead before its first word. Unsaid: Ivan, who speaks the process's first language."""

    lead: dict[str, str] = Field({}, description="first_name, country, buyer, link …")
    fields: dict[str, str] = Field({}, description="own fields")
    language: str | None = None
    payload: str | None = Field(None, description="what /start brought")
    tags: Listed = ()
    stage: str | None = None
    line: Literal[1, 2] | None = None
    owner: str | None = None
    at_work: tuple[str, ...] = Field(
        ("somebody",), description="who gets leads by turns; none: nobody does"
    )
    payments: tuple[GivenPayment, ...] = ()
    at: str | None = Field(None, description="local start, like mon 12:00; unsaid: mon 12:00")
    time_zone: str = "Europe/Moscow"


class Expected(Part):
    """What must be true now. `says` counts from the last thing that happened before."""

    says: Listed = Field((), description="each is in a message said since the last expectation")
    never_says: Listed = ()
    silent: bool | None = Field(None, description="nothing was said since the last expectation")
    buttons: Listed = Field((), description="ids under the last message")
    media: bool | None = Field(None, description="something was shown since the last expectation")
    step: str | None = None
    mode: Literal["auto", "manual"] | None = None
    stage: str | None = None
    line: Literal[1, 2] | None = None
    owner: str | None = None
    tags: Listed = Field((), description="has all of these")
    no_tags: Listed = Field((), description="has none of these")
    fields: dict[str, str] = Field({}, description="own fields")
    note: str | None = Field(None, description="is in a note")
    task: str | None = Field(None, description="is in the words of a task that was set")
    task_due: Duration | None = Field(None, description="how long from now until it is due")
    reason: str | None = Field(None, description="is in the reason of the hand-over, or its key")
    waits_for: Literal["reply", "event", "duration", "until", "task", "nothing"] | None = None
    waits: Duration | None = Field(None, description="how long from now")
    until: str | None = Field(None, description="local end of the wait, like tue 10:00")
    ended: str | None = Field(None, description="the outcome")


class Client(Part):
    kind: ClassVar = "client"
    client: str


class Press(Part):
    kind: ClassVar = "button"
    button: str


class Album(Part):
    kind: ClassVar = "album"
    album: int = Field(ge=1, le=10, description="photos")


class Passing(Part):
    kind: ClassVar = "wait"
    wait: Duration


class Event(Part):
    kind: ClassVar = "event"
    event: str


class Payment(Part):
    kind: ClassVar = "payment"
    payment: GivenPayment


class Closes(Part):
    """A person closes the task that the process waits for."""

    kind: ClassVar = "task"
    task: Literal["done", "cancelled"]


class Fails(Part):
    kind: ClassVar = "fails"
    fails: str = Field(description="the next messages do not arrive, and why")


class TakesOver(Part):
    kind: ClassVar = "takes_over"
    takes_over: str = Field(description="who")


class GivesBack(Part):
    kind: ClassVar = "gives_back"
    gives_back: str = Field(description="same, next, start, skip or a step")
    reads: bool = Field(True, description="the step reads what the client wrote meanwhile")


class Expect(Part):
    kind: ClassVar = "expect"
    expect: Expected


EVENTS = (
    "client",
    "button",
    "album",
    "wait",
    "event",
    "payment",
    "task",
    "fails",
    "takes_over",
    "gives_back",
    "expect",
)


def _kind(written: Any) -> str | None:
    if isinstance(written, Part):
        return str(getattr(written, "kind", ""))
    found = [key for key in EVENTS if isinstance(written, dict) and key in written]
    return found[0] if len(found) == 1 else None


Happening = Annotated[
    Annotated[Client, Tag("client")]
    | Annotated[Press, Tag("button")]
    | Annotated[Album, Tag("album")]
    | Annotated[Passing, Tag("wait")]
    | Annotated[Event, Tag("event")]
    | Annotated[Payment, Tag("payment")]
    | Annotated[Closes, Tag("task")]
    | Annotated[Fails, Tag("fails")]
    | Annotated[TakesOver, Tag("takes_over")]
    | Annotated[GivesBack, Tag("gives_back")]
    | Annotated[Expect, Tag("expect")],
    Discriminator(
        _kind,
        custom_error_type="event_kind",
        custom_error_message="not one of the events",
        custom_error_context={"known": ", ".join(EVENTS)},
    ),
]


class Scenario(Part):
    name: str = Field(min_length=1)
    given: Given = Given()
    events: tuple[Happening, ...] = Field(min_length=1, max_length=200)
