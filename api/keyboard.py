"""What can be done by keys: one list for the map behind `?` and for the palette behind Ctrl K."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.catalogue import LOCALES, catalogue
from api.language import gettext as _
from api.sections import Section
from api.words import N_


@dataclass(frozen=True)
class Key:
    """`shown` is what is printed on the keys; `code` the combination by place, as the page's own
    code knows it; the palette offers those that have an icon. `of` says what must be there: a list
    of chats, an open chat, or nothing."""

    shown: tuple[str, ...]
    message: str
    code: str = ""
    icon: str = ""
    of: str = ""

    @property
    def said(self) -> str:
        return _(self.message)

    def answers(self, asked: str) -> bool:
        """In any language: one types what one thinks in."""
        said = (catalogue(locale).gettext(self.message) for locale in LOCALES)
        return any(asked.lower() in each.lower() for each in said)


KEYS = (
    Key(("Ctrl", "K"), N_("everything by its name")),
    Key(("/",), N_("search"), "Slash", "search", "list"),
    Key(("J", "K"), N_("next, previous chat")),
    Key(("↑", "↓", "Enter"), N_("walk the list, open")),
    Key(("A",), N_("next chat to answer"), "KeyA", "corner-down-right", "list"),
    Key(("Shift", "F"), N_("filter the list"), "Shift+KeyF", "list-filter", "list"),
    Key(("X",), N_("choose the chat, Shift chooses a range"), "KeyX", "square-check-big", "chat"),
    Key(("E",), N_("into the archive, out of it"), "KeyE", "archive", "chat"),
    Key(("P",), N_("pin, take the pin off"), "KeyP", "pin", "chat"),
    Key(("U",), N_("mark read, no answer needed"), "KeyU", "check-check", "chat"),
    Key(("Ctrl", "Z"), N_("take the last act back")),
    Key(("Ctrl", "M"), N_("take over, hand back"), "Ctrl+KeyM", "hand", "chat"),
    Key(("I",), N_("write to the client"), "KeyI", "send", "chat"),
    Key(("Ctrl", "Enter"), N_("send")),
    Key(("Ctrl", "Shift", "Enter"), N_("send later")),
    Key(("Alt", "Enter"), N_("answer and hand back")),
    Key(("/",), N_("in an empty field: templates")),
    Key(("V",), N_("record a voice message"), "KeyV", "mic", "chat"),
    Key(("Alt", "1–9"), N_("quick action")),
    Key(("R",), N_("reply to the client's last message"), "KeyR", "reply", "chat"),
    Key(("↑",), N_("in an empty field: edit my last message")),
    Key(("F",), N_("search in the conversation"), "KeyF", "search", "chat"),
    Key(("N",), N_("write a note"), "KeyN", "file-text", "chat"),
    Key(("S",), N_("change the stage"), "KeyS", "flag", "chat"),
    Key(("#",), N_("add a tag"), "Shift+Digit3", "tag", "chat"),
    Key(("T",), N_("add a task"), "KeyT", "list-checks", "chat"),
    Key(("L", "O"), N_("on the page of tasks: put it off, open its chat")),
    Key(("Alt", "← →"), N_("on the board: the deal to the stage beside")),
    Key(("B",), N_("what happened: the bell"), "KeyB", "bell", "page"),
    Key(("[", "]"), N_("fold the list, the card")),
    Key(("Esc",), N_("close the top layer")),
    Key(("?",), N_("this list"), "Shift+Slash", "command", "page"),
)


def keys(sections: Iterable[Section]) -> Iterator[Key]:
    """With those of the sections that have keys."""
    yield from KEYS
    yield from (Key(one.shown, one.message) for one in sections if one.key)
