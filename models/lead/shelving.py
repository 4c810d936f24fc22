"""Out of the way: the archive, what is ignored, what needs no answer. Nothing of it reaches the
client or the process."""

from datetime import datetime
from typing import Any

from models.lead.row import LeadRow
from models.timeline import Action


class Shelving(LeadRow):
    def archive(self, *, by: str, at: datetime) -> None:
        """Until something comes from the client."""
        if self.archived_at is None:
            self.archived_at = at
            self._note(Action.ARCHIVED, by=by, at=at)

    def unarchive(self, *, by: str, at: datetime) -> None:
        if self.archived_at is not None:
            self.archived_at = None
            self._note(Action.UNARCHIVED, by=by, at=at)

    def ignore(self, *, by: str, at: datetime) -> None:
        """Whatever comes stays out of every list but its own, until somebody says otherwise."""
        if self.ignored_at is None:
            self.ignored_at = at
            self._note(Action.IGNORED, by=by, at=at)

    def heed(self, *, by: str, at: datetime) -> None:
        if self.ignored_at is not None:
            self.ignored_at = None
            self._note(Action.HEEDED, by=by, at=at)

    def dismiss(self, *, by: str, at: datetime) -> None:
        """Read, and no answer is needed: nobody waits any more."""
        heard = tuple(one for one in self.reminded if by != f"user:{one}")
        if self.unread or self.notice or self.waiting_since or heard != self.reminded:
            self.reminded = heard
            self.unread, self.notice, self.waiting_since = 0, None, None
            self._note(Action.DISMISSED, by=by, at=at)

    def recall(self, *, unread: int, notice: str | None, since: datetime | None, by: str) -> None:
        """A dismissal that was none; what has come meanwhile stays counted."""
        self.unread += unread
        self.notice = self.notice or notice
        self.waiting_since = since or self.waiting_since
        self.work.changed[self.id] = self.seq

    def _note(self, action: Action, *, by: str, at: datetime, **particulars: Any) -> None:
        """It moves no process: the engine does not have to look because of it."""
        all_seen = self.seen == self.seq
        self.record(action, by=by, at=at, **particulars)
        if all_seen:
            self.seen = self.seq
