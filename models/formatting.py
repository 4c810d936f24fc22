"""One markup for composer and processes, as Telegram's own clients have it.

    **bold**  __italic__  ~~strike~~  ||spoiler||  `code`  ```pre```  [text](https://…)

A backslash before a punctuation mark makes it plain. A mark without its partner, or with a space
on its inner side, is plain too: nothing that a person types is an error. Entities are Telegram's,
with offset and length in UTF-16 units.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from models.spans import Entity, Formatted, Span, canonical, to_entities, to_spans, utf16_length
from models.splitting import MESSAGE_LIMIT, split

__all__ = [
    "MESSAGE_LIMIT",
    "Entity",
    "Formatted",
    "escape_markup",
    "fill",
    "is_link",
    "parse_markup",
    "split",
    "to_markup",
    "utf16_length",
]

MARKS = {"**": "bold", "__": "italic", "~~": "strikethrough", "||": "spoiler"}
MARK_OF = {kind: mark for mark, kind in MARKS.items()}

_TOKEN = re.compile(
    r"""
      \\(?P<escaped>[!-/:-@\[-`{-~])
    | ```(?:(?P<language>[A-Za-z0-9_+\#-]*)\n)?(?P<pre>(?:\\.|[^\\])+?)```
    | `(?P<code>(?:\\.|[^\\`\n])+)`
    | \]\((?P<url>(?:(?:https?|tg)://|[\U000F0000-\U000FFFFD])(?:\\.|[^\s()\\]){0,2048})\)
    | (?P<mark>\*\*|__|~~|\|\||\[)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"(?:https?|tg)://\S+")
_SPECIAL = re.compile(r"[\\`*_~|\[\]()]")
# A single mark in the middle of a word means nothing and stays readable.
_AMBIGUOUS = re.compile(r"[\\`\[\]]|([*_~|])\1+|^[*_~|]|[*_~|]$")


class _Token(NamedTuple):
    """A stretch of plain text, code, or a mark that may turn out to be plain."""

    text: str
    mark: str = ""
    opens: bool = False
    closes: bool = False
    span: tuple[str, dict[str, Any]] | None = None


def parse_markup(markup: str) -> Formatted:
    """Never fails: what is not markup is text. A link may hold places for `fill`."""
    tokens = list(_tokens(markup))
    opening, closing = _pairs(tokens)
    pieces: list[str] = []
    spans: list[Span] = []
    starts: dict[int, int] = {}
    length = 0
    for number, token in enumerate(tokens):
        if number in opening:
            starts[number] = length
        elif number in closing:
            kind, extra = token.span or (MARKS[token.mark], {})
            spans.append(Span(starts[closing[number]], length, kind, extra))
        else:
            pieces.append(token.text)
            if token.span and not token.mark:
                spans.append(Span(length, length + len(token.text), *token.span))
            length += len(token.text)
    text = "".join(pieces)
    return Formatted(text, to_entities(text, canonical(text, spans)))


def is_link(url: str) -> bool:
    """Whether Telegram takes it behind a word or a button."""
    return _LINK.fullmatch(url) is not None


def escape_markup(text: str) -> str:
    """Markup that shows exactly this text, wherever it is put in."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def to_markup(text: str, entities: Sequence[Entity]) -> str:
    """Markup that parses to this text and look. What markup cannot say (underline, mentions) is
    left out."""
    spans = [
        span._replace(kind="pre")
        if span.kind == "code" and "\n" in text[span.start : span.end]
        else span
        for span in to_spans(text, entities)
        if span.kind != "text_link" or is_link(str(span.extra.get("url", "")))
    ]
    written: list[str] = []
    inside: list[Span] = []
    position = 0

    def go_to(place: int) -> None:
        nonlocal position
        while inside and inside[-1].end <= place:
            span = inside.pop()
            write(span.end)
            written.append(_closed(span))
        write(place)

    def write(place: int) -> None:
        nonlocal position
        if position < place:
            written.append(_plainly(text[position:place]))
            position = place

    for span in canonical(text, spans):
        go_to(span.start)
        if span.kind in ("pre", "code"):
            written.append(_code(span, text[span.start : span.end]))
            position = span.end
        else:
            written.append(MARK_OF.get(span.kind, "["))
            inside.append(span)
    go_to(len(text))
    return "".join(written)


def fill(formatted: Formatted, values: Mapping[int, str]) -> Formatted:
    """Puts values where their characters (as `str.translate` names them) stand in text and links.

    Values are data: marks in them are text. A link that a value has spoilt is no link any more.
    """
    pieces = [values.get(ord(character), character) for character in formatted.text]
    moved = [0, *accumulate(map(len, pieces))]
    text = "".join(pieces)
    spans = []
    for span in to_spans(formatted.text, formatted.entities):
        start, end, extra = moved[span.start], moved[span.end], span.extra
        if "url" in extra:
            extra = {**extra, "url": extra["url"].translate(values)}
            if not is_link(extra["url"]):
                continue
        if start < end:
            spans.append(Span(start, end, span.kind, extra))
    return Formatted(text, to_entities(text, spans))


def _tokens(markup: str) -> Iterator[_Token]:
    position = 0
    for found in _TOKEN.finditer(markup):
        if position < found.start():
            yield _Token(markup[position : found.start()])
        before, after = markup[found.start() - 1 : found.start()], markup[found.end() :][:1]
        position = found.end()
        if found["escaped"]:
            yield _Token(found["escaped"])
        elif found["pre"]:
            extra = {"language": found["language"]} if found["language"] else {}
            yield _Token(_plain(found["pre"].removesuffix("\n")), span=("pre", extra))
        elif found["code"]:
            yield _Token(_plain(found["code"]), span=("code", {}))
        elif found["url"]:
            link = ("text_link", {"url": _plain(found["url"])})
            yield _Token(_plain(found[0]), "](", closes=True, span=link)
        else:
            mark = found["mark"]
            closes = mark != "[" and bool(before.strip())
            yield _Token(mark, mark, opens=bool(after.strip()), closes=closes)
    yield _Token(markup[position:])


def _pairs(tokens: Sequence[_Token]) -> tuple[set[int], dict[int, int]]:
    """Numbers of tokens that open something, and of those that close it to their openers."""
    opened: list[int] = []
    opening: set[int] = set()
    closing: dict[int, int] = {}
    for number, token in enumerate(tokens):
        if not token.mark:
            continue
        partner = "[" if token.mark == "](" else token.mark
        opener = next((at for at in reversed(opened) if tokens[at].mark == partner), None)
        if token.closes and opener is not None and opener < number - 1:
            opening.add(opener)
            closing[number] = opener
            # What was opened inside and not closed is plain, and no link lies in a link.
            del opened[opened.index(opener) :]
            if partner == "[":
                opened = [at for at in opened if tokens[at].mark != "["]
        elif token.opens and (opener is None or token.mark == "["):
            opened.append(number)
    return opening, closing


def _plain(escaped: str) -> str:
    return _ESCAPED.sub(r"\1", escaped)


def _plainly(text: str) -> str:
    return _AMBIGUOUS.sub(lambda found: "".join(f"\\{mark}" for mark in found[0]), text)


def _closed(span: Span) -> str:
    if span.kind == "text_link":
        url = re.sub(r"[\\()]", r"\\\g<0>", span.extra["url"])
        return f"]({url})"
    return MARK_OF[span.kind]


def _code(span: Span, text: str) -> str:
    plain = re.sub(r"[\\`]", r"\\\g<0>", text)
    return (
        f"`{plain}`"
        if span.kind == "code"
        else f"```{span.extra.get('language', '')}\n{plain}\n```"
    )
