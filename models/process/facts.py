"""What the interpreter may know about a lead; whoever calls it reads this beforehand."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
