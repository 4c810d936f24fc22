"""Marked stretches of a text, counted in characters, and Telegram's entities, counted in UTF-16."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

Entity = dict[str, Any]

# May lie in one another and around each other; Telegram allows nothing inside code.
NESTING = ("text_link", "bold", "italic", "strikethrough", "spoiler")
CODE = ("pre", "code")


@dataclass(frozen=True)
class Formatted:
    text: str
    entities: tuple[Entity, ...] = ()


class Span(NamedTuple):
    start: int
    end: int
    kind: str
    extra: dict[str, Any]


def utf16_length(text: str) -> int:
    """How Telegram counts a text: characters beyond the basic plane are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def to_entities(text: str, spans: Iterable[Span]) -> tuple[Entity, ...]:
    units = _units(text)
    return tuple(
        {
            "type": span.kind,
            "offset": units[span.start],
            "length": units[span.end] - units[span.start],
            **span.extra,
        }
        for span in spans
    )


def to_spans(text: str, entities: Iterable[Entity]) -> list[Span]:
    """What lies outside the text is clipped; a cut through a surrogate pair takes all of it."""
    units = _units(text)
    spans = []
    for entity in entities:
        start = bisect_left(units, max(entity["offset"], 0))
        end = bisect_left(units, entity["offset"] + entity["length"])
        end = min(end, len(text))
        extra = {
            key: value for key, value in entity.items() if key not in ("type", "offset", "length")
        }
        if start < end:
            spans.append(Span(start, end, str(entity["type"]), extra))
    return spans


def canonical(text: str, spans: Sequence[Span]) -> list[Span]:
    """The same look as Telegram can have it and markup can say it: stretches of one kind joined,
    nothing around or in code, none crossing another, none with a space at its edge."""
    code = _disjoint(span for span in spans if span.kind in CODE)
    found = list(code)
    for kind in NESTING:
        own = [span for span in spans if span.kind == kind]
        whole = _disjoint(own) if kind == "text_link" else _joined(own)
        found += [piece for span in whole for piece in _around(span, code)]
    return _nested(text, found)


def _units(text: str) -> list[int]:
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return kept


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if joined and span.start <= joined[-1].end:
            joined[-1] = joined[-1]._replace(end=max(joined[-1].end, span.end))
        elif span.start < span.end:
            joined.append(span)
    return joined


def _around(span: Span, code: Sequence[Span]) -> list[Span]:
    pieces = [span]
    for hole in code:
        pieces = [
            piece._replace(start=start, end=end)
            for piece in pieces
            for start, end in (
                (piece.start, min(piece.end, hole.start)),
                (max(piece.start, hole.end), piece.end),
            )
            if start < end and (end <= hole.start or start >= hole.end)
        ]
    return pieces


def _nested(text: str, spans: Iterable[Span]) -> list[Span]:
    """Splits what crosses, trims spaces; outer before inner."""
    waiting = sorted((_trimmed(text, span) for span in spans), key=_outer_first, reverse=True)
    nested: list[Span] = []
    around: list[Span] = []
    while waiting:
        span = waiting.pop()
        if span.start >= span.end:
            continue
        around = [outer for outer in around if outer.end > span.start]
        border = min((outer.end for outer in around if outer.end < span.end), default=span.end)
        if border < span.end:
            for piece in (span._replace(end=border), span._replace(start=border)):
                insort(waiting, _trimmed(text, piece), key=_last_first)
            continue
        nested.append(span)
        around.append(span)
    return nested


def _last_first(span: Span) -> tuple[int, int, int]:
    start, end, kind = _outer_first(span)
    return (-start, -end, -kind)


def _outer_first(span: Span) -> tuple[int, int, int]:
    kind = NESTING.index(span.kind) if span.kind in NESTING else len(NESTING)
    return (span.start, -span.end, kind)


def _trimmed(text: str, span: Span) -> Span:
    if span.kind in CODE:
        return span
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return span._replace(start=start, end=end)
