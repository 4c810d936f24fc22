"""A colleague's (or a process's) words about a lead that the client never sees."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import identity, moment, reference, stamped


class Note(SQLModel, table=True):
    __tablename__ = "note"

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False, index=True)
    author: str = Field(description="an actor, as in the timeline")
    text: str
    created_at: datetime = stamped()
    pinned_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
