"""Macros: a path and a few named filters over a plain mapping of strings, and nothing else.

    {{ lead.first_name | default("друг") }}   {{ link }}   {{ fields.goal | capitalize }}

Jinja2 only reads them; nothing of it is ever run. What is put in is data: it is neither read for
macros again nor for markup.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes

PUT_IN_LIMIT = 4096
TEMPLATE_LIMIT = 65_536

# Characters that stand in a text for its macros: private ones, which real texts do not have.
FIRST_PLACE, LAST_PLACE = 0xF0000, 0xFFFFD
_PLACES = re.compile(f"[{chr(FIRST_PLACE)}-{chr(LAST_PLACE)}]")

FILTERS: dict[str, Callable[..., str]] = {
    "default": lambda value, instead="": value or instead,
    "upper": str.upper,
    "lower": str.lower,
    "capitalize": lambda value: value[:1].upper() + value[1:],
    "title": str.title,
    "trim": str.strip,
}

_reader = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  (only parses)


class BadMacro(ValueError):
    """`particulars` says what could not be read: it is shown to the designer."""


class Macro(NamedTuple):
    path: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]

    def value(self, values: Mapping[str, str]) -> str:
        value = values.get(self.path, "")
        for name, arguments in self.filters:
            value = FILTERS[name](value, *arguments)
        return value


class Template(NamedTuple):
    """A text in which a character of its own stands for each macro, in their order."""

    text: str
    macros: tuple[Macro, ...]

    def values(self, known: Mapping[str, str]) -> dict[int, str]:
        """What goes where, for `str.translate`; together at most 4 KB, the rest is cut off."""
        room, values = PUT_IN_LIMIT, {}
        for number, macro in enumerate(self.macros):
            raw = macro.value(known).encode("utf-8", "replace")[:room]
            values[FIRST_PLACE + number] = raw.decode("utf-8", "ignore")
            room -= len(raw)
        return values

    def render(self, known: Mapping[str, str]) -> str:
        """The text with its values put in, as they are."""
        return self.text.translate(self.values(known)) if self.macros else self.text


@lru_cache(maxsize=4096)
def read_template(text: str) -> Template:
    """Raises BadMacro for anything but paths with known filters."""
    text = _PLACES.sub("", text)
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return Template(text, ())
    if "{%" in text or "{#" in text:
        raise BadMacro("{%" if "{%" in text else "{#")
    if len(text) > TEMPLATE_LIMIT:
        raise BadMacro(text[:40])
    try:
        parsed = _reader.parse(text)
    except (TemplateSyntaxError, RecursionError) as error:
        raise BadMacro(getattr(error, "message", None) or text[:40]) from error
    pieces: list[str] = []
    macros: list[Macro] = []
    for output in parsed.body:
        if not isinstance(output, nodes.Output):
            raise BadMacro(type(output).__name__)
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                pieces.append(node.data)
            else:
                pieces.append(chr(FIRST_PLACE + len(macros)))
                macros.append(_macro(node))
    return Template("".join(pieces), tuple(macros))


def _macro(node: nodes.Node) -> Macro:
    filters: list[tuple[str, tuple[str, ...]]] = []
    while isinstance(node, nodes.Filter) and node.node is not None:
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        arguments = tuple(_words(argument) for argument in node.args)
        expected = (0, 1) if node.name == "default" else (0,)
        if node.name not in FILTERS or not plain or len(arguments) not in expected:
            raise BadMacro(node.name)
        filters.insert(0, (node.name, arguments))
        node = node.node
    return Macro(_path(node), tuple(filters))


def _words(node: nodes.Node) -> str:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return node.value
    raise BadMacro(type(node).__name__)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    raise BadMacro(type(node).__name__)
