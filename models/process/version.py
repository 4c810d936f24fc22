"""Processes and their frozen versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.columns import document, identity, reference, stamped
from models.errors import Missing
from models.process.language import Process


class Version(SQLModel, table=True):
    """What was published once and never changes. A lead stays on its version until migrated."""

    __tablename__ = "process_version"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: int | None = identity()
    key: str = Field(description="the process's key, as in its file")
    number: int
    name: dict[str, str] = document()
    source: str = Field(description="the YAML as it was published")
    definition: dict[str, Any] = document()
    files: dict[str, Any] = document()
    published_at: datetime = stamped()
    published_by_id: int | None = reference("user_account.id")


# Never stale, because versions never change; by database, because a process may hold several.
_frozen: dict[tuple[str | None, str, int], tuple[Process, dict[str, Any]]] = {}


async def definition_of(session: AsyncSession, key: str, number: int) -> Process:
    """A published version, read once a process. Raises Missing."""
    return (await _read(session, key, number))[0]


async def files_of(session: AsyncSession, key: str, number: int) -> dict[str, Any]:
    """Its files: path in the definition to `sha256` (hex) and `size` (bytes)."""
    return (await _read(session, key, number))[1]


async def newest(session: AsyncSession, key: str) -> int | None:
    """The version that new leads start on."""
    query = select(Version.number).where(Version.key == key).order_by(Version.number.desc())
    return (await session.execute(query.limit(1))).scalar()


async def _read(session: AsyncSession, key: str, number: int) -> tuple[Process, dict[str, Any]]:
    cached_as = (session.get_bind().engine.url.database, key, number)
    found = _frozen.get(cached_as)
    if found is None:
        query = select(Version).where(Version.key == key, Version.number == number)
        row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            raise Missing("Process %(key)s has no version %(number)s", key=key, number=number)
        found = _frozen[cached_as] = (Process.model_validate(row.definition), row.files)
    return found
