"""The demo's first minute: clients talk on the demo phone, managers take over, answer, tag.

Everything goes the way it goes with real people: the phone's acts, the bot, the process, the
lead's own verbs. Afterwards the lists, marks and counters of the messenger have something to show.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from sqlalchemy import select

from api.commands import Ground
from api.demo_client import known_before, less_came
from api.demo_tasks import DAY, HOUR, promised
from models.errors import Missing, Refused
from models.formatting import parse_markup
from models.lead.content import Content
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.message import Message
from models.payment import Kind
from models.pin import Pin
from models.process.version import definition_of
from models.user import User

PATIENCE = 60.0  # seconds that an answer may take
EVERY = 0.25
MANAGERS = {"anna": "anna@demo.example", "boris": "boris@demo.example", "igor": "igor@demo.example"}

T = TypeVar("T")


async def play(ground: Ground, given: argparse.Namespace) -> None:
    """After `demo`, while web and worker run. A second time does nothing."""
    if ground.settings.environment == "production":
        raise Refused("The demo is not for production")
    async with httpx.AsyncClient(base_url=ground.settings.telegram, trust_env=False) as phone:
        (bot, *_) = (await phone.get("/control/bots")).json()
        async with ground.database.reading() as session:
            people = {key: await User.named(session, login) for key, login in MANAGERS.items()}
        if not all(people.values()):
            raise Refused("There is no demo yet: `leadloom.py demo` makes it")
        known = {one["username"] for one in (await phone.get("/control/clients")).json()}
        if not known.isdisjoint(SCENES):
            return
        stage = Stage(ground, phone, bot["id"], {key: one for key, one in people.items() if one})
        ends = await asyncio.gather(
            *(scene(stage) for scene in SCENES.values()), return_exceptions=True
        )
    if broken := [end for end in ends if isinstance(end, BaseException)]:
        raise broken[0]  # the others have been played to their end


@dataclass(frozen=True)
class Stage:
    ground: Ground
    phone: httpx.AsyncClient
    bot: int
    people: dict[str, User]

    async def client(self, first: str, last: str, username: str, language: str) -> "Talk":
        about = {"first_name": first, "last_name": last, "username": username,
                 "language_code": language}  # fmt: skip
        made = (await self.phone.post("/control/clients", json=about)).raise_for_status()
        return Talk(self, made.json()["id"])


@dataclass(frozen=True)
class Talk:
    """One client's conversation, from both sides."""

    stage: Stage
    client: int

    # what the client does

    async def does(self, act: str, **given: Any) -> None:
        path = f"/control/clients/{self.client}/{act}"
        given["bot"] = self.stage.bot
        (await self.stage.phone.post(path, json=given)).raise_for_status()

    async def starts(self, payload: str = "") -> None:
        await self.does("start", payload=payload)

    async def says(self, text: str) -> None:
        """Returns when it is here: what is answered comes after it."""
        await self.does("text", text=text)

        async def arrived() -> bool:
            async with self.lead() as lead:
                said = select(Message.id).where(Message.lead_id == lead.id, Message.text == text)
                return (await lead.work.execute(said)).first() is not None

        await soon(arrived)

    async def hears(self, words: str) -> dict[str, Any]:
        """The robot's or a manager's line that holds these words."""
        path = f"/control/chats/{self.stage.bot}/{self.client}"

        async def heard() -> dict[str, Any] | None:
            lines = (await self.stage.phone.get(path)).json()["lines"]
            return next(
                (one for one in lines if one["from"] == "bot" and words in one["text"]), None
            )

        return await soon(heard)

    async def presses(self, label: str, *, under: str) -> None:
        line = await self.hears(under)
        await self.does("press", message_id=line["message_id"], button=label)

    # what people here do

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[Lead]:
        mine = select(Lead.id).where(Lead.bot_id == self.stage.bot, Lead.telegram_id == self.client)
        async with self.stage.ground.database.unit_of_work() as work:
            found = (await work.execute(mine)).scalar()
            if found is None:
                raise Missing("There is no such lead, or it is not yours to see")
            yield await work.locked_lead(found)

    async def handed_over(self) -> None:
        """Waits until the process asks for a person."""

        async def manual() -> bool:
            async with self.lead() as lead:
                return lead.mode == Mode.MANUAL

        await soon(manual)

    async def writes(self, who: str, text: str) -> None:
        said = parse_markup(text)
        async with self.lead() as lead:
            content = Content(text=said.text, entities=list(said.entities))
            await lead.write(content, by=self.stage.people[who], key=str(uuid4()), now=now())

    async def marks(self, who: str, *tags: str, country: str | None = None, note: str = "") -> None:
        by = self.stage.people[who].actor
        async with self.lead() as lead:
            for tag in tags:
                await lead.tag(tag, by=by, at=now())
            if country:
                lead.set_field("country", country, by=by, at=now())
            if note:
                among = self.stage.people.values()
                written = await lead.write_note(note, by=by, at=now(), among=among)
                await lead.pin_note(written.id, by=by, now=now())

    async def belongs(self, who: str, *, by: str) -> None:
        async with self.lead() as lead:
            lead.assign(self.stage.people[who], by=self.stage.people[by].actor, at=now())

    async def pins(self, who: str) -> None:
        async with self.lead() as lead:
            lead.work.add(Pin(user_id=self.stage.people[who].id, lead_id=lead.id))

    async def goes_on_at(self, step: str, who: str) -> None:
        """Somebody takes the lead over and gives it back at a step of their choice."""
        by = self.stage.people[who].actor
        async with self.lead() as lead:
            await lead.take_over(by=by, now=now())
            state = lead.state
            assert state is not None
            process = await definition_of(lead.work.session, state.process, state.version)
            facts = await lead.facts(state)
            await lead.give_back(by=by, now=now(), at=step, definition=process, facts=facts)

    async def pays(self, amount: str) -> None:
        async with self.lead() as lead:
            await lead.record_payment(
                Kind.SALE, amount=Decimal(amount), currency="USD", paid_at=now(),
                source="demo", source_id=str(uuid4()), by="demo",
            )  # fmt: skip


async def marcus(stage: Stage) -> None:
    """Anna leads, the client is pleased; a colleague left a note."""
    talk = await stage.client("Marcus", "Obi", "marcus_obi", "en")
    await talk.starts("in_nov_01")
    await talk.presses("I want to talk to a person", under="traded before")
    await talk.hears("passing you on")
    await talk.handed_over()
    await talk.belongs("anna", by="igor")
    words = "@Анна Ким, спрашивал о выводе ещё в рекламе."
    await talk.marks("igor", "вывод", country="NG", note=words)
    await talk.writes("anna", "Hello Marcus, this is Anna. What would you like to know?")
    line = await talk.hears("this is Anna")
    await talk.does("react", message_id=line["message_id"], emoji="👍")
    await talk.does("document", name="card-terms.pdf", caption="This is my card")
    await talk.says("How long does a withdrawal take?")
    await talk.writes("anna", "**One working day**, to the card you paid with.")
    line = await talk.hears("One working day")
    await talk.does("react", message_id=line["message_id"], emoji="❤")
    await talk.pins("anna")
    await promised(talk, "anna", "Отправить график выплат", due=-HOUR / 2)
    await promised(talk, "anna", "Позвонить после смены", due=2 * HOUR, by="anna")


async def beatriz(stage: Stage) -> None:
    """She answers by voice, which the robot does not understand: a person is asked for."""
    talk = await stage.client("Beatriz", "Costa", "beatriz_c", "en")
    await talk.starts("br_nov_02")
    await talk.hears("traded before")
    await talk.does("voice")
    await talk.handed_over()
    await talk.marks("igor", country="PT")
    await talk.does("photo", caption="This is where I am stuck")
    await promised(talk, "anna", "Спросить про обучение", due=DAY)


async def anna_petrova(stage: Stage) -> None:
    """Boris answers when she has blocked the bot already."""
    talk = await stage.client("Анна", "Петрова", "a_petrova", "ru")
    await talk.starts()
    await talk.presses("Позовите человека", under="раньше торговали")
    await talk.handed_over()
    await talk.marks("boris", "перезвонить", country="KZ")
    await talk.hears("передаю вас менеджеру")
    await talk.does("block")
    await talk.writes("boris", "Анна, добрый день! Борис на связи.")


async def jordan(stage: Stage) -> None:
    """New to it, goes on with the robot."""
    talk = await stage.client("Jordan", "Wells", "jordanw", "en")
    await talk.starts("in_nov_01")
    await talk.presses("No, I am new", under="traded before")
    await talk.hears("your personal link")
    await talk.marks("igor", country="US")


async def rohan(stage: Stage) -> None:
    """The link breaks while Anna's answer is on its way: nobody knows whether it arrived."""
    talk = await stage.client("Rohan", "Verma", "rohan_v", "en")
    await talk.starts("in_nov_01")
    await talk.presses("I want to talk to a person", under="traded before")
    await talk.hears("passing you on")
    await talk.handed_over()
    await talk.marks("anna", "вывод", "vip", country="IN")
    await talk.says("Which documents do you need?")
    fault = {"kind": "reset_after", "count": 1, "client": talk.client}
    (await stage.phone.post("/control/faults", json=fault)).raise_for_status()
    await talk.writes("anna", "A passport or an ID card, and a photo of yourself with it.")
    await promised(talk, "anna", "Проверить документы", due=4 * DAY, by="anna")
    await promised(talk, "anna", "Уточнить банк", due=HOUR, by="anna", done="Банк подходит")


async def camila(stage: Stage) -> None:
    """Says no: the robot says goodbye, the deal is lost."""
    talk = await stage.client("Camila", "Nunes", "camila_n", "en")
    await talk.starts("br_nov_02")
    await talk.hears("traded before")
    await talk.says("Not interested, thank you")
    await talk.hears("will not bother you")
    await talk.marks("igor", country="BR")


async def kwame(stage: Stage) -> None:
    """Has just sent an album and a question; it waits for somebody."""
    talk = await stage.client("Kwame", "Asante", "kwame_a", "en")
    await talk.starts()
    await talk.presses("Yes, I have", under="traded before")
    await talk.hears("your personal link")
    await talk.does("album", count=3, caption="My last month")
    await talk.says("Can I move my account to you?")
    await talk.handed_over()
    await talk.marks("igor", country="GH")


async def olga(stage: Stage) -> None:
    """Signed up, paid a large sum: line two."""
    talk = await stage.client("Ольга", "Мельник", "olga_melnik", "ru")
    await talk.starts("br_nov_02")
    await talk.presses("Да, есть опыт", under="раньше торговали")
    await talk.hears("ваша личная ссылка")
    await talk.goes_on_at("registered", "igor")
    await talk.hears("Вижу вашу регистрацию")
    await talk.pays("1500")
    await talk.hears("Пополнение пришло")
    async with talk.lead() as lead:
        await known_before(lead, by=stage.people["igor"])
        await less_came(lead, by=stage.people["igor"])
    await talk.marks("igor", country="UA")


Scene = Callable[[Stage], Awaitable[None]]
SCENES: dict[str, Scene] = {
    "marcus_obi": marcus, "beatriz_c": beatriz, "a_petrova": anna_petrova, "jordanw": jordan,
    "rohan_v": rohan, "camila_n": camila, "kwame_a": kwame, "olga_melnik": olga,
}  # fmt: skip


async def soon(true: Callable[[], Awaitable[T | None]]) -> T:
    """The first answer that is one. Raises Refused when it does not come."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            if answer := await true():
                return answer
        except Missing:
            pass
        if asyncio.get_running_loop().time() > deadline:
            raise Refused("The demo's clients get no answer: do web and worker run?")
        await asyncio.sleep(EVERY)


def now() -> datetime:
    return datetime.now(UTC)
