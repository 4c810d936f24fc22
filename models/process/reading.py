"""Reading YAML strictly, and saying in a designer's words what does not fit."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import ValidationError

from models.process import conditions, steps
from models.process.part import Part
from models.process.problem import BrokenDefinition, Problem

SIZE_LIMIT = 1 << 20
DEPTH_LIMIT = 50
SHOWN = 80


class _Loader(yaml.SafeLoader):
    """YAML as people expect it: `yes`, `on` and `10:00` are words, not truth or numbers."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            # A few of them make a small file endless in memory.
            reader: Any = self
            raise _broken("no_aliases", line=reader.peek_event().start_mark.line + 1)
        self.depth = getattr(self, "depth", 0) + 1
        if self.depth > DEPTH_LIMIT:
            raise _broken("not_yaml", line=self.line + 1, detail=f"> {DEPTH_LIMIT} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            word = str(key.value)
            if word in seen:
                raise _broken("twice", line=key.start_mark.line + 1, key=word[:SHOWN])
            seen.add(word)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9]\d{0,17})$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?\d{1,17}\.\d{1,17}$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]
)


def read_yaml(text: str) -> dict[str, Any]:
    """The mapping at the top. Raises BrokenDefinition."""
    if len(text) > SIZE_LIMIT:
        raise _broken("too_large", limit=SIZE_LIMIT >> 10)
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except BrokenDefinition:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _broken("not_yaml", line=line, detail=error.problem or "?") from error
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise _broken("not_yaml", line=1, detail=str(error)[:SHOWN]) from error
    if not isinstance(data, dict):
        raise _broken("not_a_mapping")
    return data


def explain(
    refused: ValidationError, data: Mapping[str, Any], seen: Mapping[int, type[Part]]
) -> list[Problem]:
    """One problem for each thing that does not fit. `seen`: id of a mapping to what read it."""
    problems = []
    for error in refused.errors(include_url=False):
        if error["type"] == "too_short" and error["input"]:
            continue  # its parts are there and broken, and have been named
        path, parent = _descend(data, error["loc"])
        step = path[1] if path[0] == "steps" and len(path) > 1 else None
        inside = path[2:] if step is not None else path
        words = [str(part) for part in inside]
        if path[0] == "scenarios" and len(path) > 1:
            scenario = data["scenarios"][path[1]]
            words[1] = str(scenario["name"])[:SHOWN] if "name" in scenario else words[1]
        code, params = _said(error["type"], error, words, parent, seen)
        problem = Problem(code=code, step=step and str(step), params=params)
        if problem not in problems:
            problems.append(problem)
    return problems


def _descend(data: Any, loc: tuple[int | str, ...]) -> tuple[list[int | str], Any]:
    """The path as it stands in the file (without names of kinds), and what holds its last part."""
    path: list[int | str] = []
    here = parent = data
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        holds = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if holds:
            parent, here = here, here[part]
            path.append(part)
        elif last and isinstance(here, dict):
            parent = here
            path.append(part)
    return path or ["process"], parent


def _said(
    kind: str, error: Any, path: list[str], parent: Any, seen: Mapping[int, type[Part]]
) -> tuple[str, dict[str, Any]]:
    where = ".".join(path) or "step"
    written = str(error["input"])[:SHOWN]
    above = ".".join(path[:-1]) or where
    if kind == "extra_forbidden":
        model = seen.get(id(parent))
        known = model.keys() if model else []
        near = get_close_matches(path[-1], known, 1, 0.5)
        if near:
            return "unknown_key", {"key": path[-1], "where": above, "nearest": near[0]}
        return "unknown_key_alone", {"key": path[-1], "where": above, "known": ", ".join(known)}
    if kind == "missing":
        if path[-2:] == ["jump", "at_most"]:
            return "jump_without_limit", {}
        return "missing_key", {"key": path[-1], "where": above}
    if kind in ("step_kind", "condition_kind", "event_kind", "wait_kind"):
        return _kind_said(kind, error)
    if kind in ("bad_duration", "bad_time", "bad_days", "bad_zone"):
        return kind, {"written": str(error["ctx"]["written"])[:SHOWN]}
    if kind in ("nothing_to_send", "button_does_nothing"):
        return kind, {}
    if kind == "empty_condition":
        return kind, {"where": where}
    if kind == "string_pattern_mismatch":
        return "bad_id", {"written": written}
    return "bad_value", {"where": where, "detail": error["msg"][:SHOWN]}


def _kind_said(kind: str, error: Any) -> tuple[str, dict[str, Any]]:
    written = error["input"]
    found = [str(key) for key in written] if isinstance(written, dict) else [str(written)[:SHOWN]]
    kinds = {"step_kind": steps.KINDS, "condition_kind": conditions.KINDS}
    known = kinds.get(kind) or (error.get("ctx") or {}).get("known", ())
    for key in found:
        if key not in known and (near := get_close_matches(key, known, 1, 0.7)):
            return "unknown_key", {"key": key, "where": kind.split("_")[0], "nearest": near[0]}
    return kind, {"known": ", ".join(known), "found": ", ".join(found) or "-"}


def _broken(code: str, **params: Any) -> BrokenDefinition:
    return BrokenDefinition([Problem(code=code, params=params)])
