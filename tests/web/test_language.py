"""Two languages, each complete; dates and numbers as their readers write them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from api import keyboard, language, words
from api.catalogue import spoken, translated
from api.language import Reader, reading
from api.rendering import environment
from api.samples import SampleCast
from api.sections import SECTIONS
from api.sentences import line
from api.told import feminine
from models.message import State
from models.timeline import Action, Event
from models.user import Role

RU, EN = Reader("ru", "Europe/Moscow"), Reader("en", "America/Sao_Paulo")
HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
NOON = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)


def forms(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list | tuple) else [str(said or "")]


def test_every_sentence_has_its_russian():
    known = {(one.context, one.id): one for one in translated("ru")}
    missing, wrong = [], []
    for said in spoken():
        if not said.id:
            continue
        kept = known.get((said.context, said.id))
        strings = forms(kept.string) if kept else [""]
        if not all(strings) or (kept and kept.fuzzy):
            missing.append(said.id)
        wanted = set(HOLES.findall(forms(said.id)[-1]))
        # "взял{а}": an ending for women is not a hole
        wrong += [one for one in strings if one and not wanted <= set(HOLES.findall(one))]
    assert missing == [], "run `make messages` and translate"
    assert wrong == [], "a translation lacks what is put in"


def test_the_gathering_finds_every_source():
    """A wrong path would find nothing, silently."""
    files = {file for one in spoken() for file, _line in one.locations}
    assert {"api/words.py", "api/templates/_shell.html", "api/templates/sessions/new.html",
            "models/database.py", "api/routes/sessions.py"} <= files  # fmt: skip
    ids = {one.id for one in spoken()}
    assert "The lead has moved on since you looked" in ids, "errors' sentences are message ids"
    assert ("%(num)s lead", "%(num)s leads") in ids


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 лид"), (2, "2 лида"), (5, "5 лидов"), (11, "11 лидов"), (21, "21 лид"), (0, "0 лидов")],
)
def test_russian_counts_by_its_rule(count: int, said: str):
    template = environment.from_string("{{ ngettext('%(num)s lead', '%(num)s leads', n) }}")
    with reading(RU):
        assert template.render(n=count) == said


def test_times_are_the_readers_own():
    with reading(RU):
        assert language.clock(NOON) == "15:03"
        assert language.short(NOON, now=NOON) == "15:03"
        assert language.short(NOON - timedelta(days=1), now=NOON) == "вчера"
        assert language.short(NOON - timedelta(days=5), now=NOON) == "17 ноя"
        assert language.day(NOON, now=NOON) == "Сегодня, 22 ноября"
        assert language.full(NOON - timedelta(days=400), now=NOON) == "18 окт 2025, 15:03"
    with reading(EN):
        assert language.clock(NOON) == "09:03"
        assert language.day(NOON - timedelta(days=1), now=NOON) == "Yesterday, 21 November"


def test_a_late_evening_is_the_next_day_further_east():
    late = datetime(2026, 11, 22, 22, tzinfo=UTC)
    with reading(Reader("ru", "Asia/Vladivostok")):
        assert language.day(late, now=late) == "Сегодня, 23 ноября"
    with reading(RU):
        assert language.day(late, now=late) == "Сегодня, 23 ноября"
    with reading(EN):
        assert language.day(late, now=late) == "Today, 22 November"


def test_money_and_numbers_are_written_as_usual():
    with reading(RU):
        assert language.money(50, "USD").replace("\xa0", " ") == "50 $"
        assert language.number(1240).replace("\xa0", " ") == "1 240"
        assert language.duration(timedelta(minutes=12)).replace("\xa0", " ") == "12 мин"
    with reading(EN):
        assert language.money(50, "USD") == "$50"
        assert language.number(1240) == "1,240"
        assert language.duration(timedelta(hours=26)) == "1 day"


def told(action: Action, actor: str, **given: object) -> str:
    event = Event(lead_id=1, seq=1, kind=action, actor=actor, at=NOON, particulars=given)
    said = line(event, SampleCast())
    assert said is not None
    return str(said.said)


def test_the_sentence_is_worded_for_its_reader():
    with reading(RU):
        assert told(Action.TAKEN_OVER, "user:5") == "<b>Анна Ким</b> взяла диалог на себя"
        assert told(Action.TAKEN_OVER, "user:6") == "<b>Игорь Лапин</b> взял диалог на себя"
    with reading(EN):
        assert told(Action.TAKEN_OVER, "user:5") == "<b>Анна Ким</b> took the chat over"


@pytest.mark.parametrize(
    ("name", "is_hers"),
    [("Анна Ким", True), ("Дарья", True), ("Игорь Лапин", False), ("Никита Орлов", False),
     ("Carol Hunt", False), ("Робот", False)],
)  # fmt: skip
def test_an_ending_follows_the_name(name: str, is_hers: bool):
    assert feminine(name) is is_hers


def test_what_a_client_chose_to_be_called_stays_text():
    nasty = "<script>alert(1)</script>{а}%(who)s"
    with reading(RU):
        said = told(Action.CLIENT_PRESSED, "client", text=nasty)
        assert "<script>" not in said
        assert "&lt;script&gt;" in said
        assert "{а}%(who)s" in said


@pytest.mark.parametrize("reader", [RU, EN], ids=["ru", "en"])
def test_every_word_of_an_enum_exists(reader: Reader):
    with reading(reader):
        for state in set(State) - {State.RECEIVED}:
            assert words.mark(state).said
        assert all(words.role(role) for role in Role)
        assert len(list(keyboard.keys(SECTIONS))) > 5
        assert words.why_not_sent("Forbidden: bot was blocked by the user")
        assert words.why_manual("asked", {"en": "Angry", "ru": "Злится"}) in ("Angry", "Злится")


def test_messages_tell_nothing_on_the_line_and_everything_else_does():
    in_bubbles = {
        Action.CLIENT_WROTE, Action.MEDIA_FETCHED, Action.CLIENT_EDITED, Action.CLIENT_REACTED,
        Action.MANAGER_WROTE, Action.PROCESS_SAID, Action.MESSAGE_SENT, Action.MESSAGE_FAILED,
        Action.MESSAGE_UNKNOWN, Action.MESSAGE_CANCELLED, Action.MESSAGE_REQUEUED,
        Action.MESSAGE_EDITED, Action.MESSAGE_DELETED, Action.MESSAGE_REACTED,
        Action.CHANGE_ASKED, Action.CHANGE_FAILED, Action.CHANGE_DROPPED,
    }  # fmt: skip
    given = {"kind": "sale", "amount": "5", "currency": "USD", "before": 5, "after": 6}
    given |= {"was_amount": "4", "was_currency": "EUR"}
    given |= {"was_due_at": NOON.isoformat(), "due_at": NOON.isoformat()}
    for action in Action:
        event = Event(lead_id=1, seq=1, kind=action, actor="user:5", at=NOON, particulars=given)
        with reading(RU):
            assert (line(event, SampleCast()) is None) is (action in in_bubbles), action
