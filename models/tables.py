"""Every table, for whoever needs them all: migrations and the check that they match."""

from sqlmodel import SQLModel

from models import (
    answer,
    change,
    deed,
    draft,
    heartbeat,
    media,
    message,
    note,
    own_field,
    payment,
    person,
    pin,
    quick_action,
    quick_run,
    saved_filter,
    script,
    session,
    spot,
    stage,
    task,
    template,
    timeline,
    token,
    tool,
    update,
    user,
)
from models.lead import dealing, lead
from models.process import version

metadata = SQLModel.metadata

__all__ = [
    "answer", "change", "dealing", "deed", "draft", "heartbeat", "lead", "media", "message",
    "metadata", "note", "own_field", "payment", "person", "pin", "quick_action", "quick_run",
    "saved_filter", "script", "session", "spot", "stage", "task", "template", "timeline", "token",
    "tool", "update", "user", "version",
]  # fmt: skip
