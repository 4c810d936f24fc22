"""What the interpreter may know about a lead; whoever calls it reads this beforehand."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.process import effects as does

PaymentKind = Literal["sale", "repeat_sale", "withdrawal"]

# What every lead has; own fields stand beside them as `fields.<key>`.
LEAD_KEYS = (
    "first_name",
    "last_name",
    "username",
    "language",
    "country",
    "buyer",
    "source",
    "platform",
    "campaign",
    "adset",
    "ad",
    "spot",
    "link",
    "offer",
)


class Paid(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: PaymentKind
    amount: Decimal
    currency: str
    counts: int = Field(1, description="-1 for a reversal, whose amount is negative")


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True)

    lead: dict[str, str] = Field(
        default_factory=dict, description="LEAD_KEYS, and own fields as fields.<key>"
    )
    tags: frozenset[str] = frozenset()
    stage: str | None = None
    line: int | None = None
    owner: str | None = None
    mode: Literal["auto", "manual"] = "auto"
    payments: tuple[Paid, ...] = ()
    texts: dict[int, str] = Field(
        default_factory=dict, description="message id to its text now, for unread, reply and heard"
    )
    outcomes: tuple[str, ...] = Field(
        (), description="states of this entry's rows (keys run:entered_move:*), in order of n"
    )
    time_zone: str = Field("UTC", description="the lead's own zone")

    def after(self, effect: does.Effect) -> "Facts":
        """As they are when it has been applied."""
        match effect:
            case does.MoveTo():
                update: dict[str, object] = {"stage": effect.stage}
            case does.Tag():
                update = {"tags": self.tags | {effect.name}}
            case does.Untag():
                update = {"tags": self.tags - {effect.name}}
            case does.SetLine():
                update = {"line": effect.line}
            case does.AssignTo():
                update = {"owner": effect.user}
            case does.SetField():
                key = effect.name if effect.name in LEAD_KEYS else f"fields.{effect.name}"
                update = {"lead": {**self.lead, key: effect.value}}
            case does.HandOver():
                update = {"mode": "manual"}
            case _:
                return self
        return self.model_copy(update=update)
