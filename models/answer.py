"""How long a client waited, once for each time somebody answered: what the reports are made of."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from models.columns import moment, reference


class Answer(SQLModel, table=True):
    """Written by the move that clears `lead.waiting_since` (models/writing.py). `seq` is its last
    line of the timeline; `user_id` is empty when the robot answered; `is_first` is the first answer
    of any person to this lead."""

    __tablename__ = "answer"
    __table_args__ = (Index("answer_at", "at"),)

    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    user_id: int | None = reference("user_account.id")
    since: datetime = moment(nullable=False)
    at: datetime = moment(nullable=False)
    is_first: bool = False
