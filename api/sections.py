"""The sections of the site: what the rail, the palette and the key map lead to."""

from collections.abc import Container
from dataclasses import dataclass

from api.language import gettext as _
from api.words import N_
from models.user import Role, User


@dataclass(frozen=True)
class Section:
    """Those with a key stand in the rail. `roles` names whom it is for, empty is everybody."""

    path: str
    icon: str
    key: str
    message: str
    roles: frozenset[Role] = frozenset()

    def name(self) -> str:
        return _(self.message)

    @property
    def shown(self) -> tuple[str, ...]:
        """What is printed on its keys."""
        return tuple(part.removeprefix("Key") for part in self.key.split(",") if part)

    def is_for(self, person: User | None) -> bool:
        return not self.roles or (person is not None and person.role in self.roles)


SECTIONS = (
    Section("/leads", "messages-square", "KeyG,KeyC", N_("Chats")),
    Section("/processes", "workflow", "KeyG,KeyP", N_("Processes")),
    Section("/templates", "square-slash", "KeyG,KeyX", N_("Templates")),
    Section("/quick-actions", "zap", "", N_("Quick actions")),
    Section("/stuck", "heart-pulse", "KeyG,KeyS", N_("What is stuck")),
    Section("/people", "users", "KeyG,KeyU", N_("People"), frozenset({Role.ADMIN})),
)


def sections(person: User | None, *, there: Container[str]) -> list[Section]:
    """As far as their paths are `there`, for this person."""
    return [one for one in SECTIONS if one.path in there and one.is_for(person)]
