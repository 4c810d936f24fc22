"""The ledger of a lead's money: rows are added, never changed, and the database sees to it.

What was posted wrongly is reversed: the reversal is a row of its own with the negative amount. So a
sum is the sum of `amount`, and a number of payments is the sum of `counts`, whatever happened.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from models.columns import defaulting, identity, moment, reference, stamped
from models.errors import BrokenInput

MOST = Decimal(1_000_000_000)
EARLIEST = 2000  # year
AHEAD = timedelta(hours=1)  # clocks of those who tell us differ
LONGEST_REASON = 500

# Money that is in use somewhere (ISO 4217).
ISO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = tuple(ISO.split())


class Kind(StrEnum):
    SALE = "sale"
    REPEAT_SALE = "repeat_sale"
    WITHDRAWAL = "withdrawal"


class Source(StrEnum):
    """Where a row comes from that a person wrote; a program's rows name the program."""

    HAND = "hand"
    REVERSAL = "reversal"
    CORRECTION = "correction"


class Payment(SQLModel, table=True):
    """`source` and `source_id` name the event it came from; a repeat of it is the same row. Of what
    is `corrects_id`'s reversal or replacement the id there is the corrected row's."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("payment_paid_at", "paid_at"),
        UniqueConstraint("source", "source_id"),
        UniqueConstraint("corrects_id"),
        CheckConstraint(
            "case when corrects_id is null then amount > 0 else amount < 0 end", name="payment_way"
        ),
    )

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False, index=True)
    kind: Kind = Field(sa_type=Text)
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str = Field(max_length=3)
    paid_at: datetime = moment(nullable=False)
    source: str
    source_id: str
    by: str = defaulting("engine")
    corrects_id: int | None = reference("payment.id")
    reason: str | None = None
    counts: int = Field(
        default=None,
        sa_type=SmallInteger,
        sa_column_args=[Computed("case when corrects_id is null then 1 else -1 end")],
    )
    created_at: datetime = stamped()


class LeadMoney(SQLModel, table=True):
    """What a lead's rows add up to, by currency: kept by a trigger at every row that is added, so
    that the chat list can be filtered by it. `paid` is what came in: sales and repeat sales."""

    __tablename__ = "lead_money"
    __table_args__ = (
        Index("lead_money_paid", "currency", "paid"),
        *(
            Index(f"lead_money_{kind}s", "lead_id", postgresql_where=text(f"{kind}s > 0"))
            for kind in Kind
        ),
    )

    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    currency: str = Field(max_length=3, primary_key=True)
    sales: int = defaulting(0)
    repeat_sales: int = defaulting(0)
    withdrawals: int = defaulting(0)
    sale_sum: Decimal = defaulting(0, sa_type=Numeric(18, 2))
    repeat_sale_sum: Decimal = defaulting(0, sa_type=Numeric(18, 2))
    withdrawal_sum: Decimal = defaulting(0, sa_type=Numeric(18, 2))
    paid: Decimal = Field(
        default=None,
        sa_type=Numeric(18, 2),
        sa_column_args=[Computed("sale_sum + repeat_sale_sum", persisted=True)],
    )


def check(amount: Decimal, currency: str, paid_at: datetime, *, now: datetime) -> None:
    """What no ledger should hold. Raises BrokenInput with a sentence for each field."""
    problems = {}
    if not amount.is_finite() or amount <= 0:
        problems["amount"] = "An amount is more than zero"
    elif amount > MOST:
        problems["amount"] = "This amount is too large"
    elif amount != round(amount, 2):
        problems["amount"] = "An amount has at most two decimals"
    if currency not in CURRENCIES:
        problems["currency"] = "There is no such currency"
    if paid_at > now + AHEAD:
        problems["paid_at"] = "This moment has not come yet"
    elif paid_at.year < EARLIEST:
        problems["paid_at"] = "Nobody paid as early as this"
    if problems:
        raise BrokenInput("The payment is not posted", problems)
