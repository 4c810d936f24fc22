"""Whose figures a person is shown, and what they are narrowed to.

Figures are of the leads that the person may see (`visible_leads`): a team lead has the team's, an
administrator all. Of a manager's they are those that the manager has: what nobody has yet is
nobody's work. Only answers belong to who gave them, whosever the lead is by now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from models.lead.lead import Lead
from models.queries.reports.span import Span
from models.queries.view import Archive, View, conditions
from models.queries.visibility import visible_leads
from models.user import Role, User

NARROWED = ("spot", "source", "campaign", "buyer", "line", "owner", "tag")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`view` holds filters in the chat list's words and nothing else of it: see `narrowed`."""

    person: User
    span: Span
    view: View
    now: datetime
    team: int | None = None

    @property
    def alone(self) -> bool:
        """Whether the person is shown own figures only."""
        return self.person.role == Role.MANAGER

    def leads(self) -> Iterator[ColumnElement[bool]]:
        """Of which leads the figures are."""
        if self.alone:
            yield col(Lead.owner_id) == self.person.id
        else:
            yield visible_leads(self.person)
        yield from self.filters()

    @property
    def everything(self) -> bool:
        """Whether no lead has to be looked at to know that it counts."""
        sees_all = visible_leads(self.person).compare(true())
        return sees_all and not self.view.filters and self.team is None

    def filters(self) -> Iterator[ColumnElement[bool]]:
        yield from conditions(self.view, self.person, now=self.now)
        if self.team is not None:
            yield col(Lead.team_id) == self.team


def narrowed(view: View) -> View:
    """Only what reports are filtered by; what is archived or ignored has its money all the same."""
    kept = {name: value for name, value in view.filters.items() if name in NARROWED}
    return View(archive=Archive.ANY, **kept)
