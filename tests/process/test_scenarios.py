"""Scenarios say in a sentence what came out otherwise than expected."""

import pytest

from models.process.language import Process
from models.process.simulation import run_scenarios

PROCESS = """\
process: small
title: {ru: Малый, en: Small}
languages: [ru, en]
time_zone: Europe/Moscow
start: ask
steps:
  ask:
    send:
      text: {ru: "Идём, {{ lead.first_name }}?", en: "Coming, {{ lead.first_name }}?"}
      media: [photo: a.png]
      buttons: [{id: yes, text: {ru: Да, en: Yes}}, {id: no, text: {ru: Нет, en: No}}]
    next: answer
  answer:
    wait: {for: reply, quiet: 20s, timeout: 2h}
    if_timeout: nudge
    next: which
  nudge:
    send: {text: {ru: Вы тут, en: Still here}}
    next: answer
  which:
    branch: [{when: {reply: {any_of_these: да}}, go: mark}]
    otherwise: human
  mark:
    set: {stage: talking, line: 2, tag: тёплый, owner: anna, fields: {goal: "{{ reply }}"}}
    next: note
  note: {note: "Согласен: {{ reply }}", next: paid}
  paid: {wait: {event: "payment:sale"}, next: fin}
  human: {hand_over: {reason: {ru: "Сказал: {{ reply }}", en: Said}}, next: answer}
  fin: {end: done}
scenarios:
  - name: проба
    given: {lead: {first_name: Олег}, payload: abc, stage: new}
    events:
""".replace("any_of_these", "says")


def play(*events: str, given: str = "") -> list[str]:
    text = PROCESS + "".join(f"      - {event}\n" for event in events)
    if given:
        text = text.replace("{lead: {first_name: Олег}, payload: abc, stage: new}", given)
    (result,) = run_scenarios(Process.from_yaml(text))
    assert result.passed == (not result.failures)
    return [failure.sentence() for failure in result.failures]


@pytest.mark.parametrize(
    ("before", "holds", "fails", "sentence"),
    [
        (
            [],
            "says: 'идём, олег'",
            "says: Пока",
            "expected the words “Пока”, was said: Идём, Олег?",
        ),
        ([], "never_says: Пока", "never_says: Идём", "not expected: “Идём”"),
        (["wait: 1h"], "silent: false", "silent: true", "expected silence, was said: Идём"),
        (["expect: {}"], "silent: true", "silent: false", "expected some words"),
        ([], "media: true", "media: false", "expected media False, is True"),
        ([], "buttons: [yes, no]", "buttons: sure", "expected buttons sure, is yes, no"),
        ([], "step: answer", "step: which", "expected step which, is answer"),
        ([], "mode: auto", "mode: manual", "expected mode manual, is auto"),
        ([], "stage: new", "stage: lost", "expected stage lost, is new"),
        (["client: да"], "stage: talking", "stage: new", "expected stage new, is talking"),
        (["client: да"], "line: 2", "line: 1", "expected line 1, is 2"),
        (["client: да"], "owner: anna", "owner: boris", "expected owner boris, is anna"),
        (["client: да"], "tags: тёплый", "tags: [vip]", "expected tags vip, is тёплый"),
        (["client: да"], "no_tags: vip", "no_tags: тёплый", "expected no_tags тёплый"),
        (["client: да"], "fields: {goal: да}", "fields: {goal: нет}", "fields.goal нет, is да"),
        (["client: да"], "note: Согласен", "note: Отказ", "expected note Отказ, is Согласен: да"),
        (["client: ?!"], "reason: Сказал", "reason: Ушёл", "expected reason Ушёл, is asked / Сказ"),
        ([], "waits_for: reply", "waits_for: event", "expected waits_for event, is reply"),
        (["client: ?!"], "waits_for: nothing", "waits_for: reply", "reply, is nothing"),
        (["wait: 30m"], "waits: 1h30m", "waits: 2h", "expected waits 2h, is 1h30m"),
        ([], "until: mon 14:00", "until: mon 15:00", "expected until mon 15:00, is mon 14:00"),
        ([], 'until: "14:00"', 'until: "15:00"', "expected until 15:00, is mon 14:00"),
        (["client: да", "payment: {}"], "ended: done", "ended: lost", "ended lost, is done"),
    ],
)
def test_an_expectation_holds_or_says_what_is(
    before: list[str], holds: str, fails: str, sentence: str
):
    assert play(*before, f"expect: {{{holds}}}") == []
    (failure,) = play(*before, f"expect: {{{fails}}}")
    assert sentence in failure


def test_a_failure_says_what_had_happened_before():
    (failure,) = play("wait: 1h59m", "expect: {step: nudge}")

    assert failure == "after “1h59m pass”: expected step nudge, is answer"


@pytest.mark.parametrize(
    ("event", "happened"),
    [
        ("client: да", "the client writes “да”"),
        ("button: yes", "the client presses “yes”"),
        ("album: 3", "the client sends an album of 3"),
        ("event: registration", "the event “registration” comes"),
        ("payment: {amount: 50}", "a payment of 50 USD comes"),
        ("takes_over: Анна", "Анна takes the lead over"),
    ],
)
def test_what_had_happened_is_said_in_words(event: str, happened: str):
    (failure,) = play(event, "expect: {step: nowhere}")

    assert failure.startswith(f"after “{happened}”: expected step nowhere, is ")


def test_before_anything_happened_the_process_has_started():
    (failure,) = play("expect: {step: nowhere}")

    assert failure.startswith("after “the process starts”")


def test_failures_are_told_in_the_readers_language():
    text = PROCESS + "      - wait: 2h\n      - expect: {step: fin}\n"
    (result,) = run_scenarios(Process.from_yaml(text))
    russian = {
        "after “{happened}”: {difference}": "после «{happened}»: {difference}",
        "{what} pass": "проходит {what}",
        "expected {what} {expected}, is {actual}": "ждали {what} {expected}, есть {actual}",
    }

    (failure,) = result.failures
    assert (
        failure.sentence(russian.__getitem__) == "после «проходит 2h»: ждали step fin, есть answer"
    )


def test_all_failures_are_told_and_the_scenario_goes_on():
    assert len(play("expect: {step: a, stage: b}", "client: да", "expect: {step: c}")) == 3


def test_messages_in_a_row_are_one_reply():
    assert play("client: ну", "client: да", "expect: {step: paid, note: ну}") == []


def test_a_message_after_the_quiet_time_is_another():
    assert play("client: ну", "wait: 20s", "client: да", "expect: {step: human}") == []


def test_a_button_that_is_not_there_cannot_be_pressed():
    (failure,) = play("button: maybe")

    assert "there is no button “maybe” to press, there are: yes, no" in failure


def test_messages_fail_when_told():
    expected = "expect: {mode: manual, reason: send_failed, step: ask}"

    assert play("fails: бот заблокирован", expected) == []
    assert play("wait: 1m", expected) != []


def test_only_the_next_messages_fail():
    assert play("expect: {}", "fails: раз", "wait: 2h", "expect: {step: nudge}") == []
    assert play("expect: {}", "wait: 2h", "expect: {step: answer}") == []


def test_taken_over_nothing_is_said_until_it_is_given_back():
    events = ["takes_over: Анна", "expect: {}", "wait: 5h", "expect: {silent: true, mode: manual}"]

    assert play(*events, "gives_back: same", "expect: {mode: auto, waits: 2h}") == []
    assert play("expect: {}", "wait: 5h", "expect: {silent: true}") != []


def test_a_lead_cannot_be_given_back_nowhere():
    (failure,) = play("takes_over: Анна", "gives_back: nowhere")

    assert "there is no step “nowhere” to go on at" in failure


def test_the_lead_is_as_given():
    given = "{language: en, lead: {first_name: Ann}, tags: vip, line: 1, fields: {goal: дом}}"
    expected = "expect: {says: 'Coming, Ann', tags: vip, line: 1, fields: {goal: дом}}"

    assert play(expected, given=given) == []
    assert len(play(expected)) == 4


def test_the_scenario_begins_when_it_says():
    assert play("expect: {until: sat 01:30}", given="{at: fri 23:30}") == []


def test_a_process_that_never_rests_is_told():
    text = PROCESS.replace("wait: {for: reply, quiet: 20s, timeout: 2h}", "note: x")
    text = text.replace("    if_timeout: nudge\n    next: which", "    next: nudge")
    (result,) = run_scenarios(Process.from_yaml(text + "      - expect: {step: nudge}\n"))

    assert "does not come to rest: 500 moves" in result.failures[0].sentence()
