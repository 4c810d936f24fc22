"""Every problem is found where it is, and not where it is not."""

import pytest

from models.process.language import Process
from models.process.problem import SENTENCES, BrokenDefinition, Known, Problem
from tests.process.broken import CASES, GOOD, KNOWN, LOOP


def problems(text: str, known: Known = KNOWN) -> list[Problem]:
    try:
        return Process.from_yaml(text).problems(known)
    except BrokenDefinition as broken:
        return list(broken.problems)


def test_nothing_is_wrong_with_a_good_definition():
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("code", "was", "becomes", "step"),
    [(code, *case) for code, cases in CASES.items() for case in cases],
)
def test_a_broken_one_is_told(code: str, was: str, becomes: str, step: str | None):
    assert was in GOOD

    found = [problem for problem in problems(GOOD.replace(was, becomes)) if problem.code == code]

    assert found
    assert step in [problem.step for problem in found]
    for problem in found:
        assert "{" not in problem.sentence().replace("{{", "").replace("{%", "")


def test_every_problem_has_its_case():
    assert set(CASES) == set(SENTENCES)


def test_all_that_is_wrong_is_told_at_once():
    text = GOOD.replace("typing: 3s", "typin: 3s").replace("quiet: 20s", "quiet: soon")
    text = text.replace("{to: hours, at_most: 2}", "{to: hours}")

    found = {(problem.step, problem.code) for problem in problems(text)}

    assert found == {
        ("ask", "unknown_key"),
        ("answer", "bad_duration"),
        ("again", "jump_without_limit"),
    }


def test_a_mistyped_key_is_told_with_the_nearest():
    (problem,) = problems(GOOD.replace("typing: 3s", "typin: 3s"))

    assert str(problem) == "ask: There is no key “typin” in “send”. Did you mean “typing”?"


def test_a_problem_is_told_in_the_readers_language():
    (problem,) = problems(GOOD.replace("owner: anna", "owner: hanna"))
    russian = {SENTENCES["unknown_user"]: "Нет человека «{user}»."}

    assert problem.sentence(russian.__getitem__) == "Нет человека «hanna»."


def test_a_problem_in_a_scenario_names_the_scenario():
    (problem,) = problems(GOOD.replace("{step: answer}", "{stepp: answer}"))

    assert "scenarios.молчит" in problem.sentence()


def test_errors_come_before_warnings():
    text = GOOD.replace("end: done", "end: done\n  lonely:\n    end: lonely")
    text = text.replace("owner: anna", "owner: hanna")

    assert [problem.severity for problem in problems(text)] == ["error", "warning"]


def test_what_nobody_looked_at_is_not_told():
    assert problems(GOOD, Known()) == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "a: " * 5000,
        "- " * 5000,
        "{a: " * 5000,
        "\x00",
        "\ud800",
        "a: !!python/object:os.system x",
        "? a\n: b",
        "1",
    ],
)
def test_no_text_breaks_the_reader(text: str):
    with pytest.raises(BrokenDefinition):
        Process.from_yaml(text)


def test_a_round_with_a_wait_that_takes_time_is_none():
    good = GOOD.replace("wait: {until: working_hours}\n    next: ask", LOOP)
    assert "cycle_without_wait" in {problem.code for problem in problems(good)}

    good = good.replace("{until: working_hours}", '{until: "10:00"}')

    assert "cycle_without_wait" not in {problem.code for problem in problems(good)}
