"""What a branch can ask, each with what holds and what does not."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.process.facts import Paid
from models.process.phrases import found_in, number_in, plain, refused_pattern, says
from tests.process.world import Ivan, a_process

BRANCH = """
ask: {{wait: {{for: reply, timeout: 1h}}, next: which}}
which:
  branch: [{{when: {when}, go: held}}]
  otherwise: not_held
held: {{end: held}}
not_held: {{end: not_held}}
"""
MOSCOW = ZoneInfo("Europe/Moscow")


def held(when: str, *, reply: str | None = None, press: str | None = None, **facts: Any) -> bool:
    top = 'working_hours: {days: mon-fri, from: "10:00", to: "20:00"}'
    ivan = Ivan(a_process(BRANCH.format(when=when), top=top), **facts).starts()
    if press:
        ivan.presses(press)
    elif reply is not None:
        ivan.writes(reply)
    else:
        ivan.waits(hours=1)
    return ivan.state.outcome == "held"


@pytest.mark.parametrize(
    ("when", "reply", "holds"),
    [
        ("{reply: {says: да}}", "Ну ДА!", True),
        ("{reply: {says: да}}", "когда?", False),
        ("{reply: {says: [нет, не хочу]}}", "я не  хочу.", True),
        ("{reply: {says: ещё раз}}", "еще раз", True),
        ("{reply: {says: 👍}}", "👍", True),
        ("{reply: {equals: да}}", " Да. ", True),
        ("{reply: {equals: да}}", "да, хочу", False),
        ("{reply: {contains: регистр}}", "как зарегистрироваться", True),
        ("{reply: {contains: регистр}}", "как записаться", False),
        ('{reply: {matches: "^[a-z]+@[a-z.]+$"}}', "Ivan@mail.ru", True),
        ('{reply: {matches: "^[a-z]+@[a-z.]+$"}}', "нет почты", False),
        ("{reply: {number: true}}", "1 500,50", True),
        ("{reply: {number: true}}", "$200", True),
        ("{reply: {number: true}}", "двести", False),
        ("{reply: {number: false}}", "двести", True),
        ("{reply: {number: {at_least: 100, below: 500}}}", "499", True),
        ("{reply: {number: {at_least: 100, below: 500}}}", "500", False),
        ("{reply: {empty: true}}", "", True),
        ("{reply: {empty: true}}", "да", False),
        ("{reply: {says: да, contains: хочу}}", "да, хочу", True),
        ("{reply: {says: да, contains: хочу}}", "да", False),
        ("{not: {reply: {says: да}}}", "нет", True),
        ("{all: [{reply: {says: да}}, {language: ru}]}", "да", True),
        ("{all: [{reply: {says: да}}, {language: en}]}", "да", False),
        ("{any: [{reply: {says: да}}, {language: ru}]}", "нет", True),
        ("{any: [{reply: {says: да}}, {language: en}]}", "нет", False),
    ],
)
def test_a_reply_is_understood(when: str, reply: str, holds: bool):
    assert held(when, reply=reply) == holds


def test_a_press_is_known_by_its_button():
    assert held("{reply: {button: [yes, sure]}}", press="sure")
    assert not held("{reply: {button: yes}}", press="no")
    assert not held("{reply: {button: yes}}", reply="yes")


def test_what_stands_on_a_button_is_a_reply_too():
    ivan = Ivan(a_process(BRANCH.format(when="{reply: {says: согласен}}"))).starts()

    ivan.presses("yes", "Да, согласен")

    assert ivan.state.outcome == "held"


@pytest.mark.parametrize(("media", "holds"), [("true", True), ("photo", True), ("voice", False)])
def test_files_are_noticed(media: str, holds: bool):
    ivan = Ivan(a_process(BRANCH.format(when=f"{{reply: {{media: {media}}}}}"))).starts()

    ivan.writes(media="photo")

    assert (ivan.state.outcome == "held") == holds


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{tag: vip}", True),
        ("{tag: [холодный, vip]}", True),
        ("{tag: холодный}", False),
        ("{stage: [new, talking]}", True),
        ("{stage: deposit}", False),
        ("{language: [en, ru]}", True),
        ("{language: en}", False),
        ("{line: 2}", True),
        ("{line: 1}", False),
        ("{field: lead.country, equals: BR}", True),
        ("{field: lead.country, equals: [RU, KZ]}", False),
        ("{field: fields.age, number: {at_least: 18}}", True),
        ("{field: fields.age, number: {at_least: 21}}", False),
        ("{field: fields.goal, empty: true}", True),
        ("{payments: {kind: sale}}", True),
        ("{payments: {kind: withdrawal}}", False),
        ("{payments: {count: {equals: 3}}}", True),
        ("{payments: {kind: sale, sum: {at_least: 150}}}", True),
        ("{payments: {kind: sale, sum: {above: 150}}}", False),
        ("{payments: {kind: sale, currency: EUR, sum: {at_least: 1}}}", False),
        ("{visits: {step: ask, equals: 1}}", True),
        ("{visits: {step: ask, at_least: 2}}", False),
    ],
)
def test_facts_are_asked_about(when: str, holds: bool):
    facts: dict[str, Any] = {
        "tags": frozenset({"vip"}),
        "stage": "talking",
        "line": 2,
        "lead": {"country": "BR", "fields.age": "20", "language": "ru-RU"},
        "payments": (
            Paid(kind="sale", amount=Decimal(100), currency="USD"),
            Paid(kind="sale", amount=Decimal(50), currency="USD"),
            Paid(kind="repeat_sale", amount=Decimal(9), currency="EUR"),
        ),
    }

    assert held(when, **facts) == holds


@pytest.mark.parametrize(
    ("when", "at", "holds"),
    [
        ('{time: {from: "10:00", to: "18:00"}}', "2026-01-12T17:59", True),
        ('{time: {from: "10:00", to: "18:00"}}', "2026-01-12T18:00", False),
        ('{time: {from: "22:00", to: "06:00"}}', "2026-01-13T05:59", True),
        ('{time: {from: "22:00", to: "06:00"}}', "2026-01-13T06:00", False),
        ('{time: {days: fri, from: "22:00", to: "06:00"}}', "2026-01-17T03:00", True),
        ('{time: {days: fri, from: "22:00", to: "06:00"}}', "2026-01-16T03:00", False),
        ("{time: {days: sat-sun}}", "2026-01-17T12:00", True),
        ("{time: {days: sat-sun}}", "2026-01-12T12:00", False),
        ('{time: {from: "12:00"}}', "2026-01-12T23:00", True),
        ('{time: {to: "12:00"}}', "2026-01-12T23:00", False),
        ("{time: working_hours}", "2026-01-12T10:00", True),
        ("{time: working_hours}", "2026-01-17T10:00", False),
    ],
)
def test_the_time_is_the_processs_own(when: str, at: str, holds: bool):
    top = 'working_hours: {days: mon-fri, from: "10:00", to: "20:00"}'
    ivan = Ivan(a_process(BRANCH.format(when=when), top=top, start="which"))
    ivan.now = datetime.fromisoformat(at).replace(tzinfo=MOSCOW)

    ivan.starts()

    assert (ivan.state.outcome == "held") == holds


def test_what_the_walk_has_set_is_known_further_on():
    process = a_process(
        """
mark: {set: {tag: vip, stage: deposit, line: 2, fields: {goal: дом}}, next: which}
which:
  branch:
    - when:
        all: [{tag: vip}, {stage: deposit}, {line: 2}, {field: fields.goal, equals: дом}]
      go: yes
  otherwise: no
yes: {end: known}
no: {end: forgotten}
"""
    )

    assert Ivan(process).starts().state.outcome == "known"


def test_the_first_that_holds_is_taken():
    process = a_process(
        """
which:
  branch:
    - {when: {language: en}, go: a}
    - {when: {language: ru}, go: b}
    - {when: {language: ru}, go: c}
  otherwise: d
a: {end: a}
b: {end: b}
c: {end: c}
d: {end: d}
"""
    )

    assert Ivan(process).starts().walked == ["which by start", "b by branch:1"]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "([a-z]+)*x", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^z]$"]
)
def test_no_pattern_takes_long(pattern: str):
    text = "a" * 20_000 + "!"
    assert refused_pattern(pattern) is None

    before = datetime.now()
    found_in(text, pattern)

    assert datetime.now() - before < timedelta(seconds=1)


@pytest.mark.parametrize("pattern", ["(", "[", r"(?=a)", r"\1", "a{1000000}", "x" * 1001])
def test_a_pattern_that_is_not_re2_is_refused_with_a_reason(pattern: str):
    assert refused_pattern(pattern)


@given(st.text(max_size=80), st.text(max_size=20))
def test_anything_can_be_compared(text: str, phrase: str):
    assert says(f"{text} {phrase} {text}", phrase) or not plain(phrase)
    found_in(text, "да|нет")
    number_in(text)
