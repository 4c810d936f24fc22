"""Journals for whoever checks afterwards: what was accepted, and what was asked."""

from itertools import islice
from typing import Any

KEPT_REQUESTS = 200_000


class Journal:
    """Numbered entries, oldest first; only the last `limit` are kept."""

    def __init__(self, *, limit: int | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self.last = 0
        self.limit = limit

    def write(self, entry: dict[str, Any]) -> dict[str, Any]:
        self.last += 1
        entry = {"n": self.last, **entry}
        self.entries.append(entry)
        if self.limit and len(self.entries) > 2 * self.limit:
            del self.entries[: -self.limit]
        return entry

    def since(self, n: int, *, limit: int = 100_000) -> list[dict[str, Any]]:
        """Entries with a number above `n`."""
        first = self.last - len(self.entries)
        return list(islice(self.entries, max(0, n - first), max(0, n - first) + limit))

    def restore(self, entry: dict[str, Any]) -> None:
        self.entries.append(entry)
        self.last = entry["n"]

    def clear(self) -> None:
        self.entries.clear()
        self.last = 0


class Entry(dict[str, Any]):
    """A journal entry as the store keeps it."""

    def as_record(self) -> dict[str, Any]:
        return self
