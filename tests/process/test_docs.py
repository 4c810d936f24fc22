"""The page about the language is true: its examples work, and nothing is left out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from models.process import conditions, scenario, steps
from models.process.comparisons import Amount, ReplyMatch
from models.process.effects import MediaKind
from models.process.facts import LEAD_KEYS
from models.process.language import Process
from models.process.macros import FILTERS
from models.process.problem import SENTENCES, Known
from models.process.reading import read_yaml
from models.process.simulation import run_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "process-language.md").read_text()
EXAMPLES = re.findall(r"^```yaml ?(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEAD: dict[str, Any] = {
    "process": "example",
    "title": {"ru": "Пример", "en": "Example"},
    "languages": ["ru", "en"],
    "working_hours": {"from": "10:00", "to": "20:00"},
    "fields": {"goal": {"ru": "Цель", "en": "Goal"}, "age": {"ru": "Возраст", "en": "Age"}},
}
BUTTONS = {
    "text": {"ru": "Да", "en": "Yes"},
    "buttons": [{"id": name, "text": {"ru": "Да", "en": "Yes"}} for name in ("yes", "sure")],
}


def of_steps(example: str) -> dict[str, Any]:
    return {"steps": read_yaml(example)}


def of_conditions(example: str) -> dict[str, Any]:
    options = [{"when": condition, "go": "offer"} for condition in a_list(example)]
    return {"steps": {"which": {"branch": options, "otherwise": "nudge"}}}


def of_events(example: str) -> dict[str, Any]:
    return {
        "steps": {"ask": {"wait": {"for": "reply"}, "next": "offer"}},
        "scenarios": [{"name": "пример", "events": a_list(example)}],
    }


def a_list(example: str) -> list[Any]:
    return list(read_yaml("listed:\n" + example)["listed"])


KINDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "steps": of_steps,
    "conditions": of_conditions,
    "events": of_events,
}


@pytest.mark.parametrize(("kind", "example"), [example for example in EXAMPLES if example[0]])
def test_a_part_of_a_process_is_right(kind: str, example: str):
    written = {**HEAD, **KINDS[kind](example)}
    written["start"] = next(iter(written["steps"]))
    arrows = Process.model_validate(written).arrows().values()
    for target in {arrow.to for ways in arrows for arrow in ways} - set(written["steps"]):
        written["steps"][target] = {"send": BUTTONS, "next": "fin"}
    written["steps"]["fin"] = {"end": "done"}

    problems = Process.model_validate(written).problems()

    assert [problem for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("example", [text for kind, text in EXAMPLES if not kind])
def test_a_whole_process_is_right_and_its_scenarios_hold(example: str):
    process = Process.from_yaml(example)

    assert process.problems(Known(tags=frozenset({"тест-драйв"}), stages=("talking",))) == []
    assert [failure for result in run_scenarios(process) for failure in result.failures] == []


@pytest.mark.parametrize(
    "word",
    [
        *steps.KINDS,
        *conditions.KINDS,
        *scenario.EVENTS,
        *scenario.Expected.keys(),
        *scenario.Given.keys(),
        *ReplyMatch.keys(),
        *Amount.keys(),
        *FILTERS,
        *(f"lead.{key}" for key in LEAD_KEYS),
        *SENTENCES,
        *get_args(MediaKind),
        *Process.model_fields,
        *steps.Changes.keys(),
        "if_timeout",
        "if_writes",
        "if_failed",
        "otherwise",
        "quiet",
        "duration",
        "until",
        "working_hours",
    ],
)
def test_nothing_is_left_out(word: str):
    assert re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", PAGE)


def test_no_problem_is_told_of_that_there_is_not():
    table = PAGE[PAGE.index("## Problems") :]

    assert set(re.findall(r"`([a-z_]{4,})`", table)) - set(SENTENCES) == set()
