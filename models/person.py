"""One human who is the lead of several spots or bots."""

from datetime import datetime

from sqlmodel import SQLModel

from models.columns import identity, stamped

MOST_LEADS = 50  # of one person


class Person(SQLModel, table=True):
    """Whoever is in more than one lead; `lead.person_id` says in which."""

    __tablename__ = "person"

    id: int = identity()
    created_at: datetime = stamped()
