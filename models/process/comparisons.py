"""What conditions compare with: amounts, texts, payments, times."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.process.facts import Facts, PaymentKind
from models.process.moments import DAYS, Clock, Days, Hours, zone_of
from models.process.part import Listed, Part
from models.process.phrases import found_in, number_in, plain, says
from models.process.state import ProcessState


class Scene(NamedTuple):
    """What conditions are about: the lead, its place in the process, and the moment."""

    facts: Facts
    state: ProcessState
    now: datetime
    zone: str
    hours: Hours | None

    @property
    def reply(self) -> str:
        """What the client answered, a message a line; words of pressed buttons too."""
        texts = (self.facts.texts.get(message, "") for message in self.state.reply)
        return "\n".join(text for text in (*texts, *self.state.pressed_words) if text)

    @property
    def local(self) -> datetime:
        return self.now.astimezone(zone_of(self.zone))


class Comparison(Part):
    @model_validator(mode="after")
    def _compares(self) -> Self:
        if not self.model_fields_set - {"field", "step"}:
            raise PydanticCustomError("empty_condition", "nothing is compared")
        return self


class Amount(Comparison):
    """A range of numbers; every key that is given must hold."""

    equals: Decimal | None = None
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None

    def holds_for(self, number: Decimal | None) -> bool:
        return (
            number is not None
            and (self.equals is None or number == self.equals)
            and (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.at_most is None or number <= self.at_most)
            and (self.below is None or number < self.below)
        )


class TextMatch(Comparison):
    """Ways to look at a text. All that are given must hold; of those listed, any."""

    equals: Listed | None = Field(None, description="the whole text; case, punctuation aside")
    says: Listed | None = Field(None, description="has the phrase as whole words")
    contains: Listed | None = Field(None, description="has the letters, within words too")
    matches: Listed | None = Field(None, description="RE2 patterns, searched for, in any case")
    number: bool | Amount | None = Field(None, description="is a number, or one within a range")
    empty: bool | None = None

    def holds_for(self, text: str) -> bool:
        return (
            (self.equals is None or plain(text) in map(plain, self.equals))
            and (self.says is None or any(says(text, phrase) for phrase in self.says))
            and (self.contains is None or any(plain(part) in plain(text) for part in self.contains))
            and (self.matches is None or any(found_in(text, part) for part in self.matches))
            and (self.empty is None or self.empty == (not text.strip()))
            and self._number_holds_for(text)
        )

    def _number_holds_for(self, text: str) -> bool:
        if self.number is None:
            return True
        number = number_in(text)
        if isinstance(self.number, Amount):
            return self.number.holds_for(number)
        return self.number == (number is not None)


class ReplyMatch(TextMatch):
    button: Listed | None = Field(None, description="ids; any of them was pressed")
    media: bool | Listed | None = Field(None, description="came with a file, or one of these kinds")

    def holds(self, scene: Scene) -> bool:
        pressed, attached = set(scene.state.pressed), set(scene.state.attached)
        if self.button is not None and not pressed & set(self.button):
            return False
        if isinstance(self.media, bool) and self.media != bool(attached):
            return False
        if isinstance(self.media, tuple) and not attached & set(self.media):
            return False
        return self.holds_for(scene.reply)


class FieldMatch(TextMatch):
    field: str = Field(description="lead.country, link, offer or fields.<own>")

    def holds(self, scene: Scene) -> bool:
        return self.holds_for(scene.facts.lead.get(self.field.removeprefix("lead."), ""))


class PaymentsMatch(Part):
    """Without `count` and `sum`: there is at least one such payment."""

    kind: PaymentKind | None = None
    currency: str | None = None
    count: Amount | None = None
    sum: Amount | None = None

    def holds(self, scene: Scene) -> bool:
        found = [
            paid
            for paid in scene.facts.payments
            if self.kind in (None, paid.kind) and self.currency in (None, paid.currency)
        ]
        count = sum(paid.counts for paid in found)
        if self.count is None and self.sum is None:
            return count > 0
        return (self.count is None or self.count.holds_for(Decimal(count))) and (
            self.sum is None or self.sum.holds_for(sum((paid.amount for paid in found), Decimal(0)))
        )


class TimeMatch(Comparison):
    """Local time of the process. `from` without `to` lasts until midnight."""

    days: Days = DAYS
    from_: Clock | None = Field(None, alias="from")
    to: Clock | None = None

    def holds(self, scene: Scene) -> bool:
        if self.from_ is not None and self.to is not None:
            return Hours(days=self.days, from_=self.from_, to=self.to).hold(scene.local)
        clock = scene.local.time()
        return (
            DAYS[scene.local.weekday()] in self.days
            and (self.from_ is None or clock >= self.from_)
            and (self.to is None or clock < self.to)
        )


class VisitsMatch(Amount):
    """How often this run has entered the step."""

    step: str

    def holds(self, scene: Scene) -> bool:
        return self.holds_for(Decimal(scene.state.visits.get(self.step, 0)))


def event_is(name: str, wanted: str) -> bool:
    """`payment` is wanted and `payment:sale` came: that is it. Not the other way round."""
    return name == wanted or name.startswith(f"{wanted}:")
