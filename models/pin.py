"""Chats that a person keeps at hand: their own affair, nobody else sees it."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.columns import stamped

MOST_PINS = 100


class Pin(SQLModel, table=True):
    __tablename__ = "pin"

    user_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="user_account.id")
    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    pinned_at: datetime = stamped()
