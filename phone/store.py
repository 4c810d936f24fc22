"""What outlives a restart: one SQLite table of things, written behind the hot path."""

import asyncio
import json
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

FLUSH_EVERY = 0.1  # seconds; what a SIGKILL may cost


Batch = tuple[list[tuple[str, str, str]], list[tuple[str, str]]]  # records to write, keys to drop


class Kept(Protocol):
    def as_record(self) -> dict[str, Any]: ...


class Store:
    """Keeps JSON records by (kind, key). Without a folder it keeps nothing.

    A record is taken when it is flushed, so many changes of one thing are one write.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._changed: dict[tuple[str, str], Kept] = {}
        self._gone: set[tuple[str, str]] = set()
        self._unwritten: Batch = ([], [])
        self._writing = threading.Lock()  # one transaction at a time on the one connection
        self._database: sqlite3.Connection | None = None
        if folder is not None:
            (folder / "files").mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(folder / "phone.sqlite3", check_same_thread=False)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = normal")
            self._database.execute(
                "create table if not exists thing (kind text, key text, record text,"
                " primary key (kind, key)) without rowid"
            )

    def keep(self, kind: str, key: str, thing: Kept) -> None:
        if self._database is not None:
            self._changed[kind, key] = thing

    def forget(self, kind: str, key: str) -> None:
        if self._database is not None:
            self._changed.pop((kind, key), None)
            self._gone.add((kind, key))

    def load(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(key, record) of this kind in the order of the keys."""
        if self._database is not None:
            rows = self._database.execute(
                "select key, record from thing where kind = ? order by key", (kind,)
            )
            for key, record in rows:
                yield key, json.loads(record)

    def wipe(self) -> None:
        self._changed.clear()
        self._gone.clear()
        self._unwritten = ([], [])
        if self._database is not None and self.folder is not None:
            with self._writing, self._database as transaction:
                transaction.execute("delete from thing")
            for file in (self.folder / "files").iterdir():
                file.unlink()

    def flush(self) -> None:
        if self._database is not None:
            self._write(*self._take())

    async def flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY)
            rows, gone = self._take()
            if not rows and not gone:
                continue
            try:
                await asyncio.to_thread(self._write, rows, gone)
            except sqlite3.Error as problem:  # a full disk: say so, play on, try again
                print(f"phone cannot keep its chats: {problem}", file=sys.stderr, flush=True)
                self._unwritten = (rows, gone)

    def close(self) -> None:
        if self._database is not None:
            self._write(*self._take())
            self._database.close()
            self._database = None

    def _take(self) -> Batch:
        changed, self._changed = self._changed, {}
        gone, self._gone = self._gone, set()
        earlier, self._unwritten = self._unwritten, ([], [])
        rows = earlier[0] + [
            (kind, key, json.dumps(thing.as_record(), ensure_ascii=False))
            for (kind, key), thing in changed.items()
        ]
        return rows, earlier[1] + [name for name in gone if name not in changed]

    def _write(self, rows: list[tuple[str, str, str]], gone: list[tuple[str, str]]) -> None:
        assert self._database is not None
        with self._writing, self._database as transaction:
            transaction.executemany("insert or replace into thing values (?, ?, ?)", rows)
            transaction.executemany("delete from thing where kind = ? and key = ?", gone)
