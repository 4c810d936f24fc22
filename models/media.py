"""Files of both sides. On disk a file's name is its SHA-256; the row says what it is called."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from models.columns import defaulting, document, identity, moment, reference, stamped

OURS = "ours: "  # begins a reason that Telegram has no part in
DAMAGED = "damaged: what a camera wrote into it cannot be taken out"  # why it was not sent


class MediaState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    TOO_BIG = "too_big"
    DELETED = "deleted"


class Media(SQLModel, table=True):
    """`kind` is Telegram's word: photo, video, voice, video_note, audio, animation, document,
    sticker. Sizes in bytes and pixels, `duration` in seconds."""

    __tablename__ = "media"
    __table_args__ = (
        Index("media_message", "message_id", "position"),
        Index("media_of_lead", "lead_id", "id"),
        Index("media_content", "sha256", postgresql_where=text("sha256 is not null")),
        Index(
            "media_missing", "created_at", postgresql_where=text("state in ('pending', 'failed')")
        ),
    )

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False)
    message_id: int | None = reference("message.id")
    position: int = defaulting(0)
    kind: str
    state: MediaState = Field(default=MediaState.PENDING, sa_type=Text)
    reason: str | None = None
    attempts: int = defaulting(0)
    file_id: str | None = None
    file_unique_id: str | None = None
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    name: str | None = None
    mime: str | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    width: int | None = None
    height: int | None = None
    duration: int | None = None
    details: dict[str, Any] = document()
    uploaded_by_id: int | None = reference("user_account.id")
    created_at: datetime = stamped()
    hidden_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    deleted_by: str | None = None


class DiscardedFile(SQLModel, table=True):
    """Content that a deleted file had: it goes from the store unless something else is made of
    it."""

    __tablename__ = "discarded_file"

    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    at: datetime = stamped()
