"""How long each statement of a database took, as its driver saw it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event

from models.database import Database


class Statement(NamedTuple):
    statement: str
    ms: float


Asked = list[Statement]


@contextmanager
def clocked(database: Database) -> Iterator[Asked]:
    """Every statement from now on; who measures clears the list."""
    asked: Asked = []
    engine = database.engine.sync_engine

    def before(
        _connection: Any, _cursor: Any, _text: str, _values: Any, at: Any, _many: Any
    ) -> None:
        at.begun = time.perf_counter()

    def after(_connection: Any, _cursor: Any, text: str, _values: Any, at: Any, _many: Any) -> None:
        asked.append(Statement(text.replace("\n", " "), (time.perf_counter() - at.begun) * 1000))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
