"""Scenarios run on the real interpreter, and what came out otherwise than expected."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from models.process import scenario as told
from models.process.expectations import Difference
from models.process.moments import spell_duration
from models.process.play import Play
from models.process.problem import mark as _

if TYPE_CHECKING:
    from models.process.language import Process

HAPPENED = {
    "start": _("the process starts"),
    "client": _("the client writes “{what}”"),
    "button": _("the client presses “{what}”"),
    "album": _("the client sends an album of {what}"),
    "wait": _("{what} pass"),
    "event": _("the event “{what}” comes"),
    "payment": _("a payment of {what} comes"),
    "task": _("the task is closed: {what}"),
    "fails": _("the next messages fail: {what}"),
    "takes_over": _("{what} takes the lead over"),
    "gives_back": _("the lead is given back at “{what}”"),
}
FAILURE = _("after “{happened}”: {difference}")


class Failure(NamedTuple):
    """`happened` is a key of HAPPENED; `number` counts the scenario's events from 1."""

    number: int
    happened: str
    what: str
    difference: Difference

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        happened = translate(HAPPENED[self.happened]).format(what=self.what)
        difference = self.difference.sentence(translate)
        return translate(FAILURE).format(happened=happened, difference=difference)


class Result(NamedTuple):
    scenario: str
    failures: tuple[Failure, ...]
    walked: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def run_scenarios(process: "Process") -> list[Result]:
    """Runs all to their ends: a failed expectation does not stop a scenario."""
    return [run_scenario(process, scenario) for scenario in process.scenarios]


def run_scenario(process: "Process", scenario: told.Scenario) -> Result:
    play = Play(process, scenario.given)
    failures: list[Failure] = []
    happened, what = "start", ""
    for number, event in enumerate(scenario.events, start=1):
        if not isinstance(event, told.Expect):
            happened, what = event.kind, _shown(event)
        failures += [
            Failure(number, happened, what, difference) for difference in play.perform(event)
        ]
    return Result(scenario.name, tuple(failures), tuple(play.walked))


def _shown(event: told.Happening) -> str:
    match event:
        case told.Passing():
            return spell_duration(event.wait)
        case told.Payment():
            return f"{event.payment.amount} {event.payment.currency}"
        case _:
            return str(getattr(event, event.kind))
