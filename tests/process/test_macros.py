"""Macros put data into texts, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.process.macros import FILTERS, BadMacro, read_template
from models.process.speech import formatted

VALUES = {"lead.first_name": "иван", "link": "https://a.b", "fields.goal": "", "reply": "да"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Привет, {{ lead.first_name }}!", "Привет, иван!"),
        ("{{lead.first_name|capitalize}}", "Иван"),
        ("{{ lead.first_name | upper }}", "ИВАН"),
        ("{{ fields.goal | default('не знаю') | upper }}", "НЕ ЗНАЮ"),
        ('{{ lead.first_name | default("друг") }}', "иван"),
        ("{{ fields.none }}", ""),
        ("{{ link }}{{ link }}", "https://a.bhttps://a.b"),
        ("нет { макросов }", "нет { макросов }"),
    ],
)
def test_a_macro_puts_its_value_in(template: str, text: str):
    assert read_template(template).render(VALUES) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{ lead.first_name.upper() }}",
        "{{ lead['first_name'] }}",
        "{{ lead.first_name.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 7 * 7 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ lead.first_name | attr('x') }}",
        "{{ lead.first_name | map('upper') }}",
        "{{ lead.first_name | default(link) }}",
        "{{ lead.first_name | default('a', true) }}",
        "{{ lead.first_name | default(default_value='a') }}",
        "{{ lead.first_name | upper(1) }}",
        "{{ a if b else c }}",
        "{{ [1] }}",
        "{{ {} }}",
        "{{ lead.first_name",
        "{{ }}",
        "{{ self }} {{ self.x.y }}",
        "{% for a in b %}{% endfor %}",
        "{% set a = 1 %}",
        "{% raw %}{{ x }}{% endraw %}",
        "{# тайна #}",
        "{{ " + "(" * 5000 + "a" + ")" * 5000 + " }}",
    ],
)
def test_anything_else_is_refused(template: str):
    with pytest.raises(BadMacro):
        read_template(template)


def test_a_value_is_not_read_for_macros():
    assert read_template("{{ reply }}").render({"reply": "{{ link }}"}) == "{{ link }}"


def test_a_value_is_not_markup():
    text = formatted("**{{ reply }}** и [вот]({{ link }})", {"reply": "**x**", "link": "js:x"})

    assert text.text == "**x** и вот"
    assert text.entities == ({"type": "bold", "offset": 0, "length": 5},)


def test_an_empty_value_leaves_no_marks_behind():
    text = formatted("**{{ reply }}** да", {})

    assert (text.text, text.entities) == (" да", ())


def test_what_is_put_in_is_at_most_4_kilobytes():
    text = read_template("{{ a }}|{{ b }}").render({"a": "я" * 3000, "b": "я" * 3000})

    assert len(text.encode()) <= 4096 + 1
    assert text == "я" * 2048 + "|"


pieces = st.sampled_from([*"{}%#|().'\"ab_ \n~*+-", *FILTERS, "{{", "}}"])


@given(st.lists(pieces, max_size=40).map("".join))
def test_no_template_does_anything_but_render_or_refuse(template: str):
    try:
        text = read_template("{{" + template + "}}").render({"a": "v", "b": "w"})
    except BadMacro:
        return
    assert isinstance(text, str)


@given(st.text(max_size=200))
def test_any_value_arrives_as_it_is(value: str):
    shown = value.encode("utf-8", "replace").decode()

    assert read_template("<{{ a }}>").render({"a": value}) == f"<{shown}>"
