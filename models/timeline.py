"""What happened to a lead, in order. The sentence is not stored: a reader's page words it.

A line whose particulars name an `act` is a part of it: the act's own line holds all of them.

An actor is one of `client`, `user:5`, `process:first_contact/ask`, `robot:3`, `telegram`, `engine`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import document, moment, stamped

CLIENT, TELEGRAM, ENGINE = "client", "telegram", "engine"


class Action(StrEnum):
    """Facts, in the past tense. `ref` is the id of the message, or of the note, that is spoken
    of."""

    LEAD_OPENED = "lead_opened"
    CLIENT_WROTE = "client_wrote"
    MEDIA_FETCHED = "media_fetched"
    CLIENT_EDITED = "client_edited"
    CLIENT_REACTED = "client_reacted"
    CLIENT_PRESSED = "client_pressed"
    CLIENT_BLOCKED = "client_blocked"
    CLIENT_UNBLOCKED = "client_unblocked"
    EVENT_HAPPENED = "event_happened"

    MANAGER_WROTE = "manager_wrote"
    PROCESS_SAID = "process_said"
    MESSAGE_SENT = "message_sent"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_UNKNOWN = "message_unknown"
    MESSAGE_SETTLED = "message_settled"
    MESSAGE_CANCELLED = "message_cancelled"
    MESSAGE_REQUEUED = "message_requeued"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    MESSAGE_REACTED = "message_reacted"
    CHANGE_ASKED = "change_asked"
    CHANGE_FAILED = "change_failed"
    CHANGE_DROPPED = "change_dropped"

    STAGE_CHANGED = "stage_changed"
    TAG_ADDED = "tag_added"
    TAG_REMOVED = "tag_removed"
    OWNER_CHANGED = "owner_changed"
    LINE_CHANGED = "line_changed"
    FIELD_CHANGED = "field_changed"
    NOTE_WRITTEN = "note_written"
    NOTE_EDITED = "note_edited"
    NOTE_PINNED = "note_pinned"
    NOTE_UNPINNED = "note_unpinned"
    NOTE_DELETED = "note_deleted"
    NOTE_RESTORED = "note_restored"
    FILE_RENAMED = "file_renamed"
    FILE_HIDDEN = "file_hidden"
    FILE_SHOWN = "file_shown"
    FILE_DELETED = "file_deleted"
    PAYMENT_RECORDED = "payment_recorded"
    PAYMENT_REVERSED = "payment_reversed"
    PAYMENT_CORRECTED = "payment_corrected"
    PERSON_JOINED = "person_joined"
    PERSON_PARTED = "person_parted"
    CLIENT_EXPORTED = "client_exported"
    CLIENT_ERASED = "client_erased"

    TASK_CREATED = "task_created"
    TASK_REWORDED = "task_reworded"
    TASK_ASSIGNED = "task_assigned"
    TASK_MOVED = "task_moved"
    TASK_DUE = "task_due"
    TASK_DONE = "task_done"
    TASK_CANCELLED = "task_cancelled"
    TASK_REOPENED = "task_reopened"

    PROCESS_STARTED = "process_started"
    STEP_ENTERED = "step_entered"
    PROCESS_ENDED = "process_ended"
    PROCESS_STOPPED = "process_stopped"
    PROCESS_MIGRATED = "process_migrated"
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    GIVEN_BACK = "given_back"
    PAUSE_CHANGED = "pause_changed"
    WAIT_SKIPPED = "wait_skipped"

    QUICK_ACTION_RUN = "quick_action_run"
    QUICK_ACTION_UNDONE = "quick_action_undone"

    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    IGNORED = "ignored"
    HEEDED = "heeded"
    DISMISSED = "dismissed"


# What a process hears: the rest of the timeline moves nothing.
HEARD = frozenset(
    {
        Action.CLIENT_WROTE,
        Action.CLIENT_PRESSED,
        Action.EVENT_HAPPENED,
        Action.PAYMENT_RECORDED,
        Action.TASK_DONE,
        Action.TASK_CANCELLED,
        Action.CLIENT_BLOCKED,
        Action.CLIENT_UNBLOCKED,
    }
)

# Each speaks of a note in its `ref`.
OF_NOTES = (
    Action.NOTE_WRITTEN, Action.NOTE_EDITED, Action.NOTE_PINNED, Action.NOTE_UNPINNED,
    Action.NOTE_DELETED, Action.NOTE_RESTORED,
)  # fmt: skip


class Event(SQLModel, table=True):
    """`seq` counts without gaps within a lead: it is given under the lead's row lock.

    `at` is the moment in the lead's time (the workflow's clock in virtual time); `received_at` is
    the database's.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "event_stage_changed",
            "lead_id",
            "at",
            postgresql_include=["particulars"],
            postgresql_where=text("kind = 'stage_changed'"),
        ),
    )

    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id")
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    kind: Action = Field(sa_type=Text)
    ref: int | None = Field(default=None, sa_type=BigInteger)
    actor: str
    at: datetime = moment(nullable=False)
    received_at: datetime = stamped()
    particulars: dict[str, Any] = document()
