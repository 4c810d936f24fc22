"""A large world by COPY: leads who talked for two months, for pages, searches and plans.

    python -m tests.bench.seed --leads 100000 --messages 2000000 [--url postgresql://…]

Without an address it fills the database of the settings. The database must be migrated; what is
there stays. About 20,000 messages a second on two cores, a third of it for the words of search.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from models.settings import settings

NAMES = ("Иван", "Анна", "Пётр", "Мария", "Олег", "Дарья", "Артём", "Софья", "Марк", "Ника")
SURNAMES = ("Ким", "Орлов", "Титова", "Лебедев", "Громов", "Соколова", "Власов", "Белова")
WORDS = (
    "здравствуйте", "да", "нет", "спасибо", "хорошо", "когда", "сколько", "вопрос", "деньги",
    "счёт", "регистрация", "платформа", "завтра", "вечером", "утром", "телефон", "перезвоните",
    "интересно", "дорого", "бонус", "депозит", "вывод", "карта", "банк", "обучение", "видео",
    "ссылка", "пароль", "почта", "ошибка", "помогите", "готов", "подумаю", "жду", "понятно",
    "начнём", "первый", "второй", "шаг", "договор", "документ", "проверка", "баланс", "торговля",
    "акции", "валюта", "процент", "менеджер", "звонок",
)  # fmt: skip
STAGES = ("new", "talking", "registration", "deposit", "repeat", "lost")
STEPS = ("greet", "answer", "nudge", "help_register", "wait_deposit", "human")
SAID, MANAGER, WROTE = "process:first_contact/answer", "user:{}", "client"
SPAN = timedelta(days=60)
BUSIEST = 40  # how many times the mean the most talkative leads write
PEOPLE = 20


@dataclass
class Told:
    """One message with the events that it leaves."""

    author: str
    text: str
    at: datetime
    events: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.seed", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--url", default=settings().postgres)
    asked = parser.parse_args()
    begun = time.monotonic()
    seed(asked.url, leads=asked.leads, messages=asked.messages)
    print(f"{asked.leads} leads, {asked.messages} messages: {time.monotonic() - begun:.0f} s")


def seed(
    url: str,
    *,
    leads: int,
    messages: int,
    process: str = "first_contact",
    steps: Sequence[str] = STEPS,
    now: datetime | None = None,
) -> int:
    """Returns the id of the first new lead; the others follow it. The process is published."""
    dice, now = random.Random(leads), now or datetime.now(UTC)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cursor = connection.cursor()
        bot, people = _around(cursor)
        first_lead = _next(cursor, "lead")
        world = World(_shares(dice, leads, messages), first_lead, people, now)
        with cursor.copy(_copy("lead", LEAD)) as copy:
            for number, told in world.conversations():
                at = (process, dice.choice(steps))
                copy.write_row(_lead(dice, number, told, bot=bot, people=people, at=at))
        cursor.execute("alter table message disable trigger message_words_kept")
        first_message = _next(cursor, "message")
        with cursor.copy(_copy("message", MESSAGE)) as copy:
            for row in _messages(world, first=first_message):
                copy.write_row(row)
        with cursor.copy(_copy("event", EVENT)) as copy:
            for row in _events(world, first=first_message):
                copy.write_row(row)
        cursor.execute("alter table message enable trigger message_words_kept")
        _settle(cursor, first_lead, first_message)
        connection.commit()
        connection.autocommit = True
        for table in ("lead", "message", "event", "message_search", "lead_tag"):
            cursor.execute(f"analyze {table}".encode())
    return first_lead


LEAD = (
    "id, bot_id, chat_id, telegram_id, first_name, last_name, username, language, country,"
    " stage_key, line, owner_id, seq, seen, move, mode, mode_at, process_key, version, step,"
    " last_action_at, last_text, last_author, last_state, unread"
)
MESSAGE = (
    "id, lead_id, position, direction, author, text, state, written_at, created_at, telegram_ids"
)
EVENT = "lead_id, seq, kind, ref, actor, at, received_at"


def _around(cursor: psycopg.Cursor) -> tuple[int, list[int]]:
    """A bot that nobody writes to, and people to own the leads."""
    cursor.execute(
        "insert into bot (id, username, name, token, transport, path, secret, update_offset,"
        " failures) values (1, 'seeded_bot', 'Seeded', '', 'none', 'seeded', '', 0, 0)"
        " on conflict do nothing"
    )
    cursor.execute(
        "insert into user_account (login, name, role, line, locale, time_zone, theme)"
        " select 'seed' || n || '@leadloom.test', 'Менеджер ' || n, 'manager', 1 + n %% 2, 'ru',"
        " 'Europe/Moscow', 'auto' from generate_series(1, %s) n on conflict do nothing",
        [PEOPLE],
    )
    cursor.execute("select id from user_account where login like 'seed%@leadloom.test'")
    return 1, [row[0] for row in cursor.fetchall()]


def _next(cursor: psycopg.Cursor, table: str) -> int:
    cursor.execute(f"select coalesce(max(id), 0) + 1 from {table}".encode())
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _shares(dice: random.Random, leads: int, messages: int) -> list[int]:
    """Few talk much: how many messages each lead has, a thousand leads or a million."""
    weights = [min(dice.paretovariate(1.2), BUSIEST) for _ in range(leads)]
    each = messages / sum(weights)
    return [max(1, round(weight * each)) for weight in weights]


@dataclass
class World:
    """Conversations are made anew for each table: two million of them would fill the memory."""

    shares: list[int]
    first_lead: int
    people: list[int]
    now: datetime

    def conversations(self) -> Iterator[tuple[int, list[Told]]]:
        for number, count in enumerate(self.shares, self.first_lead):
            yield number, list(self._conversation(random.Random(number), count))

    def _conversation(self, dice: random.Random, count: int) -> Iterator[Told]:
        last = self.now - SPAN * dice.random()
        gap = min(timedelta(hours=6), SPAN / (count + 1))
        person = MANAGER.format(dice.choice(self.people))
        for number in range(count):
            at = last - gap * (count - number - 1)
            text = " ".join(dice.choices(WORDS, k=dice.randint(1, 12)))
            if dice.random() < 0.02:
                text += f" код {dice.randrange(10**6):06}"
            if number % 2 == 0:
                yield Told(WROTE, text, at, ("client_wrote",))
            elif dice.random() < 0.6:
                yield Told(SAID, text, at, ("process_said", "message_sent"))
            else:
                yield Told(person, text, at, ("manager_wrote", "message_sent"))


def _lead(
    dice: random.Random, number: int, told: list[Told], *, bot: int, people: list[int],
    at: tuple[str, str],
) -> tuple[object, ...]:  # fmt: skip
    last, seq = told[-1], sum(len(one.events) for one in told)
    manual = dice.random() < 0.2
    chat = 10_000_000_000 + number
    return (
        number, bot, chat, chat, dice.choice(NAMES), dice.choice(SURNAMES), f"user_{number}", "ru",
        dice.choice(("RU", "KZ", "BR", "IN")), dice.choice(STAGES), dice.choice((1, 2)),
        dice.choice(people) if manual or dice.random() < 0.3 else None, seq, seq, len(told),
        "manual" if manual else "auto", told[0].at, at[0], 1, at[1],
        last.at, last.text[:160], last.author,
        "received" if last.author == WROTE else "sent", int(last.author == WROTE),
    )  # fmt: skip


def _messages(world: World, *, first: int) -> Iterator[tuple[object, ...]]:
    number = first
    for lead, told in world.conversations():
        seq = 1
        for one in told:
            mine = one.author != WROTE
            yield (
                number, lead, seq, "out" if mine else "in", one.author, one.text,
                "sent" if mine else "received", one.at, one.at, [number % 2**31],
            )  # fmt: skip
            number, seq = number + 1, seq + len(one.events)


def _events(world: World, *, first: int) -> Iterator[tuple[object, ...]]:
    number = first
    for lead, told in world.conversations():
        seq = 1
        for one in told:
            for kind in one.events:
                actor = "telegram" if kind == "message_sent" else one.author
                yield lead, seq, kind, number, actor, one.at, one.at
                seq += 1
            number += 1


def _settle(cursor: psycopg.Cursor, first_lead: int, first_message: int) -> None:
    """Numbers go on behind the new rows; words can be found; a third of the leads has tags."""
    for table in ("lead", "message"):
        cursor.execute(
            f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}".encode()
        )
    cursor.execute("select grow_message_search()")
    cursor.execute(
        "insert into message_search (message_id, lead_id, tsv) select id, lead_id,"
        " to_tsvector('simple', text) from message where id >= %s",
        [first_message],
    )
    cursor.execute(
        "insert into lead_tag (tag_id, lead_id) select t.id, l.id from lead l"
        " join (select id, row_number() over (order by id) as n from tag) t"
        " on t.n = 1 + l.id %% 7 where l.id >= %s and l.id %% 3 = 0",
        [first_lead],
    )


def _copy(table: str, columns: str) -> bytes:
    return f"copy {table} ({columns}) from stdin".encode()


if __name__ == "__main__":
    main()
