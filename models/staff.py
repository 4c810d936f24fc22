"""Who works here: invited, changed, let go. An administrator's work."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from models.database import Work
from models.errors import Missing, Refused
from models.lead.lead import Lead
from models.session import Invitation
from models.user import LINES, Role, Team, User

LONGEST_NAME = 80
LOGIN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


async def invite(
    work: Work,
    *,
    login: str,
    name: str,
    role: Role,
    line: int | None,
    team_id: int | None,
    locale: str,
    now: datetime,
) -> tuple[User, str]:
    """The new person and the secret of the link with which they choose a password.

    Raises Refused, Missing.
    """
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise Refused("A login is an e-mail address")
    if await User.named(work.session, login):
        raise Refused("There is somebody with the login %(login)s", login=login)
    person = User(login=login, name=_named(name), locale=locale, role=role)
    await _place(work, person, role=role, line=line, team_id=team_id)
    work.add(person)
    await work.flush()
    return person, Invitation.issue(work, person, now=now)


async def change(
    work: Work,
    number: int,
    *,
    name: str,
    role: Role,
    line: int | None,
    team_id: int | None,
    now: datetime,
) -> User:
    """Another role signs them out. Raises Missing, Refused."""
    person = await locked(work, number)
    if role != Role.ADMIN:
        await _keep_an_admin(work, person)
    person.name = _named(name)
    await _place(work, person, role=role, line=line, team_id=team_id)
    await person.change_role(role, now=now)
    return person


async def let_go(work: Work, number: int, *, by: User, now: datetime) -> User:
    """They are signed out and cannot come back; what they did stays. Raises Missing, Refused."""
    person = await locked(work, number)
    if person.id == by.id:
        raise Refused("You cannot disable yourself")
    await _keep_an_admin(work, person)
    await person.disable(now=now)
    return person


async def leads_of(work: Work, number: int, *, most: int) -> Sequence[int]:
    """Whose owner the person is, a part at a time."""
    query = select(Lead.id).where(Lead.owner_id == number).order_by(Lead.id).limit(most)
    return [one for one in (await work.execute(query)).scalars() if one is not None]


async def locked(work: Work, number: int) -> User:
    person = await work.session.get(User, number, with_for_update=True)
    if person is None:
        raise Missing("There is no such person")
    return person


async def name_team(work: Work, name: str, number: int | None = None) -> Team:
    """A new team, or another name for one. Raises Refused, Missing."""
    name = _named(name)
    same = select(Team).where(
        func.lower(col(Team.name)) == name.lower(), col(Team.id).is_distinct_from(number)
    )
    if (await work.execute(same)).first():
        raise Refused("There is such a team already")
    team = await work.session.get(Team, number) if number else Team(name=name)
    if team is None:
        raise Missing("There is no such team")
    team.name = name
    work.add(team)
    return team


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused("A name has from 1 to %(most)s characters", most=LONGEST_NAME)
    return name


async def _place(
    work: Work, person: User, *, role: Role, line: int | None, team_id: int | None
) -> None:
    """A manager works on a line; the others see all lines. Raises Missing."""
    if line is not None and line not in LINES:
        raise Missing("There is no such line")
    if team_id is not None and await work.session.get(Team, team_id) is None:
        raise Missing("There is no such team")
    person.line = line if role == Role.MANAGER else None
    person.team_id = team_id


async def _keep_an_admin(work: Work, person: User) -> None:
    if person.role != Role.ADMIN or person.disabled_at:
        return
    others = select(col(User.id)).where(
        col(User.role) == Role.ADMIN, col(User.id) != person.id, col(User.disabled_at).is_(None)
    )
    if not (await work.execute(others.with_for_update())).first():
        raise Refused("The last administrator stays one")
