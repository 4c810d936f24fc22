"""Chats that a person keeps at hand: their own affair, nobody else sees it."""

from datetime import datetime

from sqlalchemy import BigInteger, text
from sqlmodel import Field, SQLModel

from models.columns import stamped
from models.database import Work

MOST_PINS = 100
CHANNEL = "leadloom_pins"  # a person's id
TELL = text(f"select pg_notify('{CHANNEL}', :person)")


class Pin(SQLModel, table=True):
    __tablename__ = "pin"

    user_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="user_account.id")
    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    pinned_at: datetime = stamped()

    @staticmethod
    async def changed(work: Work, *, of: int) -> None:
        """All pages of that person hear of it."""
        await work.execute(TELL, {"person": str(of)})
