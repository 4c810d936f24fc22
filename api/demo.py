"""The demo: people, a bot on the demo phone, spots, campaigns, the shipped processes."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from activities.publishing import publish_file
from api.commands import Ground, connect, team_named
from api.demo_deals import deals
from api.demo_past import past
from api.demo_words import demo_words
from models import own_field
from models.database import Work
from models.distribution import Way, set_up
from models.errors import Refused
from models.passwords import Passwords
from models.queries.desk import desk
from models.quick_action import Parts, QuickAction
from models.ready import Scope
from models.shift import OffShift, Span, make_plan, start
from models.spot import Campaign, Spot
from models.user import Role, User

DEFINITIONS = Path(__file__).parent.parent / "workflows" / "definitions"
PASSWORD = "leadloom-demo-2026"  # noqa: S105 - only of the demo, and printed by it
TOKEN = "7000000001:AAE-demo-token-of-nova-start-bot"  # noqa: S105
BOT = {"username": "nova_start_bot", "name": "Nova Start", "token": TOKEN}
PEOPLE = (
    ("anna@demo.example", "Анна Ким", Role.MANAGER, 1),
    ("boris@demo.example", "Борис Орлов", Role.MANAGER, 1),
    ("igor@demo.example", "Игорь Лапин", Role.TEAM_LEAD, None),
    ("dora@demo.example", "Дора Майер", Role.DESIGNER, None),
    ("admin@demo.example", "Мария Седова", Role.ADMIN, None),
    ("ops@demo.example", "Олег Панов", Role.OPS, None),
)
SPOTS = (("nova-br-1", True), ("nova-in-1", False))
CAMPAIGNS = (
    {"payload": "br_nov_02", "spot": "nova-br-1", "buyer": "Максим Орлов", "source": "Facebook",
     "platform": "Instagram Stories", "campaign": "BR_Nov_Start_02", "adset": "25–34_SP_invest",
     "ad": "video_3passos_v4"},
    {"payload": "in_nov_01", "spot": "nova-in-1", "buyer": "Ирина Белова", "source": "Google",
     "platform": "YouTube", "campaign": "IN_Nov_Start_01", "adset": "18–34_DL", "ad": "guide_v2"},
)  # fmt: skip
# (name, digit, hue, words, tags on, tags off, what else it changes)
QUICK_ACTIONS: tuple[
    tuple[str, int, int, dict[str, str], tuple[str, ...], tuple[str, ...], dict[str, Any]], ...
] = (
    ("Ссылка и регистрация", 1, 1,
     {"ru": "{{ lead.first_name | default('Здравствуйте') }}, вот ссылка: {{ link }}",
      "en": "{{ lead.first_name | default('Hello') }}, here is the link: {{ link }}"},
     ("регистрация",), ("молчит",), {"stage": "registration", "owner": "me"}),
    ("Депозит пришёл", 2, 3,
     {"ru": "Получили **{{ сумма }}**, спасибо! Менеджер второй линии напишет сегодня.",
      "en": "We have received **{{ сумма }}**, thank you! A manager will write to you today."},
     ("пополнил",), ("перезвонить", "молчит"), {"stage": "deposit", "line": 2}),
    ("Перезвоню завтра", 3, 5,
     {"ru": "Договорились, напишу вам завтра.", "en": "Agreed, I will write to you tomorrow."},
     ("перезвонить",), (),
     {"ends": "give_back", "task": {"what": "Написать, как договорились", "due": "P1D"}}),
    ("Не отвечать", 4, 6, {}, ("молчит",), (), {"stage": "lost", "ends": "read"}),
)  # fmt: skip
# (key, kind, in Russian, in English, options)
OWN_FIELDS = (
    ("experience", own_field.Kind.CHOICE, "Опыт", "Experience", ("есть", "нет")),
    ("budget", own_field.Kind.NUMBER, "Бюджет, $", "Budget, $", ()),
    ("call_at", own_field.Kind.TEXT, "Удобно звонить", "Good time to call", ()),
)
CLIENTS = (
    ("Lucas", "Almeida", "lucas_almeida", "en", "br_nov_02"),
    ("Priya", "Sharma", "priya_sh", "en", "in_nov_01"),
    ("Дмитрий", "Соколов", "dsokolov", "ru", None),
    ("Марина", "Кравец", "marina_kr", "ru", "br_nov_02"),
)


async def demo(ground: Ground, given: argparse.Namespace) -> None:
    """Only outside production, and only once: a second run says what is there."""
    if ground.settings.environment == "production":
        raise Refused("The demo is not for production")
    hashed = await _hashed()
    async with ground.database.unit_of_work() as work:
        if await User.named(work.session, PEOPLE[0][0]) is None:
            await _people(work, hashed)
            maria = await _admin(work)
            await _quick_actions(work, maria)
            await demo_words(work, maria)
            for key, kind, ru, en, options in OWN_FIELDS:
                await own_field.add(work, key, kind, name_ru=ru, name_en=en, options=options)
                await work.flush()
            await _shifts(work)
    for file in sorted(DEFINITIONS.glob("*.yaml")):
        await publish_file(ground.database, ground.storage, file)
    await _bot_and_spots(ground)
    _print_logins(ground)


async def _hashed() -> str:
    passwords = Passwords()
    try:
        return await passwords.hash(PASSWORD)
    finally:
        passwords.close()


async def _people(work: Work, hashed: str) -> None:
    team = await team_named(work, "Nova")
    for login, name, role, line in PEOPLE:
        work.add(User(login=login, name=name, role=role, line=line, password=hashed,
                      team_id=team.id))  # fmt: skip
    await work.flush()


async def _shifts(work: Work) -> None:
    """Two are at work; who is handed over on line 1 goes to them by turns."""
    team = await team_named(work, "Nova")
    team.shifts, team.off_shift = True, OffShift.WAITING
    for login in ("anna@demo.example", "boris@demo.example"):
        person = await User.named(work.session, login)
        assert person is not None, "they have just come"
        week = [Span(day=day, begins="09:00", ends="18:00") for day in range(5)]
        make_plan(person, week if login.startswith("boris") else [], now=datetime.now(UTC))
        start(person, team=team, now=datetime.now(UTC))
    given = await set_up(work, team_id=team.id, line=1)
    given.way = Way.ROUND_ROBIN


async def _admin(work: Work) -> User:
    login = next(login for login, _name, role, _line in PEOPLE if role == Role.ADMIN)
    maria = await User.named(work.session, login)
    assert maria is not None, "she has just come"
    return maria


async def _quick_actions(work: Work, maria: User) -> None:
    """Everybody's, kept by the admin."""
    tags = {one.name: one.id for one in (await desk(work.session)).tags}
    for name, digit, hue, words, on, off, more in QUICK_ACTIONS:
        parts = {"tag": [tags[one] for one in on], "untag": [tags[one] for one in off], **more}
        action = QuickAction(scope=Scope.ALL, owner_id=maria.id, name=name)
        await action.change(
            work, scope=Scope.ALL, name=name, words=words, hue=hue, digit=digit, by=maria,
            parts=Parts.model_validate(parts),
        )  # fmt: skip
        work.add(action)
        await work.flush()


async def _bot_and_spots(ground: Ground) -> None:
    """The phone gets the bot and the clients, who come when the page of one of them is opened."""
    async with httpx.AsyncClient(base_url=ground.settings.telegram, trust_env=False) as phone:
        made = await phone.post("/control/bots", json=BOT)
        me = (await phone.get(f"/bot{TOKEN}/getMe")).json()
        if not me.get("ok"):
            raise Refused("The demo needs the demo phone: %(why)s", why=made.text)
        async with ground.database.unit_of_work() as work:
            fresh = not (await work.execute(select(Spot.id).limit(1))).first()
            if fresh:
                await _spots(work, ground, me["result"])
        if fresh:
            await _clients(phone, me["result"]["id"])


async def _spots(work: Work, ground: Ground, me: dict[str, object]) -> None:
    bot = await connect(work, ground.settings, TOKEN, me, transport="webhook")
    team = await team_named(work, "Nova")
    spots = {}
    for name, is_default in SPOTS:
        spots[name] = Spot(
            name=name, bot_id=bot.id, process_key="first_contact", is_default=is_default,
            team_id=team.id,
            settings={"link": "https://nova.example/start", "offer": "Nova Start"},
        )  # fmt: skip
        work.add(spots[name])
    await work.flush()
    for row in CAMPAIGNS:
        origin = {key: value for key, value in row.items() if key != "spot"}
        work.add(Campaign(spot_id=spots[row["spot"]].id, **origin))
    await work.flush()
    await past(work, spots)
    await deals(work, await _admin(work))


async def _clients(phone: httpx.AsyncClient, bot_id: object) -> None:
    for first_name, last_name, username, language, payload in CLIENTS:
        client = {"first_name": first_name, "last_name": last_name, "username": username,
                  "language_code": language}  # fmt: skip
        made = (await phone.post("/control/clients", json=client)).json()
        act = f"/control/clients/{made['id']}/start"
        await phone.post(act, json={"bot": bot_id, "payload": payload or ""})


def _print_logins(ground: Ground) -> None:
    print(f"Demo logins (password of all: {PASSWORD})")
    for login, name, role, _ in PEOPLE:
        print(f"  {login:<22} {name}, {role.value}")
    print(f"Demo phone: {ground.settings.telegram}, links with a payload: "
          f"{', '.join(str(row['payload']) for row in CAMPAIGNS)}")  # fmt: skip
