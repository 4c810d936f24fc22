"""The database: one engine a process, and the unit of work, the only commit in the project."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from select import POLLIN, poll
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Dialect, Executable, Result, TextClause, bindparam, event, select
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from models.errors import Missing, Outrun, Refused
from models.lead.lead import Lead
from models.message import Message
from models.queries.visibility import visible_leads
from models.user import User
from models.writing import as_json, for_the_orm, write

LOCKED = select(Lead).where(Lead.id == bindparam("lead")).with_for_update()

Ring = Callable[[int, int], Awaitable[None]]


class Database:
    """`ring(lead_id, seq)` is called after the commit for each lead whose process should look.

    It must not raise and may be lost: the relay rings again. Without one nothing is rung.
    """

    def __init__(self, url: str, *, pool: int = 8, ring: Ring | None = None) -> None:
        self.url = url
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_recycle=1800,
            pool_use_lifo=True,
            json_serializer=as_json,
            connect_args={
                "prepare_threshold": 1,
                "connect_timeout": 5,
                "options": "-c timezone=UTC",
            },
        )
        # No transaction, so no ROLLBACK: at one psycopg forgets all that it has prepared.
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self.engine.sync_engine, "checkout", _still_there)
        self.ring = ring
        self._ringing: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def unit_of_work(self, *, silent: bool = False) -> AsyncIterator["Work"]:
        """Everything inside becomes true at once, or not at all.

        `silent` rings nobody: for the workflow's own moves.
        """
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            work = Work(session)
            yield work
            await work.flush()
            await session.commit()
        if not silent:
            for lead_id, seq in work.rings.items():
                self.ring_beside(lead_id, seq)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: nothing of it is kept."""
        async with AsyncSession(self._autocommit, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        """For statements that are transactions of their own."""
        async with self._autocommit.connect() as connection:
            yield connection

    async def single(self, statement: TextClause, values: dict[str, Any]) -> dict[str, Any] | None:
        """The only row of a statement that is a transaction of its own."""
        rows = await self.rows(statement, values)
        return rows[0] if rows else None

    async def rows(self, statement: TextClause, values: dict[str, Any]) -> list[dict[str, Any]]:
        """Of a statement that is a transaction of its own, by the driver itself: half the price of
        those that every message takes was the engine's. Values are the driver's."""
        async with self.statement() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            try:
                async with driver.cursor(row_factory=dict_row) as cursor:
                    await cursor.execute(_spelled(statement, self.engine.dialect), values)
                    rows: list[dict[str, Any]] = await cursor.fetchall()
                    return rows
            except psycopg.Error as error:
                if driver.broken:
                    await connection.invalidate()
                raise DBAPIError.instance(str(statement), values, error, psycopg.Error) from error

    def ring_beside(self, lead_id: int, seq: int) -> None:
        """Ring without making anybody wait for the engine."""
        if self.ring is not None:
            ringing = asyncio.ensure_future(self.ring(lead_id, seq))
            self._ringing.add(ringing)
            ringing.add_done_callback(self._ringing.discard)

    async def close(self) -> None:
        for ringing in list(self._ringing):
            ringing.cancel()
        await self.engine.dispose()


class Work:
    """One transaction under way. Leads changed in it are announced and rung by themselves."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.rings: dict[int, int] = {}
        self.changed: dict[int, int] = {}
        self._lines: list[dict[str, Any]] = []
        self._new: list[Message] = []
        self._answers: list[dict[str, Any]] = []
        self._act: tuple[str, list[dict[str, Any]]] | None = None
        session.sync_session.info["work"] = self

    async def locked_lead(
        self, lead_id: int, *, visible_to: User | None = None, seen: int | None = None
    ) -> Lead:
        """The lead; nobody else changes it until this work ends.

        `seen` is the `move` that the person's page showed. Raises Missing, Outrun, and Refused for
        a person's act on a lead that is erased.
        """
        query = LOCKED if visible_to is None else LOCKED.where(visible_leads(visible_to))
        lead = (await self.session.execute(query, {"lead": lead_id})).scalar_one_or_none()
        if lead is None:
            raise Missing("There is no such lead, or it is not yours to see")
        if lead.erased_at is not None and visible_to is not None:
            raise Refused("This client's data is erased: nothing is done here any more")
        if seen is not None and lead.move != seen:
            raise Outrun("The lead has moved on since you looked")
        return lead

    def add(self, row: object) -> None:
        if isinstance(row, Message):
            self._new.append(row)
        else:
            self.session.add(row)

    async def execute(self, statement: Executable, values: Any = None) -> Result[Any]:
        return await self.session.execute(statement, values)

    def tell(self, *, ref: Any = None, **line: Any) -> None:
        """A line of the timeline. `ref` may be a message that is not stored yet."""
        if self._act is not None:
            act, told = self._act
            told.append({"kind": line["kind"], "particulars": line["particulars"]})
            line["particulars"] = {**line["particulars"], "act": act}
        self._lines.append({"ref": ref, **line})

    def answered(self, **answer: Any) -> None:
        """A client waits no longer: a row of `Answer`."""
        self._answers.append(answer)

    @contextmanager
    def as_one(self, act: str) -> Iterator[list[dict[str, Any]]]:
        """Lines told meanwhile are parts of one act: each names it, and all are gathered here."""
        told: list[dict[str, Any]] = []
        self._act = (act, told)
        try:
            yield told
        finally:
            self._act = None

    async def flush(self) -> None:
        """The database holds what was done until now, for who reads it in this transaction."""
        if for_the_orm(self.session):
            await self.session.flush()
        new, lines, answers, changed = self._new, self._lines, self._answers, self.changed
        self._new, self._lines, self._answers, self.changed = [], [], [], {}
        await write(self.session, new=new, lines=lines, answers=answers, changed=changed)


@cache
def _spelled(statement: TextClause, dialect: Dialect) -> bytes:
    return str(statement.compile(dialect=dialect)).encode()


def _still_there(connection: Any, *_: object) -> None:
    """A server that went away has said so on the socket: looking is cheaper than a question."""
    looking = poll()
    looking.register(connection.driver_connection.fileno(), POLLIN)
    if looking.poll(0):
        raise DisconnectionError
