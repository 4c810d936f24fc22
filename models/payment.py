"""The ledger of a lead's money: rows are added, never changed."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Numeric, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import identity, moment, reference, stamped


class Kind(StrEnum):
    SALE = "sale"
    REPEAT_SALE = "repeat_sale"
    WITHDRAWAL = "withdrawal"


class Payment(SQLModel, table=True):
    """`source` and `source_id` name the event it came from; a repeat of it is the same row."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False, index=True)
    kind: Kind = Field(sa_type=Text)
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str = Field(max_length=3)
    paid_at: datetime = moment(nullable=False)
    source: str
    source_id: str
    created_at: datetime = stamped()
