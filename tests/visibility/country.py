"""A random country: teams, people of every role, leads of every kind of belonging. Each lead has
one of everything, and every word of it is a canary that stands nowhere else."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import insert, text

from activities.clients.storage import Storage
from models.answer import Answer
from models.change import Change
from models.change import Kind as ChangeKind
from models.database import Work
from models.draft import Draft
from models.lead.lead import Lead
from models.media import Media, MediaState
from models.message import Direction, Message, State
from models.note import Note
from models.payment import Kind, Payment
from models.pin import Pin
from models.process.version import definition_of, publish
from models.quick_action import QuickAction
from models.ready import Scope
from models.script import Script
from models.spot import Bot, Spot
from models.task import Task
from models.template import Template
from models.timeline import CLIENT, Action, Event
from models.user import Role, Team, User
from tests.messenger.town import PROCESS
from tests.web.website import Website

FIRST_ID = 734_100_001  # so that an id is a canary, too
ROLES = (*[Role.MANAGER] * 3, *[Role.TEAM_LEAD] * 2, Role.ADMIN, Role.OPS, Role.DESIGNER)
LEADS = 9


@dataclass
class Known:
    """A lead: `parts` are the ids of what it has, `says` the canaries by what they stand in."""

    id: int
    owner_id: int | None
    team_id: int | None
    line: int
    parts: dict[str, int] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)


def may_see(person: User, lead: Known) -> bool:
    """The rule, as a person would explain it to another."""
    if person.role in (Role.ADMIN, Role.OPS, Role.DESIGNER):
        return True
    its_team_is_mine = lead.team_id is None or lead.team_id == person.team_id
    if person.role == Role.TEAM_LEAD:
        return its_team_is_mine
    if lead.owner_id is not None:
        return lead.owner_id == person.id
    return its_team_is_mine and (person.line is None or person.line == lead.line)


def counts_for(person: User, lead: Known) -> bool:
    """Whose figures a report shows: a manager's are those of own leads."""
    if person.role == Role.MANAGER:
        return lead.owner_id == person.id
    return may_see(person, lead)


class Country:
    def __init__(self, site: Website, seed: int) -> None:
        self.site, self.dice = site, random.Random(seed)
        self.now = datetime.now(UTC)
        self.leads: list[Known] = []
        self.every: list[Known] = []  # with those that only a test has
        self.shared: dict[str, int] = {}

    async def founded(self) -> "Country":
        async with self.site.database.unit_of_work(silent=True) as work:
            await work.execute(text(f"alter sequence lead_id_seq restart with {FIRST_ID}"))
            self.teams = [Team(name=f"team {number}") for number in range(2)]
            self.nobodys = Team(name="nobody's")
            for team in (*self.teams, self.nobodys):
                work.add(team)
            await work.flush()
            self.people = [self._person(number, role) for number, role in enumerate(ROLES)]
            for person in self.people:
                work.add(person)
            bot = Bot.of(
                f"7000000001:{'t' * 30}", username="country_bot", name="Country",
                transport="webhook", key=self.site.app.state.settings.key(),
            )  # fmt: skip
            work.add(bot)
            await work.flush()
            self.bot_id = bot.id
            self.maria = next(one for one in self.people if one.role == Role.ADMIN)
            version = await publish(work, PROCESS, files={})
            spot = Spot(name="gate", bot_id=bot.id, process_key=version.key, is_default=True)
            work.add(spot)
            await work.flush()
            self.spot_id = spot.id
            await self._shared(work)
        managers = [one for one in self.people if one.role == Role.MANAGER]
        for number in range(LEADS):
            own = {"owner_id": managers[number].id} if number < len(managers) else {}
            self.leads.append(await self.lead(**self._belonging() | own))
        return self

    def visible(self, person: User) -> list[Known]:
        return [lead for lead in self.leads if may_see(person, lead)]

    def hidden(self, person: User) -> list[Known]:
        return [lead for lead in self.leads if not may_see(person, lead)]

    async def marias(self) -> Known:
        """One more that no manager and no team lead sees, out of the way of the lists."""
        mine: dict[str, Any] = {"owner_id": self.maria.id, "team_id": self.nobodys.id}
        return await self.lead(**mine, archived_at=self.now, notice=None)

    async def lead(
        self,
        *,
        owner_id: int | None = None,
        team_id: int | None = None,
        line: int = 1,
        **given: Any,
    ) -> Known:
        """With one of everything that leads have."""
        number = self.dice.randrange(10**9)
        says = {
            kind: f"Z{kind}{number}q"
            for kind in ("name", "handle", "text", "file", "note", "payment", "source", "buyer",
                         "campaign", "field", "task")
        }  # fmt: skip
        async with self.site.database.unit_of_work(silent=True) as work:
            about: dict[str, Any] = {
                "first_name": says["name"], "username": says["handle"], "source": says["source"],
                "buyer": says["buyer"], "campaign": says["campaign"],
                "fields": {"own": says["field"]}, "language": "en", "mode": "manual",
                "owner_id": owner_id, "team_id": team_id, "line": line, "spot_id": self.spot_id,
                "seq": 2, "seen": 2, "unread": 1, "notice": State.FAILED,
                "waiting_since": self.now - timedelta(minutes=20), "last_action_at": self.now,
                "last_text": says["text"], "last_author": CLIENT, "last_state": "received",
                "task_due_at": self.now - timedelta(hours=1),
            }  # fmt: skip
            lead = Lead(bot_id=self.bot_id, chat_id=number, telegram_id=number, **about | given)
            work.add(lead)
            await work.flush()
            known = Known(lead.id, owner_id, team_id, line, says=says | {"id": str(lead.id)})
            known.parts["lead_id"] = lead.id
            await self._has(work, known)
            locked = await work.locked_lead(lead.id)
            process = await definition_of(work.session, "greeting", 1)
            await locked.start(process, version=1, by="engine", now=self.now)
            await locked.take_over(by="engine", now=self.now)
        self.every.append(known)
        return known

    def _person(self, number: int, role: Role) -> User:
        team = self.dice.choice([*self.teams, *self.teams, None])
        return User(
            login=f"{role}{number}@country.test", name=f"{role.value} {number}", role=role,
            team_id=team.id if team else None, locale="en",
            line=self.dice.choice((1, 2, None)) if role == Role.MANAGER else None,
        )  # fmt: skip

    def _belonging(self) -> dict[str, Any]:
        owners = [one.id for one in self.people if one.role in (Role.MANAGER, Role.TEAM_LEAD)]
        return {
            "owner_id": self.dice.choice([None, None, None, *owners]),
            "team_id": self.dice.choice([None, *(team.id for team in self.teams)]),
            "line": self.dice.choice((1, 2)),
        }

    async def _shared(self, work: Work) -> None:
        """What belongs to the house and not to a lead."""
        about: dict[str, Any] = {"scope": Scope.ALL, "owner_id": self.maria.id, "name": "ready"}
        rows = {
            "template": Template(**about, words={"en": "hello"}),
            "quick": QuickAction(**about, parts={"ends": "read"}),
            "script": Script(**about),
        }
        for name, row in rows.items():
            work.add(row)
            await work.flush()
            self.shared[name] = row.id

    async def _has(self, work: Work, known: Known) -> None:
        says, parts = known.says, known.parts
        asked = Message(
            lead_id=known.id, position=1, direction=Direction.IN, author=CLIENT,
            text=says["text"], state=State.RECEIVED, written_at=self.now,
        )  # fmt: skip
        failed = Message(
            lead_id=known.id, position=2, direction=Direction.OUT, author="process:greeting/hello",
            text=says["text"], state=State.FAILED, written_at=self.now, telegram_ids=[known.id],
        )  # fmt: skip
        for message in (asked, failed):
            work.add(message)
        await work.flush()
        parts["message_id"] = failed.id
        told = (
            (Action.CLIENT_WROTE, CLIENT, asked.id),
            (Action.MESSAGE_FAILED, "telegram", failed.id),
        )
        for seq, (kind, by, ref) in enumerate(told, 1):
            work.add(Event(lead_id=known.id, seq=seq, kind=kind, actor=by, ref=ref, at=self.now))
        storage: Storage = self.site.app.state.storage
        media = Media(
            lead_id=known.id, message_id=asked.id, kind="photo", state=MediaState.READY,
            name=f"{says['file']}.png", mime="image/png", size=100, width=2, height=2,
            sha256=await storage.keep_bytes(_picture(known.id)),
        )  # fmt: skip
        note = Note(lead_id=known.id, author=self.maria.actor, text=says["note"])
        change = Change(
            lead_id=known.id, message_id=failed.id, kind=ChangeKind.EDIT, text="anew",
            by="user:1", state=State.FAILED, asked_at=self.now,
        )  # fmt: skip
        task = Task(
            lead_id=known.id, what=says["task"], due_at=self.now - timedelta(hours=1),
            assignee_id=known.owner_id, by="engine",
        )  # fmt: skip
        for row in (media, note, change, task):
            work.add(row)
        await work.flush()
        parts |= {"media_id": media.id, "note_id": note.id, "change_id": change.id}
        parts["task_id"] = task.id
        posted = insert(Payment).values(
            lead_id=known.id, kind=Kind.SALE, amount=Decimal(50), currency="USD",
            paid_at=self.now - timedelta(seconds=1), source=says["payment"],
            source_id=says["payment"],
        )  # fmt: skip
        parts["payment_id"] = (await work.execute(posted.returning(Payment.id))).scalar_one()
        work.add(
            Answer(lead_id=known.id, seq=1, user_id=known.owner_id, since=self.now, at=self.now)
        )
        for person in self.people:
            begun = f"Zdraft{known.id}q"
            work.add(Draft(user_id=person.id, lead_id=known.id, text=begun, version="1"))
            if may_see(person, known):  # one may know what one has pinned
                work.add(Pin(user_id=person.id, lead_id=known.id))
        says["draft"] = f"Zdraft{known.id}q"


def _picture(number: int) -> bytes:
    """Of one colour, and no two leads' alike."""
    kept = BytesIO()
    colour = (number % 251, number // 251 % 251, number // 63_001 % 251)
    Image.new("RGB", (2, 2), colour).save(kept, "PNG")
    return kept.getvalue()


def filled(values: Mapping[str, str], known: Known, shared: Mapping[str, int]) -> dict[str, str]:
    """`{lead_id}`, `{name}` and the like in what is sent."""
    around = {**known.says, **known.parts, **shared}
    return {name: value.format(**around) for name, value in values.items()}
