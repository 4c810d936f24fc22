"""A random past of a few weeks: teams, people, leads, moves, payments with reversals, answers. And
what of it a person is shown, said once more in plain Python."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from models.answer import Answer
from models.database import Database
from models.lead.lead import Lead
from models.payment import Kind, Payment
from models.spot import Bot, Spot
from models.stage import Pipeline, Stage, Tag
from models.timeline import Action, Event
from models.user import Role, Team, User

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Santiago", "UTC")
NOW = datetime(2026, 11, 3, 15, 30, tzinfo=UTC)  # clocks went back in Berlin and New York
MAIN = ("new", "talking", "registration", "deposit", "repeat", "lost")
VIP = ("met", "signed", "away")


@dataclass
class Told:
    """One lead with all that happened to it."""

    lead: Lead
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)
    paid: list[tuple[Kind, Decimal, str, datetime, int]] = field(default_factory=list)
    answered: list[tuple[datetime, datetime, int | None]] = field(default_factory=list)


@dataclass
class Past:
    people: list[User]
    teams: list[Team]
    told: list[Told]

    def of(self, role: Role) -> User:
        return next(one for one in self.people if one.role == role)

    def counted(self, person: User) -> list[Told]:
        """Whose figures they are, by the sentence of the specification."""
        return [one for one in self.told if counts_for(person, one.lead)]


def counts_for(person: User, lead: Lead) -> bool:
    if person.role == Role.MANAGER:
        return lead.owner_id == person.id
    if person.role == Role.TEAM_LEAD:
        return lead.team_id is None or lead.team_id == person.team_id
    return True


async def happened(database: Database, dice: random.Random) -> Past:
    async with database.unit_of_work() as work:
        teams = [Team(name=f"team {dice.random()}") for _ in range(2)]
        for team in teams:
            work.add(team)
        await work.flush()
        roles = (*[Role.MANAGER] * 3, *[Role.TEAM_LEAD] * 2, Role.ADMIN)
        people = [
            User(
                login=f"{role}{dice.random()}@past.test", name=f"{role} {number}", role=role,
                line=1 + number % 2, team_id=teams[number % 2].id, time_zone=dice.choice(ZONES),
            )
            for number, role in enumerate(roles)
        ]  # fmt: skip
        for person in people:
            work.add(person)
        number = dice.randrange(10**9)
        work.add(
            Bot(id=number, username="b", name="b", token=b"", secret=b"", transport="none",
                path=str(number))
        )  # fmt: skip
        work.add(Pipeline(key="vip", position=2, name_ru="ВИП", name_en="VIP"))
        await work.flush()
        spots = [Spot(name=f"{one} {number}", bot_id=number) for one in range(2)]
        for spot in spots:
            work.add(spot)
        for place, (key, kind) in enumerate(zip(VIP, ("open", "won", "lost"), strict=True), 1):
            work.add(
                Stage(key=key, pipeline_key="vip", position=place, kind=kind, name_ru=key,
                      name_en=key)
            )  # fmt: skip
        await work.flush()
        told = []
        for place in range(40):
            one = Told(_lead(dice, place, number, spots, people, teams))
            _lived(dice, one, people)
            work.add(one.lead)
            await work.flush()
            await _kept(work, one)
            told.append(one)
        tags = list((await work.execute(select(Tag).order_by(Tag.name))).scalars())
        for one in told:
            one.lead.fields = {"tag": dice.choice(tags).name}
    return Past(people, teams, told)


def _lead(
    dice: random.Random, place: int, bot: int, spots: Sequence[Spot], people: Sequence[User],
    teams: Sequence[Team],
) -> Lead:  # fmt: skip
    came = NOW - timedelta(days=24) * dice.random()
    waiting = NOW - timedelta(minutes=dice.randint(0, 90)) if dice.random() < 0.4 else None
    return Lead(
        bot_id=bot, chat_id=place, spot_id=dice.choice(spots).id, first_name=f"L{place}",
        source=dice.choice(("fb", "google", None)), buyer=dice.choice(("max", "ira", None)),
        campaign=dice.choice(("a", "b", "=2+2")), line=dice.choice((1, 2)),
        owner_id=dice.choice([None, *(one.id for one in people[:4])]),
        team_id=dice.choice([None, *(one.id for one in teams)]),
        mode=dice.choice(("auto", "manual")), unread=dice.randint(0, 2), waiting_since=waiting,
        archived_at=NOW if dice.random() < 0.2 else None, created_at=came, last_action_at=NOW,
        ignored_at=NOW if dice.random() < 0.1 else None,
        task_due_at=NOW + timedelta(hours=dice.randint(-9, 9)) if dice.random() < 0.4 else None,
    )  # fmt: skip


def _lived(dice: random.Random, one: Told, people: Sequence[User]) -> None:
    at, stage = one.lead.created_at, dice.choice(("new", "new", "new", "met", "registration"))
    for _ in range(dice.randint(0, 6)):  # there and back, and into another pipeline
        at += timedelta(hours=dice.expovariate(1 / 30))
        after = dice.choice([key for key in (*MAIN, *VIP) if key != stage])
        one.moves.append((at, stage, after))
        stage = after
    one.lead.stage_key = stage
    for _ in range(dice.randint(0, 3)):
        paid_at = _anytime(dice)
        amount = Decimal(dice.randint(100, 99_999)) / 100
        paid = (dice.choice(list(Kind)), amount, dice.choice(("USD", "EUR")), paid_at)
        one.paid.append((*paid, 1))
        if dice.random() < 0.3:
            one.paid.append((paid[0], -amount, *paid[2:], -1))
    for _ in range(dice.randint(0, 5)):
        at = _anytime(dice)
        waited = timedelta(seconds=round(dice.expovariate(1 / 500)))
        one.answered.append((at - waited, at, dice.choice([None, *(who.id for who in people)])))
    one.answered.sort(key=lambda each: each[1])


def _anytime(dice: random.Random) -> datetime:
    """Often within the hours in which clocks change, or at a midnight."""
    if dice.random() < 0.3:
        hour = datetime(2026, 10, 24, 20, tzinfo=UTC) + timedelta(hours=dice.randint(0, 12))
        return hour + timedelta(minutes=dice.choice((0, 0, 30, 59)))
    return NOW - timedelta(minutes=dice.randint(1, 24 * 24 * 60))


async def _kept(work: Any, one: Told) -> None:
    lead_id = one.lead.id
    for seq, (at, before, after) in enumerate(one.moves, 1):
        work.add(
            Event(lead_id=lead_id, seq=seq, kind=Action.STAGE_CHANGED, actor="engine", at=at,
                  particulars={"before": before, "after": after})
        )  # fmt: skip
    corrected = None
    for place, (kind, amount, currency, paid_at, counts) in enumerate(one.paid):
        row = insert(Payment).values(
            lead_id=lead_id, kind=kind, amount=amount, currency=currency, paid_at=paid_at,
            source="past", source_id=f"{lead_id}.{place}",
            corrects_id=corrected if counts < 0 else None,
        )  # fmt: skip
        corrected = (await work.execute(row.returning(Payment.id))).scalar_one()
    someone = False
    for seq, (since, at, by) in enumerate(one.answered, 1):
        first = by is not None and not someone
        someone = someone or by is not None
        work.add(Answer(lead_id=lead_id, seq=seq, user_id=by, since=since, at=at, is_first=first))
    await work.flush()
