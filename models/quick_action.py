"""Quick actions: one press says something to the client and changes the deal, as one act."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.columns import defaulting, document
from models.errors import BrokenInput, Missing, NotAllowed
from models.queries.desk import Desk, desk
from models.queries.people import TALKING
from models.ready import Ready, Scope, problems_of, written
from models.task import LONGEST
from models.user import HUES, LINES, User

if TYPE_CHECKING:
    from models.database import Work

DIGITS = range(1, 10)  # with Alt
FIRST_SCOPES = {Scope.PRIVATE: 0, Scope.TEAM: 1, Scope.ALL: 2}


class Ends(StrEnum):
    """What becomes of the chat when all else is done."""

    STAY = "stay"
    GIVE_BACK = "give_back"
    READ = "read"


class Owner(StrEnum):
    ME = "me"
    NOBODY = "nobody"


class QuickTask(BaseModel):
    """Of the chat, due so long after the press; for an `Owner`, or a person's id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    due: timedelta = timedelta(days=1)
    whom: Owner | int = Owner.ME


class Parts(BaseModel):
    """What it changes. `tag`, `untag` are ids of tags; `owner` is an `Owner`, or a person's id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: tuple[int, ...] = ()
    untag: tuple[int, ...] = ()
    stage: str | None = None
    line: int | None = None
    owner: Owner | int | None = None
    task: QuickTask | None = None
    ends: Ends = Ends.STAY

    @property
    def nothing(self) -> bool:
        return self == Parts()

    def problems(self, known: Desk) -> dict[str, str]:
        """What it names and nobody has any more, by part."""
        found = {}
        tags = {one.id for one in known.tags_left}
        if not tags.issuperset((*self.tag, *self.untag)):
            found["tag"] = "Its tag is not there any more"
        elif set(self.tag) & set(self.untag):
            found["tag"] = "The same tag is added and taken off"
        if self.stage is not None and not known.leads_to(self.stage):
            found["stage"] = "Its stage is not there any more"
        if self.line not in (None, *LINES):
            found["line"] = "A line is 1 or 2"
        if isinstance(self.owner, int) and not _talks(known, self.owner):
            found["owner"] = "Its person does not talk to clients any more"
        if self.task is not None:
            if isinstance(self.task.whom, int) and not _talks(known, self.task.whom):
                found["task_whom"] = "Its person does not talk to clients any more"
            if len(self.task.what) > LONGEST:
                found["task"] = "Its task has more than 1000 characters"
        return found


def _talks(known: Desk, number: int) -> bool:
    person = known.person(number)
    return person is not None and not person.gone and person.role in TALKING


class QuickAction(Ready, table=True):
    """`parts` are `Parts`; `digit` is its key together with Alt; `hue` 1-8 its colour."""

    __tablename__ = "quick_action"

    hue: int = defaulting(1)
    digit: int | None = None
    position: int = defaulting(0)
    parts: dict[str, Any] = document()

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such quick action")

    @property
    def changes(self) -> Parts:
        return Parts.model_validate(self.parts)

    async def change(
        self, work: "Work", *, scope: Scope, name: str, words: Mapping[str, str], parts: Parts,
        hue: int, digit: int | None, by: User,
    ) -> None:  # fmt: skip
        """Raises BrokenInput, and NotAllowed for a scope that is not theirs to write for."""
        self.be_for(scope, by=by)
        words = written(words)
        problems = {} if name.strip() else {"name": "Give it a name"}
        problems |= problems_of(words) | parts.problems(await desk(work.session))
        if not words and parts.nothing:
            problems["text"] = "It says nothing and changes nothing"
        if digit is not None and await self._taken(work, digit, by):
            problems["digit"] = "Another quick action has this key"
        if problems:
            raise BrokenInput("The quick action is not saved", problems)
        self.name, self.words, self.digit = name.strip(), words, digit
        self.parts = parts.model_dump(mode="json", exclude_defaults=True)
        self.hue = hue if 1 <= hue <= HUES else 1
        if self.id is None:
            last = select(func.max(QuickAction.position))
            self.position = ((await work.execute(last)).scalar() or 0) + 1

    async def _taken(self, work: "Work", digit: int, by: User) -> bool:
        """By another one of the same scope; one's own goes before what is shared."""
        there = [one for one in await quick_actions_for(work.session, by)
                 if one.scope == self.scope and one.digit == digit]  # fmt: skip
        return any(one.id != self.id for one in there)


IN_ORDER = (
    case(FIRST_SCOPES, value=QuickAction.scope),
    col(QuickAction.position),
    col(QuickAction.id),
)


async def quick_actions_for(session: AsyncSession, person: User) -> list[QuickAction]:
    """In their order: one's own, the team's, everybody's."""
    query = select(QuickAction).where(QuickAction.theirs(person)).order_by(*IN_ORDER)
    return list((await session.execute(query)).scalars())


async def put_in_order(work: "Work", numbers: Sequence[int], *, by: User) -> None:
    """Those named stand in this order. Raises Missing, NotAllowed."""
    found = {one.id: one for one in await quick_actions_for(work.session, by)}
    if not set(numbers) <= set(found):
        raise QuickAction.missing()
    if not all(found[number].may_change(by) for number in numbers):
        raise NotAllowed("Your role may not do this")
    for position, number in enumerate(numbers, start=1):
        found[number].position = position


def keyed(actions: Iterable[QuickAction]) -> list[tuple[QuickAction, int | None]]:
    """Each with the key that it really has: of two with the same one the first keeps it."""
    used: set[int] = set()
    shown = []
    for one in actions:
        digit = one.digit if one.digit not in used else None
        used |= {digit} if digit else set()
        shown.append((one, digit))
    return shown
