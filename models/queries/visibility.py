"""The one rule of who sees which leads. Every query, page, file, event and search uses it."""

from sqlalchemy import ColumnElement, or_, true

from models.lead.lead import Lead
from models.user import Role, User


def visible_leads(person: User) -> ColumnElement[bool]:
    """A manager sees own leads and the unassigned of their line and team; a team lead the team's
    and the unassigned without a team; admin, ops and designer see all (what they may *do* is their
    role's)."""
    one, *more = ways_to_see(person)
    return or_(one, *more) if more else one


def ways_to_see(person: User) -> tuple[ColumnElement[bool], ...]:
    """The rule in parts that have no lead in common: a list asks for each by its own index, where
    one question with an "or" would walk past everybody else's leads."""
    if person.role in (Role.ADMIN, Role.OPS, Role.DESIGNER):
        return (true(),)
    of_team = or_(Lead.team_id.is_(None), Lead.team_id == person.team_id)
    if person.role == Role.TEAM_LEAD:
        return (of_team,)
    unassigned = Lead.owner_id.is_(None) & of_team
    if person.line is not None:
        unassigned = unassigned & (Lead.line == person.line)
    return (Lead.owner_id == person.id, unassigned)
