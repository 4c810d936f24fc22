"""What a scenario expects, compared with what is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from models.process.effects import Say, SetTask
from models.process.facts import Facts
from models.process.moments import DAYS, spell_duration, zone_of
from models.process.problem import mark as _
from models.process.state import ProcessState

if TYPE_CHECKING:
    from models.process.scenario import Expected

SHOWN = 120

SENTENCES = {
    "is": _("expected {what} {expected}, is {actual}"),
    "says": _("expected the words “{expected}”, was said: {actual}"),
    "never_says": _("these words were not expected: “{expected}”"),
    "silent": _("expected silence, was said: {actual}"),
    "spoke": _("expected some words, nothing was said"),
    "no_button": _("there is no button “{expected}” to press, there are: {actual}"),
    "no_task": _("no task is waited for that could be closed"),
    "no_place": _("there is no step “{expected}” to go on at"),
    "endless": _("the process does not come to rest: {expected} moves at one time"),
}


class Difference(NamedTuple):
    code: str
    params: dict[str, str]

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        return translate(SENTENCES[self.code]).format(**self.params)


class Seen(NamedTuple):
    """What there is to compare with. `said`, `notes` and `tasks`: since the last expectation."""

    state: ProcessState
    facts: Facts
    now: datetime
    zone: str
    said: Sequence[Say]
    notes: Sequence[str]
    buttons: Sequence[str]
    reasons: Sequence[str]
    tasks: Sequence[SetTask]


def differences(expected: "Expected", seen: Seen) -> Iterator[Difference]:
    """Nothing when all is as expected; only what the scenario names is looked at."""
    named = expected.model_fields_set
    waiting = None if seen.state.handed_over else seen.state.waiting
    is_now: dict[str, Any] = {
        "step": seen.state.step,
        "mode": seen.facts.mode,
        "stage": seen.facts.stage,
        "line": seen.facts.line,
        "owner": seen.facts.owner,
        "ended": seen.state.outcome,
        "waits_for": waiting.kind if waiting else "nothing",
        "media": any(say.media for say in seen.said),
    }
    for what, actual in is_now.items():
        if what in named and getattr(expected, what) != actual:
            yield _differs(what, getattr(expected, what), actual)
    yield from _words(expected, seen)
    yield from _listed(expected, seen)
    until = waiting.until if waiting else None
    if expected.waits is not None and (until is None or until - seen.now != expected.waits):
        actual = spell_duration(until - seen.now) if until else None
        yield _differs("waits", spell_duration(expected.waits), actual)
    if expected.until is not None:
        local = until.astimezone(zone_of(seen.zone)) if until else None
        shown = f"{DAYS[local.weekday()]} {local:%H:%M}" if local else "nothing"
        if not f" {shown}".endswith(f" {expected.until}"):
            yield _differs("until", expected.until, shown)


def _words(expected: "Expected", seen: Seen) -> Iterator[Difference]:
    spoken = [say.text for say in seen.said]
    all_said = "\n".join(spoken).casefold()
    shown = " / ".join(text[:SHOWN] for text in spoken) or "…"
    for words in expected.says:
        if words.casefold() not in all_said:
            yield Difference("says", {"expected": words, "actual": shown})
    for words in expected.never_says:
        if words.casefold() in all_said:
            yield Difference("never_says", {"expected": words})
    if expected.silent is True and seen.said:
        yield Difference("silent", {"actual": shown})
    if expected.silent is False and not seen.said:
        yield Difference("spoke", {})
    for what, wanted, texts in (
        ("note", expected.note, seen.notes),
        ("task", expected.task, [task.what for task in seen.tasks]),
        ("reason", expected.reason, seen.reasons),
    ):
        if wanted is not None and not any(wanted.casefold() in text.casefold() for text in texts):
            yield _differs(what, wanted, " / ".join(texts)[:SHOWN])

    due = [task.due_at - seen.now for task in seen.tasks]
    if expected.task_due is not None and expected.task_due not in due:
        shown_due = " / ".join(spell_duration(one) for one in due)
        yield _differs("task_due", spell_duration(expected.task_due), shown_due)


def _listed(expected: "Expected", seen: Seen) -> Iterator[Difference]:
    tags = ", ".join(sorted(seen.facts.tags))
    for tag in expected.tags:
        if tag not in seen.facts.tags:
            yield _differs("tags", tag, tags)
    for tag in expected.no_tags:
        if tag in seen.facts.tags:
            yield _differs("no_tags", tag, tags)
    if not set(expected.buttons) <= set(seen.buttons):
        yield _differs("buttons", ", ".join(expected.buttons), ", ".join(seen.buttons))
    for field, value in expected.fields.items():
        actual = seen.facts.lead.get(f"fields.{field}", "")
        if actual != value:
            yield _differs(f"fields.{field}", value, actual)


def _differs(what: str, expected: Any, actual: Any) -> Difference:
    params = {"what": what, "expected": _shown(expected), "actual": _shown(actual)}
    return Difference("is", params)


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)
