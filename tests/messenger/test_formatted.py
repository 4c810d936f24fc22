"""A client's text becomes HTML, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.formatted import formatted, highlighted, visible
from models.formatting import parse_markup


def shown(markup: str) -> str:
    parsed = parse_markup(markup)
    return str(formatted(parsed.text, parsed.entities))


def test_formatting_becomes_elements():
    assert shown("**да** и __нет__") == "<strong>да</strong> и <em>нет</em>"
    assert shown("`x < y`") == "<code>x &lt; y</code>"


def test_a_link_goes_to_http_only():
    linked = shown("[сайт](https://nova.example/a?b=1&c=2)")
    assert linked == (
        '<a href="https://nova.example/a?b=1&amp;c=2" target="_blank"'
        ' rel="noopener nofollow noreferrer">сайт</a>'
    )


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "tg://user?id=1", "https://", "vbscript:x", "//"],
)
def test_any_other_link_is_only_its_words(url: str):
    entities = [{"type": "text_link", "offset": 0, "length": 4, "url": url}]

    assert formatted("сайт", entities) == "сайт"


def test_a_bare_address_is_a_link():
    entities = [{"type": "url", "offset": 0, "length": 12}]

    assert 'href="https://nova.example"' in formatted("nova.example", entities)


def test_entities_that_cross_are_cut_where_they_cross():
    entities = [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "italic", "offset": 2, "length": 4},
    ]

    assert formatted("abcdef", entities) == "<strong>ab<em>cd</em></strong><em>ef</em>"


def test_offsets_count_as_telegram_counts():
    entities = [{"type": "bold", "offset": 3, "length": 2}]

    assert formatted("👍 да", entities) == "👍 <strong>да</strong>"


def test_nothing_that_a_client_writes_is_markup():
    evil = "<img src=x onerror=alert(1)><script>&\"'"

    assert "<" not in str(formatted(evil)).replace("&lt;", "")
    assert "<" not in str(highlighted(evil, ["x"])).replace("<mark>", "").replace("</mark>", "")


def test_a_turned_around_name_is_seen_as_such():
    assert visible("photo\u202egpj.exe") == 'photo<span class="bidi">RLO</span>gpj.exe'


def test_an_unknown_kind_of_entity_is_plain():
    assert formatted("текст", [{"type": "holographic", "offset": 0, "length": 5}]) == "текст"


KINDS = ["bold", "italic", "code", "url", "text_link", "spoiler", "mention", "nonsense"]
ENTITY = some.fixed_dictionaries(
    {
        "type": some.sampled_from(KINDS),
        "offset": some.integers(-3, 40),
        "length": some.integers(-3, 40),
        "url": some.sampled_from(["https://a.example", "javascript:x", '"><script>']),
    }
)


@given(text=some.text(max_size=30), entities=some.lists(ENTITY, max_size=6))
def test_whatever_comes_the_text_is_whole_and_the_elements_are_closed(text, entities):
    from bs4 import BeautifulSoup

    drawn = str(formatted(text, entities))

    soup = BeautifulSoup(f"<div>{drawn}</div>", "html.parser")
    assert {one.name for one in soup.find_all(True)} <= {"div", "strong", "em", "code", "a", "span"}
    if not set(text) & set(
        "\r\x00\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ):
        assert soup.get_text() == text
