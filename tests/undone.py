"""A database on which nothing stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import Database


class Undone(Database):
    """Everything happens inside one transaction and is rolled back: nobody else sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.engine: Any = connection
        self._autocommit: Any = connection
        self.ring = None
        self._ringing = set()

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.begin_nested():
            yield self.engine

    async def close(self) -> None:
        pass
