"""What colleagues say to each other about a lead."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select

from models.errors import Missing, NotAllowed, Outrun, Refused
from models.lead.row import LeadRow
from models.note import LONGEST, Note, NoteVersion, mentions
from models.timeline import Action
from models.user import Role, User


class Noting(LeadRow):
    async def write_note(
        self, text: str, *, by: str, at: datetime | None = None, among: Iterable[User] = ()
    ) -> Note:
        """`among`: who may be mentioned. Raises Refused."""
        said = _said(text)
        named = mentions(said, among)
        note = Note(lead_id=self.id, author=by, text=said, mentions=[list(one) for one in named])
        self.work.add(note)
        await self.work.flush()
        called = self._call({one.person for one in named}, by=by, at=at)
        self.record(Action.NOTE_WRITTEN, by=by, at=at, ref=note.id, **called)
        return note

    async def edit_note(
        self, note_id: int, text: str, *, by: User, edits: int, now: datetime, among: Iterable[User]
    ) -> Note:
        """`edits` of the version they read. Who was named before is not called again.

        Raises Missing, NotAllowed, Outrun, Refused."""
        note = await self._note_of(note_id)
        if note.author != by.actor:
            raise NotAllowed("Only who wrote a note edits it")
        said = _said(text)
        if note.text == said:
            return note
        if note.edits != edits:
            raise Outrun("The note has been edited meanwhile")
        version = NoteVersion(
            note_id=note.id, number=note.edits, text=note.text, until=now, by=by.actor
        )
        self.work.add(version)
        before = {person for _start, _length, person in note.mentions}
        named = mentions(said, among)
        note.text, note.mentions = said, [list(one) for one in named]
        note.edits, note.edited_at = note.edits + 1, now
        called = self._call({one.person for one in named} - before, by=by.actor, at=now)
        self.record(Action.NOTE_EDITED, by=by.actor, at=now, ref=note.id, **called)
        return note

    async def pin_note(self, note_id: int, *, by: str, now: datetime) -> None:
        note = await self._note_of(note_id)
        if note.pinned_at is None:
            note.pinned_at = now
            self.record(Action.NOTE_PINNED, by=by, at=now, ref=note.id)

    async def unpin_note(self, note_id: int, *, by: str, now: datetime) -> None:
        note = await self._note_of(note_id)
        if note.pinned_at is not None:
            note.pinned_at = None
            self.record(Action.NOTE_UNPINNED, by=by, at=now, ref=note.id)

    async def delete_note(self, note_id: int, *, by: User, now: datetime) -> None:
        """Its words stay in the history. Raises Missing, NotAllowed."""
        note = await self._note_of(note_id)
        if not may_delete(note.author, by):
            raise NotAllowed("Its author, a team lead or an admin deletes a note")
        note.deleted_at, note.deleted_by = now, by.actor
        self.record(Action.NOTE_DELETED, by=by.actor, at=now, ref=note.id)

    async def restore_note(self, note_id: int, *, by: User, now: datetime) -> None:
        """Raises Missing, NotAllowed."""
        note = await self._note_of(note_id, deleted=True)
        if by.actor != note.deleted_by and by.role not in (Role.TEAM_LEAD, Role.ADMIN):
            raise NotAllowed("Who deleted the note, a team lead or an admin brings it back")
        if note.deleted_at is not None:
            note.deleted_at, note.deleted_by = None, None
            self.record(Action.NOTE_RESTORED, by=by.actor, at=now, ref=note.id)

    def _call(self, people: set[int], *, by: str, at: datetime | None) -> dict[str, list[int]]:
        """They are told until they open the chat, whoever's it is; nobody is told of themselves."""
        called = sorted(one for one in people if f"user:{one}" != by)
        if not called:
            return {}
        self.mentioned = tuple(sorted({*self.mentioned, *called}))
        self.last_action_at = max(self.last_action_at, at or datetime.now(UTC))
        return {"mentions": called}

    async def _note_of(self, note_id: int, *, deleted: bool = False) -> Note:
        query = select(Note).where(Note.id == note_id, Note.lead_id == self.id)
        note: Note | None = (await self.work.execute(query)).scalar_one_or_none()
        if note is None or (note.deleted_at is not None and not deleted):
            raise Missing("There is no such note: it may have been deleted")
        return note


def may_delete(author: str, person: User) -> bool:
    return author == person.actor or person.role in (Role.TEAM_LEAD, Role.ADMIN)


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Refused("The note is empty")
    if len(said) > LONGEST:
        raise Refused(
            "A note holds at most %(most)s characters, this one has %(n)s", most=LONGEST,
            n=len(said),
        )  # fmt: skip
    return said
