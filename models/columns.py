"""The few column shapes that tables share."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def identity() -> Any:
    return Field(default=None, sa_type=BigInteger, primary_key=True)


def reference(target: str, *, nullable: bool = True, index: bool = False) -> Any:
    return Field(
        default=None, sa_type=BigInteger, foreign_key=target, nullable=nullable, index=index
    )


def count() -> Any:
    return Field(
        default=0, sa_type=BigInteger, nullable=False, sa_column_kwargs={"server_default": "0"}
    )


def defaulting(value: str | int, **more: Any) -> Any:
    """A default for rows that plain SQL inserts, too."""
    return Field(default=value, sa_column_kwargs={"server_default": str(value)}, **more)


def moment(*, nullable: bool = True) -> Any:
    """A time with its zone."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)


def stamped() -> Any:
    """The database's own clock at the insert."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )


def document(default: type[dict[str, Any]] | type[list[Any]] = dict) -> Any:
    """A JSON value that is replaced whole, never changed in place."""
    return Field(
        default_factory=lambda: default(),  # pydantic looks into a factory, and slowly into a type
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "{}" if default is dict else "[]"},
    )
