"""The step that gives a lead to somebody."""

import pytest
from pydantic import ValidationError

from models.process.effects import Give, Say
from models.process.language import Process
from models.process.outlook import given_back
from models.process.simulation import run_scenarios
from models.process.steps import Assign
from tests.process.world import HEAD, Ivan, a_process

STEPS = """
sales:
  assign: {by: least_busy, line: 2, team: Nova}
  if_nobody: sorry
  next: hello
hello:
  send: {text: {ru: "С вами на связи", en: "Hello"}}
  next: fin
sorry:
  send: {text: {ru: "Скоро ответим", en: "Soon"}}
  next: fin
fin:
  end: done
"""


def applied(ivan: Ivan, given: str) -> None:
    """As `advance` says it in the same transaction."""
    ivan.state = ivan.state.model_copy(update={"given": given})
    ivan.moves_on()


def test_it_names_whom_to_ask_and_goes_on_when_that_is_done():
    ivan = Ivan(a_process(STEPS)).starts()

    assert [one for one in ivan.effects if isinstance(one, Give)] == [
        Give(way="least_busy", line=2, team="Nova")
    ]
    assert (ivan.state.step, ivan.due_at) == ("sales", ivan.now)
    applied(ivan, "somebody")
    assert ivan.walked[-1] == "hello by next"
    assert ivan.state.given is None


def test_where_nobody_could_get_it_another_way_is_taken():
    ivan = Ivan(a_process(STEPS)).starts()

    applied(ivan, "nobody")

    assert ivan.walked[-1] == "sorry by nobody"


def test_without_that_way_the_next_step_follows_and_the_path_says_why():
    ivan = Ivan(a_process(STEPS.replace("  if_nobody: sorry\n", ""))).starts()

    applied(ivan, "nobody")

    assert ivan.walked[-1] == "hello by nobody"


def test_before_it_is_applied_and_while_a_person_leads_nothing_moves():
    ivan = Ivan(a_process(STEPS)).starts()
    ivan.knows(mode="manual")
    applied(ivan, "somebody")
    assert (ivan.state.step, ivan.due_at) == ("sales", None)

    ivan.is_placed("same")

    assert any(isinstance(one, Give) for one in ivan.effects)
    assert ivan.state.given is None


def test_a_preview_looks_past_it():
    ivan = Ivan(a_process(STEPS)).starts()

    seen = given_back(
        ivan.process, ivan.state, ivan.facts, at="same", read=(), move=9, now=ivan.now
    )

    assert [say.text for say, _ in seen.departures] == ["С вами на связи"]
    assert any(isinstance(one, Say) for one in seen.effects)
    assert seen.state.outcome == "done"


def test_scenarios_say_who_is_at_work():
    scenarios = """
scenarios:
  - name: по очереди
    given: {at_work: [anna, boris]}
    events:
      - expect: {owner: anna, says: С вами, ended: done}
  - name: никого
    given: {at_work: []}
    events:
      - expect: {says: Скоро, ended: done}
"""
    steps = "\n".join(f"  {line}" for line in STEPS.strip().splitlines())
    process = Process.from_yaml(f"{HEAD}\nstart: sales\nsteps:\n{steps}\n{scenarios}")

    assert [result.failures for result in run_scenarios(process)] == [(), ()]


@pytest.mark.parametrize(
    "written",
    [{}, {"to": "anna", "by": "round_robin"}, {"to": "anna", "line": 2}, {"by": "nobody"}],
)
def test_it_is_to_a_person_or_by_turns(written: dict[str, object]):
    with pytest.raises(ValidationError):
        Assign.model_validate(written)
