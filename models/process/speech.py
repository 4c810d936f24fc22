"""What a send step says to this lead: its words in their language, cut to Telegram's limits."""

from collections.abc import Mapping
from functools import lru_cache

from models.formatting import (
    MESSAGE_LIMIT,
    Formatted,
    fill,
    is_link,
    parse_markup,
    split,
    utf16_length,
)
from models.process.effects import Button, MediaRef, Say
from models.process.macros import Template, read_template
from models.process.part import Words, in_language
from models.process.sending import ButtonWords, Send

CAPTION_LIMIT = 1024
BUTTON_LIMIT = 64
WITHOUT_CAPTION = ("video_note", "sticker")


def speak(send: Send, values: Mapping[str, str], *, language: str, first: str) -> list[Say]:
    """Numbered from 0. Nothing when all that it would say is an empty macro.

    `language` is the lead's, `first` the process's own, for texts that lack the lead's.
    """
    media = tuple(MediaRef(kind=part.kind, file=part.file) for part in send.media)
    buttons = _buttons(send.buttons, values, language, first)
    text = formatted(in_language(send.text, language, first), values)
    says: list[Say] = []
    if media:
        captioned = (
            utf16_length(text.text) <= CAPTION_LIMIT
            and not any(part.kind in WITHOUT_CAPTION for part in media)
            # Telegram has no buttons under an album.
            and not (len(media) > 1 and buttons)
        )
        caption = text if captioned else Formatted("")
        says.append(Say(n=0, text=caption.text, entities=caption.entities, media=media))
        text = Formatted("") if captioned else text
    for number, piece in enumerate(split(text, MESSAGE_LIMIT)):
        n = len(says)
        rest = n - 1 if number or media else None
        says.append(Say(n=n, text=piece.text, entities=piece.entities, continues=rest))
    spoken = _spoken_language(send.text, language, first)
    says = [say.model_copy(update={"language": spoken}) for say in says]
    if says:
        says[0] = says[0].model_copy(update={"typing": send.typing})
        says[-1] = says[-1].model_copy(update={"buttons": buttons})
    return says


def formatted(markup: str, values: Mapping[str, str]) -> Formatted:
    """Markup is read before the values are put in: a value cannot become markup."""
    template, parsed = _parsed(markup)
    if not template.macros:
        return parsed
    return fill(parsed, template.values(values))


@lru_cache(maxsize=4096)
def _parsed(markup: str) -> tuple[Template, Formatted]:
    template = read_template(markup.strip())
    return template, parse_markup(template.text)


def _spoken_language(words: Words, language: str, first: str) -> str:
    for wanted in (language, language.partition("-")[0], first):
        if wanted in words:
            return wanted
    return next(iter(words), first)


def _buttons(
    rows: tuple[tuple[ButtonWords, ...], ...], values: Mapping[str, str], language: str, first: str
) -> tuple[tuple[Button, ...], ...]:
    """Telegram refuses the whole message for one button without words or with a bad address."""
    built = (tuple(_button(words, values, language, first) for words in row) for row in rows)
    whole = (tuple(b for b in row if b.text and (b.id or is_link(b.url or ""))) for row in built)
    return tuple(row for row in whole if row)


def _button(words: ButtonWords, values: Mapping[str, str], language: str, first: str) -> Button:
    text = read_template(in_language(words.text, language, first)).render(values)
    url = read_template(words.url).render(values) if words.url else None
    return Button(text=text.strip()[:BUTTON_LIMIT], id=words.id, url=url)
