"""Telegram's updates as they came, byte for byte, before anyone reads them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from models.columns import identity, stamped


class UpdateState(StrEnum):
    DONE = "done"
    POISON = "poison"
    IGNORED = "ignored"


class TelegramUpdate(SQLModel, table=True):
    """A repeat is the same id *and* the same bytes (`digest`, SHA-256): ids are random after a
    silent week. What has no readable id keeps `update_id` empty."""

    __tablename__ = "telegram_update"
    __table_args__ = (
        Index("telegram_update_once", "bot_id", "digest", unique=True),
        Index("telegram_update_poison", "id", postgresql_where=text("state = 'poison'")),
        Index("telegram_update_age", "received_at"),
    )

    id: int = identity()
    bot_id: int = Field(sa_type=BigInteger)
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    digest: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = stamped()
    raw: bytes = Field(sa_type=LargeBinary)
    state: UpdateState = Field(sa_type=Text)
    error: str | None = None
