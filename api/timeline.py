"""A lead's timeline as a page and a file show it: who did what, when, and because of what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from api import sentences, words
from api.cast import Cast
from api.language import gettext as _
from api.sentences import Line
from api.sentences_of_messages import OF_MESSAGES
from api.told import Told
from models.queries.timeline import Happened, group_of
from models.timeline import CLIENT, ENGINE, TELEGRAM, Event

FACES = {
    "user": "user", "process": "bot", "robot": "plug", CLIENT: "user-round",
    TELEGRAM: "send", ENGINE: "bot",
}  # fmt: skip
PARTS = ("act", "parts")
MOST_SHOWN = 300  # characters of a message


@dataclass(frozen=True)
class Entry:
    """`text` are the words of the message or the note that is spoken of."""

    event: Event
    line: Line
    who: str
    face: str
    text: str

    @property
    def short(self) -> str:
        return self.text if len(self.text) <= MOST_SHOWN else f"{self.text[:MOST_SHOWN]}…"


def entry(happened: Happened, cast: Cast) -> Entry:
    event = happened.event
    text = happened.text or (words.media(happened.kind) if happened.kind else "")
    return Entry(event, _line(event, cast), who(event.actor, cast), _face(event.actor), text)


def who(actor: str, cast: Cast) -> str:
    """In full: a process with its step, a robot by its key's name."""
    if actor.startswith("process:"):
        process = actor.partition(":")[2].partition("/")[0]
        named, step = cast.process(process), cast.step(actor)
        said = _("%(process)s, step “%(step)s”") if step else "%(process)s"
        return said % {"process": named, "step": step}
    return cast.who(actor)


def groups() -> Mapping[str, str]:
    """What a page filters by, in its order."""
    return {
        "messages": _("Messages"), "deal": _("Deal"), "process": _("Process"),
        "money": _("Money"), "tasks": _("Tasks"), "notes": _("Notes"), "file": _("Files"),
        "people": _("People"), "chat": _("Chat"),
    }  # fmt: skip


def actors() -> Mapping[str, str]:
    return {
        "user": _("People"), "process": _("Processes"), "robot": _("API"), "client": _("Client"),
        "telegram": "Telegram", "engine": _("Engine"),
    }  # fmt: skip


def exported(happened: Happened, cast: Cast) -> dict[str, Any]:
    """For a file; `particulars` are what the sentence was made of."""
    told = entry(happened, cast)
    return {
        "seq": told.event.seq,
        "at": told.event.at.isoformat(),
        "group": group_of(told.event.kind),
        "kind": told.event.kind,
        "actor": told.event.actor,
        "who": told.who,
        "said": told.line.said.striptags(),
        "text": told.text,
        "particulars": told.event.particulars,
    }


def _line(event: Event, cast: Cast) -> Line:
    """Parts of an act stand beside it here, each a line of its own."""
    if "erased" in event.particulars:
        return Line("circle", "", escape(_("Erased with the client's data")))
    alone = {name: value for name, value in event.particulars.items() if name not in PARTS}
    event = Event(lead_id=event.lead_id, seq=event.seq, kind=event.kind, ref=event.ref,
                  actor=event.actor, at=event.at, particulars=alone)  # fmt: skip
    if found := sentences.line(event, cast):
        return found
    if event.kind in OF_MESSAGES:
        icon, worded = OF_MESSAGES[event.kind]
        return Line(icon, "", worded(Told(event, cast)))
    return Line("circle", "", escape(event.kind))


def _face(actor: str) -> str:
    return FACES.get(actor.partition(":")[0], "circle")
