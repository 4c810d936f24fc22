"""The demo's last weeks, as plain rows: leads that came, how far they got, what they paid, how soon
they were answered. They lie in the archive; the reports have something to count."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlmodel import col

from models.answer import Answer
from models.database import Work
from models.lead.lead import Lead
from models.message import Direction, Message, State
from models.payment import Kind, Payment
from models.spot import Campaign, Spot
from models.timeline import CLIENT, Action, Event
from models.user import Role, User

LEADS, WEEKS = 160, 4
CHAT = 5_000_000_001  # of the first: nobody on the demo phone has it
NAMES = {
    "ru": ("Алина", "Тимур", "Ольга", "Егор", "Диана", "Руслан", "Вера", "Марат"),
    "en": ("Paulo", "Neha", "Daniel", "Ines", "Arjun", "Grace", "Victor", "Zara"),
}
SURNAMES = {
    "ru": ("Ткачук", "Мельник", "Бондаренко", "Шевчук", "Гринь", "Савченко"),
    "en": ("Souza", "Patel", "Okoye", "Costa", "Mehta", "Silva"),
}
SAID = {
    "ru": ("Здравствуйте, хочу попробовать", "Здравствуйте. Расскажу, с чего начать."),
    "en": ("Hello, I would like to try", "Hello, I will tell you where to begin."),
}
MORE = {
    "ru": ("А сколько нужно для начала?", "Достаточно 50 $, их можно вывести в любой день."),
    "en": ("How much do I need to begin?", "50 $ are enough, and you can withdraw any day."),
}
WAY = ("new", "talking", "registration", "deposit", "repeat")
GOES_ON = (0.82, 0.6, 0.48, 0.35, 0)  # of those at each stage
GIVES_UP = 0.4  # of those who stop before they have paid
ROBOT = "process:first_contact/guide"
BY_ROBOT = 0.55  # of the answers


async def past(work: Work, spots: Mapping[str, Spot], *, now: datetime | None = None) -> None:
    dice, now = random.Random(7), now or datetime.now(UTC)  # noqa: S311 - a demo
    talking = col(User.role).in_((Role.MANAGER, Role.TEAM_LEAD))
    people = list((await work.execute(select(User).where(talking).order_by(User.id))).scalars())
    campaigns = list((await work.execute(select(Campaign))).scalars())
    for number in range(LEADS):
        origin = dice.choice([*campaigns, None])
        came = now - timedelta(days=1) - timedelta(weeks=WEEKS) * dice.random()
        life = Life(dice, dice.choice(people), came, before=now - timedelta(hours=1))
        life.lives(_lead(dice, number, origin, spots))
        work.add(life.lead)
        await work.flush()
        for message in life.messages:
            message.lead_id = life.lead.id
            work.add(message)
        await work.flush()
        for row in (*life.events, *life.answers):
            row.lead_id = life.lead.id
            work.add(row)
        for paid in life.payments:
            await work.execute(insert(Payment).values(lead_id=life.lead.id, **paid))


def _lead(
    dice: random.Random, number: int, origin: Campaign | None, spots: Mapping[str, Spot]
) -> Lead:
    language = "ru" if origin is None else "en"
    spot = next((one for one in spots.values() if origin and one.id == origin.spot_id), None)
    spot = spot or next(iter(spots.values()))
    about = {
        name: getattr(origin, name)
        for name in ("payload", "buyer", "source", "platform", "campaign", "adset", "ad")
        if origin
    }
    return Lead(
        bot_id=spot.bot_id, spot_id=spot.id, chat_id=CHAT + number, telegram_id=CHAT + number,
        first_name=dice.choice(NAMES[language]), last_name=dice.choice(SURNAMES[language]),
        language=language, country=dice.choice(("BR", "IN", "KZ") if origin else ("RU", "KZ")),
        line=spot.line, mode="manual", **about,
    )  # fmt: skip


class Life:
    """One lead from the first word to the archive."""

    def __init__(self, dice: random.Random, owner: User, came: datetime, *, before: datetime):
        self.dice, self.owner, self.at, self.before = dice, owner, came, before
        self.messages: list[Message] = []
        self.events: list[Event] = []
        self.payments: list[dict[str, Any]] = []
        self.answers: list[Answer] = []

    def lives(self, lead: Lead) -> None:
        self.lead = lead
        lead.created_at, lead.owner_id, lead.mode_at = self.at, self.owner.id, self.at
        self._tell(Action.LEAD_OPENED, CLIENT)
        for asked, answered in (SAID[lead.language or "ru"], MORE[lead.language or "ru"]):
            self._talk(asked, answered)
        self._walk()
        self._tell(Action.ARCHIVED, self.owner.actor)
        lead.seq = lead.seen = len(self.events)
        lead.last_action_at = lead.archived_at = self.at

    def _talk(self, asked: str, answered: str) -> None:
        self._say(asked, CLIENT, Direction.IN, State.RECEIVED, Action.CLIENT_WROTE)
        since = self.at
        if robot := self.dice.random() < BY_ROBOT:
            self._pass(seconds=self.dice.randint(2, 6))
        else:
            self._pass(minutes=self.dice.expovariate(1 / 6) + 0.5)
        by, author = (None, ROBOT) if robot else (self.owner.id, self.owner.actor)
        action = Action.PROCESS_SAID if robot else Action.MANAGER_WROTE
        self._say(answered, author, Direction.OUT, State.SENT, action)
        first = by is not None and not any(one.is_first for one in self.answers)
        self.answers.append(
            Answer(
                lead_id=0, seq=len(self.events), user_id=by, since=since, at=self.at, is_first=first
            )
        )
        self._pass(minutes=self.dice.randint(3, 90))

    def _walk(self) -> None:
        stage = 0
        while self.dice.random() < GOES_ON[stage]:
            self._pass(hours=self.dice.expovariate(1 / 9))
            stage += 1
            self._move(WAY[stage - 1], WAY[stage])
            if WAY[stage] == "deposit":
                self._pay(Kind.SALE, self.dice.choice((50, 50, 100, 100, 150, 250)))
            if WAY[stage] == "repeat":
                self._pay(Kind.REPEAT_SALE, self.dice.choice((100, 200, 300, 500)))
                if self.dice.random() < 0.3:
                    self._pass(hours=self.dice.randint(5, 40))
                    self._pay(Kind.WITHDRAWAL, self.dice.choice((60, 120, 180)))
        if stage < 3 and self.dice.random() < GIVES_UP:
            self._pass(hours=self.dice.randint(2, 60))
            self._move(WAY[stage], "lost")

    def _say(
        self, text: str, author: str, direction: Direction, state: State, action: Action
    ) -> None:
        self._tell(action, author)
        self.messages.append(
            Message(
                position=len(self.events), direction=direction, author=author, text=text,
                state=state, written_at=self.at, sent_at=self.at,
            )
        )  # fmt: skip
        self.lead.last_text, self.lead.last_author, self.lead.last_state = text, author, state

    def _move(self, before: str, after: str) -> None:
        self.lead.stage_key = after
        self._tell(Action.STAGE_CHANGED, self.owner.actor, before=before, after=after)

    def _pay(self, kind: Kind, amount: int) -> None:
        by = "robot:demo"
        self.payments.append(
            {"kind": kind, "amount": Decimal(amount), "currency": "USD", "paid_at": self.at,
             "source": "demo", "source_id": str(uuid4()), "by": by}
        )  # fmt: skip
        self._tell(
            Action.PAYMENT_RECORDED, by, kind=kind, amount=str(amount), currency="USD",
            paid_at=self.at.isoformat(),
        )  # fmt: skip

    def _tell(self, action: Action, by: str, **particulars: Any) -> None:
        self.events.append(
            Event(lead_id=0, seq=len(self.events) + 1, kind=action, actor=by, at=self.at,
                  particulars=particulars)
        )  # fmt: skip

    def _pass(self, **span: float) -> None:
        self.at = min(self.at + timedelta(**span), self.before)
