"""An office: a team of managers on line 1, with leads that nobody has yet."""

from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from models import shift
from models.database import Database
from models.distribution import Way, set_up
from models.lead.lead import Lead
from models.settings import Settings
from models.shift import OffShift
from models.spot import Bot
from models.timeline import Action, Event
from models.user import Team, User
from workflows.engine import Engine
from workflows.relay import Relay

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, noon in Moscow
KEY = bytes(32)
_numbers = count(1)


class Office:
    def __init__(self, database: Database) -> None:
        self.database = database
        settings = Settings(data=Path("nowhere"))
        self.relay = Relay(database, Engine(settings), settings)

    async def opens(self, *names: str, shifts: bool = True, **given: Any) -> Self:
        """`given` to its distribution; everybody is on shift."""
        number = next(_numbers)
        async with self.database.unit_of_work() as work:
            team = Team(name=f"office {number}", shifts=shifts)
            work.add(team)
            await work.flush()
            self.team_id = team.id
            self.people = [
                User(login=f"{name}{number}@nova.test", name=name, team_id=team.id, line=1,
                     time_zone="Europe/Moscow", on_shift_at=NOW if shifts else None)
                for name in names
            ]  # fmt: skip
            for person in self.people:
                work.add(person)
            bot = Bot.of(f"{7000 + number}:{'t' * 30}", username="office_bot", name="Office",
                         transport="webhook", key=KEY)  # fmt: skip
            work.add(bot)
            await work.flush()
            self.bot_id = bot.id
            way = await set_up(work, team_id=team.id, line=1)
            for name, value in ({"way": Way.ROUND_ROBIN} | given).items():
                setattr(way, name, value)
        self.ids = {person.id: person.name for person in self.people}
        return self

    async def leads(self, many: int, **given: Any) -> list[int]:
        async with self.database.unit_of_work() as work:
            made = [
                Lead(bot_id=self.bot_id, chat_id=next(_numbers), team_id=self.team_id,
                     last_action_at=NOW, **given)
                for _ in range(many)
            ]  # fmt: skip
            for lead in made:
                work.add(lead)
            await work.flush()
            return [lead.id for lead in made]

    async def is_handed_over(self, lead_id: int) -> None:
        async with self.database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            await lead.hand_over(by="process:p/s", now=NOW, because="asked", reason={})

    async def owner(self, lead_id: int) -> str | None:
        async with self.database.reading() as session:
            return self.ids.get((await session.get_one(Lead, lead_id)).owner_id or 0)

    async def owners(self, leads: list[int]) -> Counter[str | None]:
        return Counter([await self.owner(lead) for lead in leads])

    async def lines(self, lead_id: int) -> list[dict[str, Any]]:
        async with self.database.reading() as session:
            query = select(Event.particulars).where(
                Event.lead_id == lead_id, Event.kind == Action.OWNER_CHANGED
            )
            return list((await session.execute(query.order_by(Event.seq))).scalars())

    async def goes_off(self, person: User, policy: OffShift) -> None:
        async with self.database.unit_of_work() as work:
            team = await work.session.get_one(Team, self.team_id)
            team.off_shift = policy
            shift.end(await work.session.get_one(User, person.id), team=team)

    async def relays(self, *, now: datetime = NOW) -> None:
        await self.relay.keep_shifts(now=now)

    async def person(self, number: int) -> User:
        async with self.database.reading() as session:
            return await session.get_one(User, self.people[number].id)
