"""The lead's row: its columns, and how a fact about it is recorded."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Computed, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import object_session
from sqlmodel import Field, SQLModel

from models.columns import count, defaulting, document, identity, moment, reference, stamped
from models.message import Message
from models.person import Person
from models.timeline import Action

if TYPE_CHECKING:
    from models.database import Work


class LeadRow(SQLModel):
    """The row is the truth about a lead; its workflow only keeps time and order.

    Counters, all raised under the row's lock: `seq` numbers events without gaps, `seen` is the
    last one that `advance` read, a ring is outstanding while `rung > seen`, `move` counts applied
    moves, `epoch` is raised by every process command and fences automatic messages.
    """

    id: int = identity()
    bot_id: int = reference("bot.id", nullable=False)
    business_connection: str | None = None
    chat_id: int = Field(sa_type=BigInteger)
    thread_id: int | None = Field(default=None, sa_type=BigInteger)
    spot_id: int | None = reference("spot.id")

    person_id: int | None = reference(f"{Person.__tablename__}.id")
    telegram_id: int | None = Field(default=None, sa_type=BigInteger)
    first_name: str = defaulting("")
    last_name: str = defaulting("")
    username: str | None = None
    language: str | None = None
    country: str | None = None
    payload: str | None = None
    buyer: str | None = None
    source: str | None = None
    platform: str | None = None
    campaign: str | None = None
    adset: str | None = None
    ad: str | None = None
    fields: dict[str, Any] = document()
    search_text: str | None = Field(
        default=None,
        sa_type=Text,
        sa_column_args=[
            Computed(
                "lower(first_name || ' ' || last_name || ' ' || coalesce('@' || username, '')"
                " || ' ' || coalesce(telegram_id::text, ''))",
                persisted=True,
            )
        ],
    )
    blocked_at: datetime | None = moment()
    created_at: datetime = stamped()

    stage_key: str = defaulting("new", foreign_key="stage.key")
    line: int = defaulting(1)
    owner_id: int | None = reference("user_account.id")
    team_id: int | None = reference("team.id")

    seq: int = count()
    seen: int = count()
    rung: int = count()
    move: int = count()
    epoch: int = count()
    run: int = count()

    mode: str = defaulting("auto", description="auto: the process leads; manual: a person")
    mode_at: datetime | None = moment()
    mode_by: str | None = None
    mode_because: str | None = None
    mode_seq: int = count()
    manual_until: datetime | None = moment()
    process_key: str | None = None
    version: int | None = None
    step: str | None = None
    process_state: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    due_at: datetime | None = moment()

    last_action_at: datetime = moment(nullable=False)
    last_text: str = defaulting("")
    last_kind: str = defaulting("text", description="a message's kind: what came without words")
    last_author: str | None = None
    last_state: str | None = None
    unread: int = defaulting(0)
    waiting_since: datetime | None = moment()
    notice: str | None = Field(default=None, description="a Notice, until opened")
    mentioned: tuple[int, ...] = Field(
        default=(),
        sa_type=ARRAY(BigInteger, as_tuple=True),
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
        description="people named in its notes, until they open it",
    )
    reminded: tuple[int, ...] = Field(
        default=(),
        sa_type=ARRAY(BigInteger, as_tuple=True),
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
        description="people whose task is due, until they open it",
    )
    task_due_at: datetime | None = moment()
    archived_at: datetime | None = moment()
    ignored_at: datetime | None = moment()
    erased_at: datetime | None = moment()

    @property
    def work(self) -> "Work":
        session = object_session(self)
        assert session is not None, "the lead belongs to a unit of work"
        found: Work = session.info["work"]
        return found

    @property
    def name(self) -> str:
        return called(self.first_name, self.last_name, self.username, self.chat_id)

    def record(
        self,
        action: Action,
        *,
        by: str,
        at: datetime | None = None,
        ref: int | Message | None = None,
        **particulars: Any,
    ) -> int:
        """One line of the timeline; returns its seq. Who reads it is rung after the commit.

        `ref` is a message's id, or the message when it has none yet.
        """
        self.seq += 1
        self.work.tell(
            lead_id=self.id, seq=self.seq, kind=action, ref=ref, actor=by,
            at=at or datetime.now(UTC), particulars=particulars,
        )  # fmt: skip
        self.work.changed[self.id] = self.seq
        return self.seq

    def ring(self) -> None:
        """Its workflow should look, unless a ring is already on its way."""
        if self.rung <= self.seen:
            self.rung = self.seq
            self.work.rings[self.id] = self.seq


def called(first: str, last: str, username: str | None, chat_id: int) -> str:
    """A client's name, or the best there is instead: who is erased has a number of ours."""
    return f"{first} {last}".strip() or username or f"{'№ ' if chat_id < 0 else ''}{abs(chat_id)}"
