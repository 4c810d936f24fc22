"""What macros and conditions call words: of the lead, of the process, of pressed buttons."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.process.facts import Facts
from models.process.part import in_language
from models.process.state import Heard
from models.process.steps import SendStep

if TYPE_CHECKING:
    from models.process.language import Process


def language_of(facts: Facts) -> str:
    """The lead's language in small letters; empty when nobody knows it."""
    return facts.lead.get("language", "").lower()


def macro_values(process: "Process", facts: Facts, reply: str) -> dict[str, str]:
    """By path: lead.first_name, fields.goal, link, offer, reply."""
    language, first = language_of(facts), process.languages[0]
    values: dict[str, str] = {
        name: in_language(words, language, first) for name, words in process.values.items()
    }
    return values | lead_values(facts.lead) | {"reply": reply}


def lead_values(lead: Mapping[str, str]) -> dict[str, str]:
    """What is known without any process."""
    values: dict[str, str] = {}
    for key, value in lead.items():
        values[key if key.startswith("fields.") else f"lead.{key}"] = value
        if key in ("link", "offer") and value:
            values[key] = value
    return values


def pressed_words(process: "Process", pressed: Sequence[Heard], language: str) -> list[str]:
    """What stands on the pressed buttons: as the client saw it when we know, else by definition."""
    words = []
    for heard in pressed:
        if heard.button is None:
            continue
        shown = heard.particulars.get("text") or next(
            (
                in_language(button.text, language, process.languages[0])
                for step in process.steps.values()
                if isinstance(step, SendStep)
                for row in step.send.buttons
                for button in row
                if button.id == heard.button
            ),
            "",
        )
        words.append(str(shown))
    return words
