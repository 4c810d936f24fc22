"""A robot's key to the API: shown once, kept as a hash, with scopes and an end."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from models.columns import identity, moment, reference, stamped


class Token(SQLModel, table=True):
    __tablename__ = "token"

    id: int | None = identity()
    name: str
    digest: bytes = Field(sa_type=LargeBinary, unique=True, description="SHA-256 of the secret")
    scopes: list[str] = Field(sa_type=ARRAY(Text))  # type: ignore[call-overload]
    created_by_id: int | None = reference("user_account.id")
    created_at: datetime = stamped()
    expires_at: datetime | None = moment()
    revoked_at: datetime | None = moment()
    used_at: datetime | None = moment()
