"""What goes between the workflow and its activities: ids, numbers and times, never a word of a
conversation. Every field has a default, so that old histories fit new code and back."""

from datetime import datetime

from pydantic import BaseModel


class Turn(BaseModel):
    """Ask `advance` what is next. `now` is the workflow's clock."""

    lead_id: int = 0
    now: datetime | None = None


class Delivery(BaseModel):
    """One attempt to send one message, and then the next move."""

    lead_id: int = 0
    message_id: int = 0
    now: datetime | None = None


class Amendment(BaseModel):
    """One attempt to change a message that is at Telegram."""

    lead_id: int = 0
    change_id: int = 0
    now: datetime | None = None


class Place(BaseModel):
    """Where a lead stands, for the console: names of steps and states, nothing personal."""

    process: str = ""
    version: int = 0
    step: str = ""
    mode: str = ""
    mode_since: datetime | None = None
    stage: str = ""
    line: int = 0
    manager: str = ""
    waits: str = ""


class Move(BaseModel):
    """What the workflow does now. Nothing to do and no `due_at`: it waits for a ring."""

    seen: int = 0
    deliver: int | None = None
    kind: str = ""
    priority: int = 3
    fetch: list[int] = []
    change: list[int] = []
    typing: int | None = None
    more: bool = False
    due_at: datetime | None = None
    place: Place = Place()
