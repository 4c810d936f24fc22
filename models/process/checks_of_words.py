"""What the process says: languages, lengths, macros."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.formatting import MESSAGE_LIMIT, parse_markup, utf16_length
from models.process.conditions import IfField, leaves
from models.process.facts import LEAD_KEYS
from models.process.macros import BadMacro, read_template
from models.process.part import Words
from models.process.problem import Known, Problem
from models.process.speech import BUTTON_LIMIT, CAPTION_LIMIT
from models.process.steps import (
    BranchStep,
    HandOverStep,
    NoteStep,
    SendStep,
    SetStep,
    Step,
    TaskStep,
)

if TYPE_CHECKING:
    from models.process.language import Process


def word_problems(process: "Process", known: Known) -> Iterator[Problem]:
    yield from _missing(process, None, "title", process.title, severity="warning")
    for value, words in process.values.items():
        yield from _missing(process, None, f"values.{value}", words)
    fields = field_names(process, known)
    for name, step in process.steps.items():
        if step.title:
            yield from _missing(process, name, "title", step.title, severity="warning")
        for where, words in spoken_by(step):
            yield from _missing(process, name, where, words)
        for text in templates_of(step):
            yield from _macro_problems(name, text, fields)
        if isinstance(step, TaskStep) and not step.task.what.strip():
            params = {"where": "task.what", "languages": process.languages[0]}
            yield Problem(code="empty_words", step=name, params=params)
        if isinstance(step, SendStep):
            yield from _length_problems(name, step)
        for field in _named_fields(step):
            if field not in fields:
                yield _unknown_field(name, field, fields)


def field_names(process: "Process", known: Known) -> list[str]:
    """All that conditions and macros may name."""
    own = sorted({*process.fields, *(known.fields or ())})
    lead = [f"lead.{key}" for key in LEAD_KEYS]
    return ["link", "offer", "reply", *lead, *(f"fields.{key}" for key in own)]


def spoken_by(step: Step) -> Iterator[tuple[str, Words]]:
    """What must be there in every language, and where it stands."""
    if isinstance(step, SendStep):
        if step.send.text:
            yield "send.text", step.send.text
        for row in step.send.buttons:
            for button in row:
                yield f"button {button.id or button.url}", button.text
    elif isinstance(step, HandOverStep):
        yield "hand_over.reason", step.hand_over.reason


def templates_of(step: Step) -> Iterator[str]:
    for _, words in spoken_by(step):
        yield from words.values()
    if isinstance(step, SendStep):
        yield from (button.url for row in step.send.buttons for button in row if button.url)
    elif isinstance(step, SetStep):
        yield from step.set.fields.values()
    elif isinstance(step, NoteStep):
        yield step.note
    elif isinstance(step, TaskStep):
        yield step.task.what


def _missing(
    process: "Process", step: str | None, where: str, words: Words, *, severity: str = "error"
) -> Iterator[Problem]:
    for code, languages, weight in (
        ("missing_language", [one for one in process.languages if one not in words], severity),
        ("extra_language", [one for one in words if one not in process.languages], "warning"),
        ("empty_words", [one for one, text in words.items() if not text.strip()], "error"),
    ):
        if languages:
            params = {"where": where, "languages": ", ".join(languages)}
            yield Problem(code=code, step=step, severity=weight, params=params)


def _macro_problems(step: str, text: str, fields: list[str]) -> Iterator[Problem]:
    try:
        macros = read_template(text).macros
    except BadMacro as bad:
        yield Problem(code="bad_macro", step=step, params={"macro": str(bad)})
        return
    for macro in macros:
        if macro.path not in fields:
            yield _unknown_field(step, macro.path, fields)


def _length_problems(name: str, step: SendStep) -> Iterator[Problem]:
    for language, markup in step.send.text.items():
        length = _length(markup)
        params = {"language": language, "length": length}
        if step.send.media and length > CAPTION_LIMIT:
            yield Problem(code="long_caption", step=name, params=params)
        elif length > MESSAGE_LIMIT:
            yield Problem(code="long_text", step=name, severity="warning", params=params)
    for row in step.send.buttons:
        for text in (words for button in row for words in button.text.values()):
            if _length(text) > BUTTON_LIMIT:
                params = {"text": text, "length": _length(text)}
                yield Problem(code="long_button", step=name, params=params)


def _length(markup: str) -> int:
    """After formatting, macros not counted: what they put in is known only later."""
    try:
        template = read_template(markup.strip())
    except BadMacro:
        return 0
    empty = template.values({})
    return utf16_length(parse_markup(template.text).text.translate(empty))


def _named_fields(step: Step) -> Iterator[str]:
    if isinstance(step, SetStep):
        yield from (
            f"lead.{name}" if name in ("language", "country") else f"fields.{name}"
            for name in step.set.fields
        )
    if isinstance(step, BranchStep):
        for option in step.branch:
            yield from (leaf.field for leaf in leaves(option.when) if isinstance(leaf, IfField))


def _unknown_field(step: str, field: str, fields: list[str]) -> Problem:
    params = {"field": field, "known": ", ".join(fields)}
    return Problem(code="unknown_field", step=step, params=params)
