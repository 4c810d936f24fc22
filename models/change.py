"""What a person wants done to a message that is at Telegram already, and what became of that.

It lives as a message that leaves does (delivery.md): queued → sending → sent | failed | unknown,
one attempt each; here `sent` means that Telegram did it. Doing one twice does no harm, so of an
*unknown* one a person may simply ask again.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import defaulting, document, identity, moment, reference, stamped
from models.message import State

DELETED_WITHIN = timedelta(hours=48)  # Telegram's limit
# Telegram's own list; a bot may set one of them on a message.
REACTIONS = (
    "👍", "👎", "❤", "🔥", "🎉", "😁", "🙏", "👌", "🥰", "👏", "🤔", "🤯", "😱", "🤬",
    "😢", "🤩", "🤮", "💩", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤\u200d🔥", "🌚", "🌭", "💯",
    "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭",
    "🤓", "👻", "👨\u200d💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄",
    "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂",
    "🤷", "🤷\u200d♀", "😡",
)  # fmt: skip


# Spelled out, so that the planner knows that an index of such rows will do.
IS_OPEN = text("state in ('queued', 'sending', 'failed', 'unknown')")


class Kind(StrEnum):
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"


class Change(SQLModel, table=True):
    """`text` and `entities` are the new ones of an edit; `emoji` of a reaction, none takes it away.

    A later one of its kind cancels those of the same message that are not done.
    """

    __tablename__ = "message_change"
    __table_args__ = (
        Index(
            "message_change_open",
            "message_id",
            postgresql_where=IS_OPEN,
        ),
        Index("message_change_queued", "lead_id", postgresql_where=text("state = 'queued'")),
        Index("message_change_claimed", "claimed_at", postgresql_where=text("state = 'sending'")),
    )

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False)
    message_id: int = Field(sa_type=BigInteger, foreign_key="message.id", nullable=False)
    kind: Kind = Field(sa_type=Text)
    text: str = defaulting("")
    entities: list[Any] = document(list)
    emoji: str | None = None
    by: str = Field(description="an actor, as in the timeline")
    state: State = Field(default=State.QUEUED, sa_type=Text)
    reason: str | None = None
    attempt: int = defaulting(0)
    claimed_at: datetime | None = moment()
    not_before: datetime | None = moment()
    asked_at: datetime = moment(nullable=False)
    created_at: datetime = stamped()
