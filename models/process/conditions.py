"""Conditions: a closed set of operators over known facts. The first key says which one it is."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from models.process.comparisons import (
    FieldMatch,
    PaymentsMatch,
    ReplyMatch,
    Scene,
    TimeMatch,
    VisitsMatch,
    event_is,
)
from models.process.part import Listed, Part


class IfAll(Part):
    kind: ClassVar = "all"
    all: "tuple[Condition, ...]" = Field(min_length=1)

    def holds(self, scene: Scene) -> bool:
        return all(condition.holds(scene) for condition in self.all)


class IfAny(Part):
    kind: ClassVar = "any"
    any: "tuple[Condition, ...]" = Field(min_length=1)

    def holds(self, scene: Scene) -> bool:
        return any(condition.holds(scene) for condition in self.any)


class IfNot(Part):
    kind: ClassVar = "not"
    not_: "Condition" = Field(alias="not")

    def holds(self, scene: Scene) -> bool:
        return not self.not_.holds(scene)


class IfField(FieldMatch):
    kind: ClassVar = "field"


class IfTag(Part):
    kind: ClassVar = "tag"
    tag: Listed = Field(description="has any of these")

    def holds(self, scene: Scene) -> bool:
        return not scene.facts.tags.isdisjoint(self.tag)


class IfStage(Part):
    kind: ClassVar = "stage"
    stage: Listed = Field(description="is any of these")

    def holds(self, scene: Scene) -> bool:
        return scene.facts.stage in self.stage


class IfLanguage(Part):
    kind: ClassVar = "language"
    language: Listed

    def holds(self, scene: Scene) -> bool:
        spoken = scene.facts.lead.get("language", "").lower()
        return spoken in self.language or spoken.partition("-")[0] in self.language


class IfLine(Part):
    kind: ClassVar = "line"
    line: Literal[1, 2]

    def holds(self, scene: Scene) -> bool:
        return scene.facts.line == self.line


class IfReply(Part):
    kind: ClassVar = "reply"
    reply: ReplyMatch = Field(description="what the last reply wait read")

    def holds(self, scene: Scene) -> bool:
        return self.reply.holds(scene)


class IfEvent(Part):
    kind: ClassVar = "event"
    event: Listed = Field(description="what the last event wait was ended by")

    def holds(self, scene: Scene) -> bool:
        name = scene.state.event
        return name is not None and any(event_is(name, wanted) for wanted in self.event)


class IfPayments(Part):
    kind: ClassVar = "payments"
    payments: PaymentsMatch

    def holds(self, scene: Scene) -> bool:
        return self.payments.holds(scene)


class IfTime(Part):
    kind: ClassVar = "time"
    time: Literal["working_hours"] | TimeMatch

    def holds(self, scene: Scene) -> bool:
        if isinstance(self.time, TimeMatch):
            return self.time.holds(scene)
        return scene.hours is None or scene.hours.hold(scene.local)


class IfVisits(Part):
    kind: ClassVar = "visits"
    visits: VisitsMatch

    def holds(self, scene: Scene) -> bool:
        return self.visits.holds(scene)


KINDS = (
    "all",
    "any",
    "not",
    "field",
    "tag",
    "stage",
    "language",
    "line",
    "reply",
    "event",
    "payments",
    "time",
    "visits",
)


def _kind(written: Any) -> str | None:
    if isinstance(written, Part):
        return str(getattr(written, "kind", ""))
    found = [key for key in KINDS if isinstance(written, dict) and key in written]
    return found[0] if len(found) == 1 else None


Condition = Annotated[
    Annotated[IfAll, Tag("all")]
    | Annotated[IfAny, Tag("any")]
    | Annotated[IfNot, Tag("not")]
    | Annotated[IfField, Tag("field")]
    | Annotated[IfTag, Tag("tag")]
    | Annotated[IfStage, Tag("stage")]
    | Annotated[IfLanguage, Tag("language")]
    | Annotated[IfLine, Tag("line")]
    | Annotated[IfReply, Tag("reply")]
    | Annotated[IfEvent, Tag("event")]
    | Annotated[IfPayments, Tag("payments")]
    | Annotated[IfTime, Tag("time")]
    | Annotated[IfVisits, Tag("visits")],
    Discriminator(
        _kind,
        custom_error_type="condition_kind",
        custom_error_message="not one of the conditions",
    ),
]


def leaves(condition: Condition) -> Iterator[Condition]:
    """The condition and all that it is made of."""
    yield condition
    inner: tuple[Condition, ...] = ()
    if isinstance(condition, IfAll):
        inner = condition.all
    elif isinstance(condition, IfAny):
        inner = condition.any
    elif isinstance(condition, IfNot):
        inner = (condition.not_,)
    for part in inner:
        yield from leaves(part)
