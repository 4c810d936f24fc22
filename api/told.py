"""What one line of the timeline has to be told with.

A Russian past tense needs the actor's gender: a translation writes both endings as “взял{а}”, and
the letters in braces are said of a woman.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from api.language import full
from models.timeline import Event

BRACES = re.compile(r"\{(\w+)\}")
MEN_IN_A = frozenset(
    {
        *("никита", "илья", "лука", "фома", "кузьма", "савва", "данила"),
        *("миша", "саша", "паша", "гриша", "дима", "вова", "коля"),
    }
)


class Cast(Protocol):
    """What ids and keys in a timeline are called for the reader (`api/cast.py`)."""

    @property
    def hues(self) -> Mapping[str, int]: ...
    def who(self, actor: str | None) -> str: ...
    def user(self, number: int | None) -> str: ...
    def title(self, process: str | None, step: str | None) -> str: ...
    def process(self, key: str | None) -> str: ...
    def stage(self, key: str | None) -> str: ...
    def field(self, name: str) -> str: ...
    def value(self, name: str, value: str) -> str: ...


@dataclass(frozen=True)
class Told:
    event: Event
    cast: Cast

    @property
    def given(self) -> dict[str, Any]:
        return self.event.particulars

    @property
    def process(self) -> str | None:
        """Of the event, else of the process that acts: `process:first_contact/ask`."""
        acting = self.event.actor.partition(":")[2].partition("/")[0]
        return self.given.get("process") or acting or None

    def say(self, message: str, **values: object) -> Markup:
        """Words are ours, values are not: they are escaped, and bold where they changed."""
        who = self.cast.who(self.event.actor)
        gendered = BRACES.sub(r"\1" if feminine(who) else "", message)
        shown = {name: bold(value) for name, value in values.items()}
        return Markup(gendered) % {"who": bold(who), **shown}  # noqa: S704 the catalogue is ours


def feminine(name: str) -> bool:
    first = name.split(" ")[0].lower()
    return first.endswith(("а", "я")) and first not in MEN_IN_A


def when(until: object) -> str:
    return full(datetime.fromisoformat(str(until)))


def bold(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup("<b>{}</b>").format(value)
