"""What a person does to chats of the list, one or hundreds: lead by lead, each in a unit of work
of its own, with what is needed to take it back."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Text, func, select
from sqlmodel import Field, SQLModel, col

from models.columns import document, moment, reference, stamped
from models.database import Work
from models.errors import Missing, Refused
from models.giving_back import give_back
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.queries.people import TALKING
from models.stage import Tag
from models.user import User

MOST_LEADS = 500


class Kind(StrEnum):
    TAG = "tag"
    UNTAG = "untag"
    ASSIGN = "assign"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    IGNORE = "ignore"
    HEED = "heed"
    READ = "read"
    TAKE_OVER = "take_over"
    GIVE_BACK = "give_back"


UNDONE_BY = {
    Kind.TAG: Kind.UNTAG, Kind.UNTAG: Kind.TAG,
    Kind.ARCHIVE: Kind.UNARCHIVE, Kind.UNARCHIVE: Kind.ARCHIVE,
    Kind.IGNORE: Kind.HEED, Kind.HEED: Kind.IGNORE,
    Kind.TAKE_OVER: Kind.GIVE_BACK, Kind.GIVE_BACK: Kind.TAKE_OVER,
    Kind.ASSIGN: Kind.ASSIGN,
}  # fmt: skip


class Deed(SQLModel, table=True):
    """`key` is the browser's, as of a message. `value` is a tag's or a person's id, by kind."""

    __tablename__ = "deed"

    key: str = Field(primary_key=True)
    user_id: int = reference("user_account.id", nullable=False, index=True)
    kind: Kind = Field(sa_type=Text)
    value: int | None = Field(default=None, sa_type=BigInteger)
    begun_at: datetime = stamped()
    undone_at: datetime | None = moment()

    @classmethod
    async def of(cls, work: Work, key: str, *, by: User) -> "Deed":
        """Raises Missing."""
        query = select(Deed).where(col(Deed.key) == key, col(Deed.user_id) == by.id)
        found: Deed | None = (await work.execute(query)).scalar_one_or_none()
        if found is None:
            raise Missing("There is nothing to take back")
        return found

    async def do(self, work: Work, lead_id: int, *, by: User, now: datetime) -> None:
        """Once for a lead, however often it is asked. Raises what the verb does."""
        if await work.session.get(DeedLead, (self.key, lead_id)) is not None:
            return
        known = select(func.count()).where(col(DeedLead.deed_key) == self.key)
        if (await work.execute(known)).scalar_one() >= MOST_LEADS:
            raise Refused("At most %(most)s chats at once", most=MOST_LEADS)
        lead = await work.locked_lead(lead_id, visible_to=by)
        seq, before = lead.seq, _standing(lead)
        left = await _act(work, lead, self.kind, self.value, by=by, now=now)
        changed = lead.seq > seq
        row = DeedLead(deed_key=self.key, lead_id=lead_id, before=before, changed=changed)
        row.after, row.left = _standing(lead), left
        work.add(row)

    async def undo(self, work: Work, lead_id: int, *, by: User, now: datetime) -> None:
        """As it was before; a lead that has changed in this since is left alone."""
        row = await work.session.get(DeedLead, (self.key, lead_id), with_for_update=True)
        if row is None or not row.changed or row.undone_at is not None:
            return
        lead = await work.locked_lead(lead_id, visible_to=None if self._moved else by)
        if self._differs(_standing(lead), row.after):
            raise Refused("It has been changed since")
        row.undone_at = now
        if self.kind == Kind.READ:
            since = row.before["waiting_since"]
            lead.recall(
                unread=row.before["unread"], notice=row.before["notice"], by=by.actor,
                since=datetime.fromisoformat(since) if since else None,
            )  # fmt: skip
            return
        value = row.before["owner_id"] if self.kind == Kind.ASSIGN else self.value
        await _act(work, lead, UNDONE_BY[self.kind], value, by=by, now=now)

    @property
    def _moved(self) -> bool:
        """Whoever gives a lead away may not see it any more, and may take it back all the same."""
        return self.kind == Kind.ASSIGN

    def _differs(self, now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
        name = {Kind.ASSIGN: "owner_id", Kind.TAKE_OVER: "mode", Kind.GIVE_BACK: "mode"}
        part = name.get(self.kind)
        return part is not None and now[part] != then[part]


class DeedLead(SQLModel, table=True):
    """One lead of a deed. `left` are messages that were on their way already."""

    __tablename__ = "deed_lead"

    deed_key: str = Field(primary_key=True, foreign_key="deed.key")
    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    before: dict[str, Any] = document()
    after: dict[str, Any] = document()
    changed: bool = False
    left: int = 0
    undone_at: datetime | None = moment()


def _standing(lead: Lead) -> dict[str, Any]:
    since = lead.waiting_since
    return {
        "owner_id": lead.owner_id, "mode": lead.mode, "unread": lead.unread,
        "notice": lead.notice, "waiting_since": since.isoformat() if since else None,
    }  # fmt: skip


async def _act(
    work: Work, lead: Lead, kind: Kind, value: int | None, *, by: User, now: datetime
) -> int:
    """Returns how many automatic messages were on their way already."""
    match kind:
        case Kind.TAG | Kind.UNTAG:
            tag = await work.session.get(Tag, value) if value else None
            if tag is None:
                raise Missing("There is no such tag")
            change = lead.tag if kind == Kind.TAG else lead.untag
            await change(tag.name, by=by.actor, at=now)
        case Kind.ASSIGN:
            lead.assign(await assignee(work, value), by=by.actor, at=now)
        case Kind.ARCHIVE:
            lead.archive(by=by.actor, at=now)
        case Kind.UNARCHIVE:
            lead.unarchive(by=by.actor, at=now)
        case Kind.IGNORE:
            lead.ignore(by=by.actor, at=now)
        case Kind.HEED:
            lead.heed(by=by.actor, at=now)
        case Kind.READ:
            lead.dismiss(by=by.actor, at=now)
        case Kind.TAKE_OVER if lead.mode == Mode.AUTO:
            return len(await lead.take_over(by=by.actor, now=now))
        case Kind.GIVE_BACK:
            await give_back(work, lead, by=by.actor, now=now)
    return 0


async def assignee(work: Work, number: int | None) -> User | None:
    """Who may be given a lead; None is nobody. Raises Missing."""
    if not number:
        return None
    found = await work.session.get(User, number)
    if found is None or found.disabled_at or found.role not in TALKING:
        raise Missing("There is no such person")
    return found
