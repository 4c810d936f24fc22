"""The sections of the site: what the rail, the palette and the key map lead to."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from api.language import gettext as _
from api.words import N_
from models.user import Role, User


@dataclass(frozen=True)
class Section:
    """Those with a key stand in the rail. `roles` names whom it is for, empty is everybody. Of the
    `settings` there is one entry in the rail, and a strip over their pages leads to all."""

    path: str
    icon: str
    key: str
    message: str
    roles: frozenset[Role] = frozenset()
    settings: bool = False

    def name(self) -> str:
        return _(self.message)

    @property
    def shown(self) -> tuple[str, ...]:
        """What is printed on its keys."""
        return tuple(part.removeprefix("Key") for part in self.key.split(",") if part)

    def is_for(self, person: User | None) -> bool:
        return not self.roles or (person is not None and person.role in self.roles)

    def at(self, path: str) -> bool:
        return path == self.path or path.startswith(f"{self.path}/")


ADMINS = frozenset({Role.ADMIN})
WHO_LEAD = frozenset({Role.ADMIN, Role.TEAM_LEAD})
SECTIONS = (
    Section("/leads", "messages-square", "KeyG,KeyC", N_("Chats")),
    Section("/deals", "square-kanban", "KeyG,KeyD", N_("Deals")),
    Section("/tasks", "list-checks", "KeyG,KeyT", N_("Tasks")),
    Section("/processes", "workflow", "KeyG,KeyP", N_("Processes")),
    Section("/templates", "square-slash", "KeyG,KeyX", N_("Templates")),
    Section("/quick-actions", "zap", "", N_("Quick actions")),
    Section("/reports", "chart-column", "KeyG,KeyR", N_("Reports")),
    Section("/stuck", "heart-pulse", "KeyG,KeyS", N_("What is stuck")),
    Section("/people", "users", "", N_("People"), ADMINS, settings=True),
    Section("/distribution", "clock", "", N_("Shifts and distribution"), WHO_LEAD, settings=True),
    Section("/pipelines", "flag", "", N_("Pipelines and stages"), WHO_LEAD, settings=True),
    Section("/tags", "tag", "", N_("Tags"), WHO_LEAD, settings=True),
    Section("/fields", "user", "", N_("Contact's fields"), ADMINS, settings=True),
    Section("/tools", "square-slash", "", N_("Tools in the chat"), WHO_LEAD, settings=True),
)
SETTINGS = Section("", "settings", "KeyG,KeyU", N_("Settings"), settings=True)


def sections(person: User | None, *, there: Container[str]) -> list[Section]:
    """As far as their paths are `there`, for this person."""
    return [one for one in SECTIONS if one.path in there and one.is_for(person)]


def in_rail(found: Sequence[Section], path: str) -> list[tuple[Section, bool]]:
    """Each with whether the page at `path` is its own."""
    kept = [one for one in found if one.settings]
    rail = [(one, one.at(path)) for one in found if one.key and not one.settings]
    if kept:
        rail.append((replace(SETTINGS, path=kept[0].path), any(one.at(path) for one in kept)))
    return rail
