"""A colleague's (or a process's) words about a lead that the client never sees."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from models.columns import count, defaulting, document, identity, moment, reference, stamped
from models.user import User

LONGEST = 10_000  # characters


class Mention(NamedTuple):
    """A colleague named in a text: `length` characters from `start`, the sign included."""

    start: int
    length: int
    person: int


class Note(SQLModel, table=True):
    """`edits` counts its versions before this one: who edits says which they had read."""

    __tablename__ = "note"

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False, index=True)
    author: str = Field(description="an actor, as in the timeline")
    text: str
    mentions: list[list[int]] = document(list)
    created_at: datetime = stamped()
    pinned_at: datetime | None = moment()
    edits: int = count()
    edited_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    deleted_by: str | None = None


class NoteVersion(SQLModel, table=True):
    """What a note said before an edit, and until when."""

    __tablename__ = "note_version"

    note_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="note.id")
    number: int = defaulting(0, primary_key=True)
    text: str
    until: datetime = moment(nullable=False)
    by: str


def mentions(text: str, among: Iterable[User]) -> list[Mention]:
    """Where "@" names one of these people: by full name, login or its part before the sign, or a
    first name, as long as nobody else of them is called so."""
    names = _names(among)
    longest = sorted(names, key=len, reverse=True)
    found, lowered, at = [], text.lower(), text.find("@")
    while at >= 0:
        end = at + 1
        if not at or not text[at - 1].isalnum():
            for name in longest:
                after = lowered[at + 1 + len(name) :][:1]
                if lowered.startswith(name, at + 1) and not after.isalnum():
                    end = at + 1 + len(name)
                    found.append(Mention(at, end - at, names[name]))
                    break
        at = text.find("@", end)
    return found


def handle(person: User, among: Sequence[User]) -> str:
    """What is written behind "@" so that nobody else is meant."""
    alike = [one for one in among if one.name.lower() == person.name.lower()]
    return person.name if len(alike) == 1 else person.login


def _names(among: Iterable[User]) -> dict[str, int]:
    """Lower case; of one that several people have none is meant."""
    called: dict[str, set[int]] = {}
    for one in among:
        login = one.login.lower()
        for name in (one.name.lower(), one.name.lower().split(" ")[0], login, login.split("@")[0]):
            called.setdefault(name, set()).add(one.id or 0)
    return {name: ids.pop() for name, ids in called.items() if name and len(ids) == 1}
