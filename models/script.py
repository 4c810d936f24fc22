"""Scripts: templates in an order to be walked through with a client, and where one is in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.columns import defaulting, document, reference, stamped
from models.database import Work
from models.errors import BrokenInput, Missing, Refused
from models.ready import Scope, Shared
from models.template import Template
from models.user import User

MOST_TEMPLATES = 50
WIDTH = {Scope.PRIVATE: 0, Scope.TEAM: 1, Scope.ALL: 2}


class Script(Shared, table=True):
    """`templates` are their ids, in their order. One that is deleted, or that its reader does not
    see, is passed over."""

    __tablename__ = "script"

    templates: list[int] = document(list)

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such script")

    def change(self, *, scope: Scope, name: str, held: Sequence[Template], by: User) -> None:
        """`held` are its templates. Raises BrokenInput, NotAllowed."""
        self.be_for(scope, by=by)
        problems = {} if name.strip() else {"name": "Give it a name"}
        if hidden := [one.name for one in held if not self._shows(one)]:
            problems["scope"] = "Its readers would not see: %(names)s"
        if problems:
            names = ", ".join(hidden)
            raise BrokenInput("The script is not saved", problems, names=names)
        self.name = name.strip()

    def add(self, template: Template) -> None:
        """To its end; once. Raises Refused."""
        if template.id in self.templates:
            return
        if not self._shows(template):
            raise Refused("Not everybody who has the script sees this template")
        if len(self.templates) >= MOST_TEMPLATES:
            raise Refused("A script holds at most %(n)s templates", n=MOST_TEMPLATES)
        self.templates = [*self.templates, template.id]

    def order(self, wanted: Sequence[int]) -> None:
        """Those that are not named, or that came meanwhile, stay behind the others."""
        named = [one for one in dict.fromkeys(wanted) if one in self.templates]
        self.templates = [*named, *(one for one in self.templates if one not in named)]

    def in_order(self, known: Mapping[int, Template]) -> list[Template]:
        return [known[one] for one in self.templates if one in known]

    def _shows(self, template: Template) -> bool:
        """Whether everybody who sees the script sees the template."""
        if template.scope == Scope.ALL:
            return True
        if WIDTH[template.scope] < WIDTH[self.scope]:
            return False
        if template.scope == Scope.TEAM:  # a private script's owner is of that team
            return self.scope == Scope.PRIVATE or template.team_id == self.team_id
        return template.owner_id == self.owner_id


class Walk(SQLModel, table=True):
    """Where a person is in a script with one client: `place` counts from 0, and `template_id` is
    what comes next there, so that a changed order does not move one."""

    __tablename__ = "script_walk"

    user_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="user_account.id")
    lead_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="lead.id", index=True)
    script_id: int = reference("script.id", nullable=False, index=True)
    place: int = defaulting(0)
    template_id: int | None = reference("template.id", index=True)
    began_at: datetime = stamped()


class Walked(NamedTuple):
    """`next` is None at the end of the script."""

    script: Script
    templates: Sequence[Template]
    place: int

    @property
    def next(self) -> Template | None:
        return self.templates[self.place] if self.place < len(self.templates) else None


async def scripts_for(session: AsyncSession, person: User) -> list[Script]:
    query = select(Script).where(Script.theirs(person)).order_by(Script.name)
    return list((await session.execute(query)).scalars())


async def held_by(
    session: AsyncSession, scripts: Sequence[Script], person: User
) -> dict[int, Template]:
    """The templates in the scripts that the person sees, by id."""
    ids = {number for one in scripts for number in one.templates}
    query = select(Template).where(Template.theirs(person), col(Template.id).in_(ids))
    return {one.id: one for one in (await session.execute(query)).scalars()}


async def walked(session: AsyncSession, person: User, lead_id: int) -> Walked | None:
    """None where no script is being walked through, or none that they still see."""
    walk = await session.get(Walk, (person.id, lead_id))
    if walk is None:
        return None
    query = select(Script).where(Script.id == walk.script_id, Script.theirs(person))
    script = (await session.execute(query)).scalar_one_or_none()
    if script is None:
        return None
    templates = script.in_order(await held_by(session, [script], person))
    ids = [one.id for one in templates]
    place = ids.index(walk.template_id) if walk.template_id in ids else walk.place
    return Walked(script, templates, min(place, len(templates)))


async def stand(work: Work, person: User, lead_id: int, script: Script, *, place: int) -> Walked:
    """Begins the script there, or goes on there."""
    templates = script.in_order(await held_by(work.session, [script], person))
    at = Walked(script, templates, max(0, min(place, len(templates))))
    here = {"script_id": script.id, "place": at.place, "template_id": at.next and at.next.id}
    row = insert(Walk).values(user_id=person.id, lead_id=lead_id, **here)
    await work.execute(row.on_conflict_do_update(index_elements=["user_id", "lead_id"], set_=here))
    return at


async def take_out(work: Work, script: Script, template_id: int) -> None:
    """Who stands there goes on with the one after it."""
    if template_id not in script.templates:
        return
    after = script.templates.index(template_id) + 1
    following = script.templates[after] if after < len(script.templates) else None
    script.templates = [one for one in script.templates if one != template_id]
    there = (col(Walk.script_id) == script.id, col(Walk.template_id) == template_id)
    await work.execute(update(Walk).where(*there).values(template_id=following, place=after - 1))


async def finish(work: Work, person: User, lead_id: int) -> None:
    mine = (col(Walk.user_id) == person.id, col(Walk.lead_id) == lead_id)
    await work.execute(delete(Walk).where(*mine))
