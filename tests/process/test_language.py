"""YAML as designers write it, read and written back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.process.language import Process
from models.process.moments import spell_duration
from models.process.problem import BrokenDefinition
from models.process.reading import read_yaml
from tests.process.world import NOON, Ivan, a_process


@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "y", "10:00", "1e3", "2026-01-01", "0x1"]
)
def test_words_stay_words(word: str):
    assert read_yaml(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("written", "value"), [("true", True), ("12", 12), ("1.5", 1.5), ("", None)]
)
def test_numbers_and_truth_do_not(written: str, value: object):
    assert read_yaml(f"a: {written}") == {"a": value}


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("20s", timedelta(seconds=20)),
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("3d", timedelta(days=3)),
        ("1d 2h", timedelta(days=1, hours=2)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_durations_are_read(written: str, length: timedelta):
    process = a_process(f"w: {{wait: {{duration: {written}}}, next: bye}}\nbye: {{end: done}}")

    assert Ivan(process).starts().due_at == NOON + length


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=366)))
def test_durations_are_written_as_they_are_read(length: timedelta):
    length -= timedelta(microseconds=length.microseconds)
    written = spell_duration(length)

    process = a_process(f"w: {{wait: {{duration: {written}}}, next: bye}}\nbye: {{end: done}}")

    assert Ivan(process).starts().due_at == NOON + length


def test_one_word_or_a_list_is_the_same():
    one = a_process("m: {set: {tag: vip}, next: bye}\nbye: {end: done}")
    listed = a_process("m: {set: {tag: [vip]}, next: bye}\nbye: {end: done}")

    assert one == listed


def test_one_row_of_buttons_needs_no_list_of_lists():
    send = "m: {{send: {{text: {{ru: x}}, buttons: {buttons}}}, next: bye}}\nbye: {{end: done}}"
    button = "{id: a, text: {ru: Да}}"

    one = a_process(send.format(buttons=f"[{button}]"))
    listed = a_process(send.format(buttons=f"[[{button}]]"))

    assert one == listed


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.sampled_from(["yes", "null", "~", "1", "1.5", "- a", "a: b", "#", " x ", "Да?", "'", "\t"]),
)
def test_any_words_survive_being_written(text: str, tricky: str):
    process = a_process("m: {send: {text: {ru: x}}, next: bye}\nbye: {end: done}")
    words = {"ru": text, "en": tricky + text, "pt": f"{text}\n\n{tricky}\n"}
    step: Any = process.steps["m"]
    changed = step.model_copy(update={"send": step.send.model_copy(update={"text": words})})
    process = process.model_copy(update={"steps": {**process.steps, "m": changed}})

    read: Any = Process.from_yaml(process.to_yaml()).steps["m"]

    assert read.send.text == words


def test_arrows_are_known_by_step():
    process = a_process(
        """
w: {wait: {event: x, timeout: 1h}, if_timeout: b, if_writes: c, next: a}
a: {branch: [{when: {line: 1}, go: b}, {when: {line: 2}, go: c}], otherwise: d}
b: {jump: {to: w, at_most: 1}, otherwise: d}
c: {send: {text: {ru: x}}, if_failed: d, next: d}
d: {end: done}
"""
    )

    assert {
        step: [tuple(arrow) for arrow in arrows] for step, arrows in process.arrows().items()
    } == {
        "w": [("next", "a"), ("writes", "c"), ("timeout", "b")],
        "a": [("branch:0", "b"), ("branch:1", "c"), ("otherwise", "d")],
        "b": [("jump", "w"), ("otherwise", "d")],
        "c": [("next", "d"), ("failed", "d")],
        "d": [],
    }


def test_a_broken_definition_lists_what_is_wrong():
    with pytest.raises(BrokenDefinition) as broken:
        a_process("w: {wait: {for: replly}, next: Bye Bye}")

    assert {problem.step for problem in broken.value.problems} == {"w"}
    assert len(str(broken.value).splitlines()) == 2
