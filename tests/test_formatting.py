"""One markup: what a person types, what Telegram takes, and back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.formatting import (
    Formatted,
    escape_markup,
    fill,
    parse_markup,
    split,
    to_markup,
    utf16_length,
)
from models.spans import canonical, to_entities, to_spans

LETTERS = "aбЯ1 \n\t.👍👨‍👩‍👧é"
MARKS = ["**", "__", "~~", "||", "*", "_", "~", "|", "`", "```", "[", "](https://a.b/c)", "\\", "("]
markups = st.lists(st.sampled_from([*MARKS, *LETTERS]), max_size=40).map("".join)
texts = st.text(st.sampled_from([*LETTERS, *"*_~|`[]()\\"]), max_size=40)
KINDS = ["bold", "italic", "strikethrough", "spoiler", "code", "pre", "text_link", "underline"]


@st.composite
def formatted_texts(draw: st.DrawFn) -> Formatted:
    text = draw(texts)
    entities = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(KINDS))
        entity = {"type": kind, "offset": start, "length": draw(st.integers(0, 12))}
        if kind == "text_link":
            entity["url"] = draw(
                st.sampled_from(["https://a.b/c_d", "https://a.b/(x)", "tg://user"])
            )
        entities.append(entity)
    return Formatted(text, tuple(entities))


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("**жирный**", "bold"),
        ("__курсив__", "italic"),
        ("~~нет~~", "strikethrough"),
        ("||тайна||", "spoiler"),
        ("`код`", "code"),
        ("```код```", "pre"),
    ],
)
def test_marks_become_entities(markup: str, kind: str):
    found = parse_markup(f"раз {markup} два")

    word = markup.strip("*_~|`")
    assert found.text == f"раз {word} два"
    assert found.entities == ({"type": kind, "offset": 4, "length": len(word)},)


@pytest.mark.parametrize(
    "markup",
    ["**не закрыто", "2 ** 3 ** 4", "snake_case", "****", "**", "a | b || c", "[нет](ссылки)", "`"],
)
def test_what_is_not_markup_is_text(markup: str):
    assert parse_markup(markup) == Formatted(markup)


def test_offsets_are_counted_as_telegram_counts():
    assert parse_markup("👍👍 **да**").entities == ({"type": "bold", "offset": 5, "length": 2},)
    assert utf16_length("👍да") == 4


def test_marks_lie_in_one_another():
    found = parse_markup("**раз __два__**")

    assert found.text == "раз два"
    assert [(e["type"], e["offset"], e["length"]) for e in found.entities] == [
        ("bold", 0, 7),
        ("italic", 4, 3),
    ]


def test_a_mark_opened_inside_and_not_closed_there_is_text():
    assert parse_markup("**раз __два** три__") == Formatted(
        "раз __два три__", ({"type": "bold", "offset": 0, "length": 9},)
    )


def test_a_link_has_its_address():
    found = parse_markup("вот [**ваша** ссылка](https://a.b/c?d=1)")

    link = {"type": "text_link", "offset": 4, "length": 11, "url": "https://a.b/c?d=1"}
    assert found == Formatted("вот ваша ссылка", (link, {"type": "bold", "offset": 4, "length": 4}))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc", "a.b"])
def test_a_link_elsewhere_is_text(url: str):
    assert parse_markup(f"[x]({url})").entities == ()


def test_nothing_is_marked_inside_code():
    found = parse_markup("`**не жирный**` ```py\nx = __1__\n```")

    assert found.text == "**не жирный** x = __1__"
    assert [entity["type"] for entity in found.entities] == ["code", "pre"]
    assert found.entities[1]["language"] == "py"


def test_a_backslash_makes_a_mark_plain():
    assert parse_markup(r"\*\*не жирный\*\*") == Formatted("**не жирный**")
    assert parse_markup(r"C:\папка") == Formatted(r"C:\папка")


def test_markup_of_a_message_reads_as_it_was_typed():
    markup = "**раз** и [два](https://a.b/c_d), snake_case, `x`\n```py\ny\n```"

    found = parse_markup(markup)

    assert to_markup(found.text, found.entities) == markup


def test_what_markup_cannot_say_is_left_out():
    entities = ({"type": "underline", "offset": 0, "length": 3},)

    assert to_markup("раз", entities) == "раз"


@given(markups)
def test_anything_typed_is_read(markup: str):
    found = parse_markup(markup)

    length = utf16_length(found.text)
    for entity in found.entities:
        assert entity["length"] > 0
        assert entity["offset"] >= 0
        assert entity["offset"] + entity["length"] <= length
    assert_nested(found)


@given(formatted_texts())
@example(Formatted("a*", ({"type": "bold", "offset": 0, "length": 2},)))
@example(Formatted("``", ({"type": "pre", "offset": 0, "length": 2},)))
def test_markup_says_what_telegram_showed(shown: Formatted):
    known = [span for span in to_spans(shown.text, shown.entities) if span.kind != "underline"]
    known = [
        span._replace(kind="pre")
        if span.kind == "code" and "\n" in shown.text[span.start : span.end]
        else span
        for span in known
    ]
    expected = Formatted(shown.text, to_entities(shown.text, canonical(shown.text, known)))

    assert parse_markup(to_markup(shown.text, shown.entities)) == expected


@given(markups)
def test_markup_read_and_written_means_the_same(markup: str):
    once = parse_markup(markup)

    assert parse_markup(to_markup(once.text, once.entities)) == once


@given(texts)
def test_escaped_text_is_only_text(text: str):
    assert parse_markup(escape_markup(text)) == Formatted(text)
    assert parse_markup(f"x{escape_markup(text)}x") == Formatted(f"x{text}x")


@given(texts)
def test_a_value_is_text_wherever_it_is_put(value: str):
    place = "\U000f0000"
    template = parse_markup(f"**раз {place}** `{place}` [два]({place})")

    filled = fill(template, {ord(place): value})

    assert filled.text == f"раз {value} {value} два"
    assert {entity["type"] for entity in filled.entities} <= {"bold", "code"}


def test_a_value_may_be_a_link():
    template = parse_markup("[ваша ссылка](\U000f0000)")

    filled = fill(template, {0xF0000: "https://a.b/(x)"})

    assert filled.entities == (
        {"type": "text_link", "offset": 0, "length": 11, "url": "https://a.b/(x)"},
    )


def test_a_long_text_is_cut_between_paragraphs():
    text = "\n\n".join(["слово " * 50] * 4).strip()

    pieces = split(Formatted(text), 650)

    assert [piece.text.count("слово") for piece in pieces] == [100, 100]


def test_without_paragraphs_it_is_cut_between_sentences_then_words():
    assert [p.text for p in split(Formatted("Раз два три. Четыре пять."), 16)] == [
        "Раз два три.",
        "Четыре пять.",
    ]
    assert [p.text for p in split(Formatted("раз два три"), 8)] == ["раз два", "три"]


def test_a_short_text_is_whole_and_an_empty_one_is_none():
    assert split(Formatted("раз\n\nдва"), 100) == [Formatted("раз\n\nдва")]
    assert split(Formatted(" \n "), 100) == []


def test_a_joined_emoji_is_not_cut():
    family = "👨‍👩‍👧"

    pieces = split(Formatted("a" * 8 + family), 12)

    assert [piece.text for piece in pieces] == ["a" * 8, family]


@given(formatted_texts(), st.integers(2, 30))
def test_pieces_fit_and_keep_every_word_and_its_look(whole: Formatted, limit: int):
    pieces = split(whole, limit)

    assert all(0 < utf16_length(piece.text) <= limit for piece in pieces)
    for piece in pieces:
        piece.text.encode("utf-16")
    assert visible(pieces) == visible([whole])


def visible(pieces: list[Formatted]) -> list[tuple[str, frozenset[str]]]:
    """Every character that is seen, and how it looks."""
    return [
        (
            character,
            frozenset(
                span.kind for span in to_spans(p.text, p.entities) if span.start <= at < span.end
            ),
        )
        for p in pieces
        for at, character in enumerate(p.text)
        if not character.isspace()
    ]


def assert_nested(found: Formatted) -> None:
    spans = to_spans(found.text, found.entities)
    for outer in spans:
        for inner in spans:
            assert not (outer.start < inner.start < outer.end < inner.end)
            if outer.kind in ("code", "pre") and inner is not outer:
                assert inner.end <= outer.start or outer.end <= inner.start
