"""A message, both ways, and the life of one that leaves (delivery.md draws it).

scheduled ──its time──► queued ──claim──► sending ──200──► sent
                          ▲                 │  └─ refused for sure ──► failed
                          └─ surely not ────┘  └─ no clear answer ──► unknown
scheduled, queued ──► cancelled          unknown ──► sent | failed | queued, by a person,
                                                       or by later evidence
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.columns import defaulting, document, identity, moment, reference, stamped


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class State(StrEnum):
    RECEIVED = "received"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


FINAL = frozenset({State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED})


class Message(SQLModel, table=True):
    """One bubble's worth: a text, or media with a caption, or one chunk of a text cut in several.

    `position` orders the conversation and the sending: it is the `seq` of the event that brought
    the row, or that queued it. `kind` is Telegram's word (text, photo, voice …, album for ours).
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_conversation", "lead_id", "position"),
        Index(
            "message_client_key",
            "client_key",
            unique=True,
            postgresql_where=text("client_key is not null"),
        ),
        Index(
            "message_step_key",
            "lead_id",
            "step_key",
            "part",
            unique=True,
            postgresql_where=text("step_key is not null"),
        ),
        Index(
            "message_leaving",
            "lead_id",
            "position",
            postgresql_where=text("state in ('queued', 'sending')"),
        ),
        Index("message_claimed", "claimed_at", postgresql_where=text("state = 'sending'")),
        Index("message_scheduled", "lead_id", postgresql_where=text("state = 'scheduled'")),
        Index("message_trouble", "id", postgresql_where=text("state in ('unknown', 'failed')")),
    )

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False)
    position: int | None = Field(default=None, sa_type=BigInteger)
    direction: Direction = Field(sa_type=Text)
    author: str = Field(description="an actor, as in the timeline")
    kind: str = defaulting("text")
    text: str = defaulting("")
    entities: list[Any] = document(list)
    buttons: list[Any] = document(list)
    details: dict[str, Any] = document()
    language: str | None = None
    reply_to_id: int | None = Field(default=None, sa_type=BigInteger)
    quote: str | None = None
    reactions: list[Any] = document(list)

    state: State = Field(sa_type=Text)
    reason: str | None = None
    epoch: int | None = None
    attempt: int = defaulting(0)
    claimed_at: datetime | None = moment()
    not_before: datetime | None = moment()
    typing_from: datetime | None = moment()
    client_key: str | None = None
    step_key: str | None = None
    group_key: str | None = None
    part: int = defaulting(0)
    telegram_ids: list[int] = Field(
        default_factory=lambda: [],
        sa_type=ARRAY(BigInteger),
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
    )

    written_at: datetime = moment(nullable=False)
    created_at: datetime = stamped()
    sent_at: datetime | None = moment()
    edited_at: datetime | None = moment()
    deleted_at: datetime | None = moment()

    @property
    def automatic(self) -> bool:
        return self.author.startswith("process:")


class MessageEdit(SQLModel, table=True):
    """A text as it stood before an edit."""

    __tablename__ = "message_edit"

    id: int = identity()
    message_id: int = reference("message.id", nullable=False, index=True)
    text: str
    entities: list[Any] = document(list)
    replaced_at: datetime = moment(nullable=False)
