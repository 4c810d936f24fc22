"""Signs of life: the last moment each part is known to have worked from end to end."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import stamped

CANARY = "canary"


class Heartbeat(SQLModel, table=True):
    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = stamped()
