"""How notices are heard, in the reader's words: kinds, sounds, and for how long nothing is."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.language import gettext as _
from models.notice import ALWAYS, Kind
from models.user import User


def kinds() -> Iterator[tuple[Kind, str, str]]:
    """What a person decides about, with its icon and its words."""
    yield Kind.MESSAGE, "message-square", _("A client wrote")
    yield Kind.HAND_OVER, "hand", _("The robot asks for a person")
    yield Kind.ASSIGNMENT, "user-check", _("A chat was given to you")
    yield Kind.MENTION, "at-sign", _("A colleague mentions you in a note")
    yield Kind.TASK, "alarm-clock", _("A task of yours is due")
    yield Kind.ERROR, "circle-alert", _("A message was not sent, or a client blocked the bot")


def tones() -> Iterator[tuple[str, str]]:
    yield "drop", _("Drop")
    yield "bell", _("Small bell")
    yield "wood", _("Wood")


def spans() -> Iterator[tuple[str, str]]:
    """For how long somebody wants quiet, as the route of it knows them."""
    yield "30", _("for 30 minutes")
    yield "60", _("for an hour")
    yield "morning", _("until tomorrow 9:00")
    yield "always", _("until I switch it off")


def quiet(person: User, *, now: datetime | None = None) -> datetime | None:
    """Until when it is quiet for them by their own word, if it is."""
    until = person.quiet_until
    return until if until and until > (now or datetime.now(UTC)) else None


def without_end(until: datetime) -> bool:
    return until == ALWAYS
