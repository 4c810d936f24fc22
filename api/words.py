"""What things are called, in the reader's language: the only place that words enums and events."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.language import gettext as _
from models.user import THEMES, Role


@dataclass(frozen=True)
class Place:
    """A section of the rail."""

    path: str
    icon: str
    key: str
    message: str

    def name(self) -> str:
        return _(self.message)


def N_(message: str) -> str:
    """Marks a message id that is worded later."""
    return message


PLACES = (
    Place("/leads", "messages-square", "KeyG,KeyC", N_("Chats")),
    Place("/processes", "workflow", "KeyG,KeyP", N_("Processes")),
    Place("/stuck", "heart-pulse", "KeyG,KeyS", N_("What is stuck")),
)


def role(one: Role) -> str:
    return {
        Role.MANAGER: _("manager"),
        Role.TEAM_LEAD: _("team lead"),
        Role.DESIGNER: _("process designer"),
        Role.ADMIN: _("administrator"),
        Role.OPS: _("ops"),
    }[one]


def theme(one: str) -> str:
    return {
        "auto": _("Theme: as the system"),
        "light": _("Theme: light"),
        "dark": _("Theme: dark"),
    }[one]


def next_theme(one: str) -> str:
    return THEMES[(THEMES.index(one) + 1) % len(THEMES)]


def keys() -> Iterator[tuple[tuple[str, ...], str]]:
    """The list behind `?`."""
    yield ("/",), _("search")
    yield ("J", "K"), _("next, previous chat")
    yield ("G", "C"), _("chats")
    yield ("G", "P"), _("processes")
    yield ("Ctrl", "M"), _("take over, hand back")
    yield ("Esc",), _("close the top layer")
    yield ("?",), _("this list")
