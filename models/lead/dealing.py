"""The deal: stage, tags, line, owner, fields. Said twice nothing changes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from models.columns import moment
from models.errors import Missing, Outrun, Refused
from models.lead.row import LeadRow
from models.notice import Notice
from models.stage import FormerName, Stage, Tag
from models.timeline import Action
from models.user import User

# What a person may edit on the card; everything else goes under `fields`.
CONTACT_FIELDS = (
    "first_name",
    "last_name",
    "language",
    "country",
    "buyer",
    "source",
    "platform",
    "campaign",
    "adset",
    "ad",
)
LONGEST_FIELD = 500
LONGEST_REASON = 300


class LeadTag(SQLModel, table=True):
    """`last_action_at` is the lead's, kept by triggers: one tag's list is read in its order."""

    __tablename__ = "lead_tag"
    __table_args__ = (
        Index("lead_tag_newest", "tag_id", text("last_action_at desc"), text("lead_id desc")),
    )

    tag_id: int = Field(primary_key=True, foreign_key="tag.id")
    lead_id: int = Field(primary_key=True, foreign_key="lead.id", index=True)
    last_action_at: datetime = moment(nullable=False)


class Dealing(LeadRow):
    async def move_to(self, stage: str, *, by: str, at: datetime | None = None) -> None:
        """Raises Missing when there is no such stage, Refused when it is retired."""
        if self.stage_key == stage:
            return
        found = await self.work.session.get(Stage, stage)
        if found is None:
            raise Missing("There is no stage “%(stage)s”", stage=stage)
        if found.retired_at is not None:
            raise Refused("The stage “%(stage)s” is retired", stage=stage)
        before, self.stage_key = self.stage_key, stage
        self.record(Action.STAGE_CHANGED, by=by, at=at, before=before, after=stage)

    async def tag(self, name: str, *, by: str, at: datetime | None = None) -> None:
        """Raises Missing when there is no such tag: tags are an admin's vocabulary. Refused for
        one that is retired."""
        tag = await self._named(name)
        if tag.retired_at is not None:
            raise Refused("The tag “%(tag)s” is retired", tag=name)
        row = insert(LeadTag).values(tag_id=tag.id, lead_id=self.id).on_conflict_do_nothing()
        if (await self.work.execute(row.returning(LeadTag.tag_id))).first() is not None:
            self.record(Action.TAG_ADDED, by=by, at=at, tag=tag.name)

    async def untag(self, name: str, *, by: str, at: datetime | None = None) -> None:
        tag = await self._named(name)
        removed = (
            delete(LeadTag)
            .where(LeadTag.tag_id == tag.id, LeadTag.lead_id == self.id)
            .returning(LeadTag.tag_id)
        )
        if (await self.work.execute(removed)).first() is not None:
            self.record(Action.TAG_REMOVED, by=by, at=at, tag=tag.name)

    async def retag(self, before: Tag, after: Tag, *, by: str, at: datetime | None = None) -> None:
        """The one instead of the other, if the lead has it."""
        theirs = (LeadTag.tag_id == before.id, LeadTag.lead_id == self.id)
        removed = delete(LeadTag).where(*theirs).returning(LeadTag.tag_id)
        if (await self.work.execute(removed)).first() is not None:
            self.record(Action.TAG_REMOVED, by=by, at=at, tag=before.name)
            await self.tag(after.name, by=by, at=at)

    def assign(
        self,
        owner: User | None,
        *,
        by: str,
        at: datetime | None = None,
        because: str = "",
        reason: str = "",
    ) -> None:
        """Who gets it from somebody else is told. `because` is a key (a Way, or off_shift),
        `reason` a person's own words."""
        after = owner.id if owner else None
        if self.owner_id == after:
            return
        before, self.owner_id = self.owner_id, after
        told = _only(because=because, reason=_brief(reason))
        self.record(Action.OWNER_CHANGED, by=by, at=at, before=before, after=after, **told)
        if owner is not None and owner.actor != by:
            self.notice = self.notice or Notice.ASSIGNED
            self.last_action_at = max(self.last_action_at, at or datetime.now(UTC))
        elif self.notice == Notice.ASSIGNED:
            self.notice = None

    def set_line(self, line: int, *, by: str, at: datetime | None = None, reason: str = "") -> None:
        if line not in (1, 2):
            raise Refused("A line is 1 or 2")
        if self.line != line:
            before, self.line = self.line, line
            told = _only(reason=_brief(reason))
            self.record(Action.LINE_CHANGED, by=by, at=at, before=before, after=line, **told)

    def field(self, name: str) -> str:
        """A contact's field by its name, or one of the team's own as `fields.<key>`."""
        if name in CONTACT_FIELDS:
            return getattr(self, name) or ""
        return str(self.fields.get(name.removeprefix("fields."), ""))

    def edit_field(self, name: str, value: str, *, was: str, by: str) -> None:
        """By a person whose page said that it `was` this. Raises Outrun: somebody else has changed
        it meanwhile, and their value is not to be lost without a word."""
        if self.field(name) not in (was, value.strip()):
            raise Outrun("Somebody else has just changed this")
        self.set_field(name, value, by=by)

    def set_field(self, name: str, value: str, *, by: str, at: datetime | None = None) -> None:
        """A contact's field by its name, or one of the team's own as `fields.<key>`."""
        value = value.strip()
        if len(value) > LONGEST_FIELD:
            raise Refused("At most %(most)s characters fit here", most=LONGEST_FIELD)
        key = name.removeprefix("fields.")
        if name in CONTACT_FIELDS:
            before = getattr(self, name) or ""
            setattr(self, name, value if name in ("first_name", "last_name") else value or None)
        else:
            before = self.fields.get(key, "")
            self.fields = {**self.fields, key: value}
        if before != value:
            self.record(Action.FIELD_CHANGED, by=by, at=at, field=name, before=before, after=value)

    async def tags(self) -> list[str]:
        names = select(Tag.name).join(LeadTag).where(LeadTag.lead_id == self.id).order_by(Tag.name)
        return list((await self.work.execute(names)).scalars())

    async def _named(self, name: str) -> Tag:
        """By its name, or by one that it had. Raises Missing."""
        former = select(FormerName.tag_id).where(FormerName.name == name).scalar_subquery()
        named = select(Tag.id).where(Tag.name == name).scalar_subquery()
        query = select(Tag).where(Tag.id == func.coalesce(former, named))
        tag: Tag | None = (await self.work.execute(query)).scalar()
        if tag is None:
            raise Missing("There is no tag “%(tag)s”", tag=name)
        return tag


def _brief(reason: str) -> str:
    """Raises Refused."""
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise Refused("At most %(most)s characters fit here", most=LONGEST_REASON)
    return reason


def _only(**given: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value}
