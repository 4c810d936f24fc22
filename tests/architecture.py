"""The house rules as functions: a tree in, one sentence per breach out."""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SKIPPED = {".git", ".venv", "node_modules", "build", "dist", "dist.new", "data", "__pycache__"}
ROOMS = ("models", "activities", "workflows", "api")
OURS = {*ROOMS, "phone", "machine", "tests", "run", "worker", "leadloom"}
MAY_IMPORT = {
    "models": {"models"},
    "activities": {"models", "activities"},
    "workflows": {"models", "activities", "workflows"},
    "api": {"models", "activities", "workflows", "api"},
    "phone": {"phone"},
    "machine": {"models", "machine"},
    "run": {"models", "workflows", "machine"},
    "worker": set(ROOMS) - {"api"},
    "leadloom": set(ROOMS),
}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns"}
CLOCK_HOLDERS = {"datetime", "date", "time", "dt"}
# of models/process, what is a table
STORED = {"version.py", "__init__.py"}
IMPURE = ("temporalio", "sqlmodel", "sqlalchemy", "psycopg", "models.settings", "models.database")
BAD_CLASS = re.compile(r"^(\w+Manager|\w*(Service|Handler|Helper|Util)s?)$")
BAD_FILE = re.compile(r"^(utils?|helpers?|services?|handlers?|managers?|common|misc)\.py$")
UNSAFE = {
    r"\|\s*safe\b": "marks text as safe",
    # the names of htmx's swaps are words, not writing
    r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write": "writes HTML as text",
    r"<[^>]*\sstyle\s*=\s*[\"']": "has an inline style",
    r"<[^>]*\son[a-z]+\s*=\s*[\"']": "has an inline event handler",
    r"<style\b": "has an inline style sheet",
    r"<script\b(?![^>]*(\bsrc=|application/json))": "has an inline script",
    r"\beval\(|new Function\(": "makes code from text",
}


@dataclass(frozen=True)
class Source:
    """One Python file, read and parsed."""

    path: Path  # from the root
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text, str(self.path))))

    @property
    def room(self) -> str:
        first = self.path.parts[0]
        return first if len(self.path.parts) > 1 else first.removesuffix(".py")

    def imports(self) -> Iterator[tuple[str, int]]:
        """Every dotted name imported anywhere in the file, and its line."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def sources(root: Path) -> list[Source]:
    return [
        Source(path.relative_to(root), path.read_text())
        for path in _files(root, "*.py")
        if "versions" not in path.parts
    ]


def imports_only_to_the_left(root: Path) -> list[str]:
    return [
        f"{source.path}:{line} imports {name}"
        for source in sources(root)
        if source.room in MAY_IMPORT
        for name, line in source.imports()
        if _is(name, *(OURS - MAY_IMPORT[source.room])) or name.startswith(".")
    ]


def workflow_code_imports_little(root: Path) -> list[str]:
    allowed = {"temporalio", "pydantic", "workflows", "activities", *sys.stdlib_module_names}
    return [
        f"{source.path}:{line} imports {name} into workflow code"
        for source in sources(root)
        if source.path.parts in {("workflows", "lead.py"), ("workflows", "state.py")}
        or re.search(r"^@workflow\.defn", source.text, re.MULTILINE)
        if source.room == "workflows"
        for name, line in source.imports()
        if not _is(name, *allowed) or _is(name, "temporalio.client", "workflows.engine")
    ]


def the_interpreter_asks_for_nothing(root: Path) -> list[str]:
    found = []
    for source in sources(root):
        if source.path.parts[:2] != ("models", "process") or source.path.name in STORED:
            continue
        for name, line in source.imports():
            if _is(name, *IMPURE):
                found.append(f"{source.path}:{line} imports {name} into the interpreter")
        for node in source.nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCKS
                and isinstance(node.func.value, ast.Name | ast.Attribute)
                and _last(node.func.value) in CLOCK_HOLDERS
            ):
                found.append(f"{source.path}:{node.lineno} reads a clock")
    return found


def one_place_commits(root: Path) -> list[str]:
    return [
        f"{source.path}:{node.lineno} commits"
        for source in sources(root)
        if source.room in {*ROOMS, "worker", "leadloom"}
        if source.path != Path("models/database.py") and "migrations" not in source.path.parts
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]


def one_place_holds_a_temporal_client(root: Path) -> list[str]:
    """The worker is handed the engine's client and may name its type."""
    holders = {Path("workflows/engine.py"), Path("worker.py")}
    return [
        f"{source.path}:{line} imports {name}"
        for source in sources(root)
        if source.room != "tests" and source.path not in holders
        for name, line in source.imports()
        if _is(name, "temporalio.client")
    ]


def packages_are_empty(root: Path) -> list[str]:
    return [
        f"{source.path} is not empty"
        for source in sources(root)
        if source.path.name == "__init__.py" and source.text.strip()
    ]


def files_fit(root: Path) -> list[str]:
    limits = {"*.py": 320, "*.js": 150, "*.mjs": 150}
    found = []
    for pattern, limit in limits.items():
        for path in _files(root, pattern):
            if "versions" in path.parts:  # a migration is written once, by a machine
                continue
            lines = path.read_text().count("\n")
            if lines > limit:
                found.append(f"{path.relative_to(root)} has {lines} lines, more than {limit}")
    return found


def names_are_nouns_and_verbs(root: Path) -> list[str]:
    found = []
    for source in sources(root):
        if BAD_FILE.match(source.path.name):
            found.append(f"{source.path} is named after no noun of the trade")
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and BAD_CLASS.match(node.name):
                found.append(f"{source.path}:{node.lineno} class {node.name}")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.endswith(
                "_activity"
            ):
                found.append(f"{source.path}:{node.lineno} def {node.name}")
    return found


def pages_hold_no_code(root: Path) -> list[str]:
    found = []
    for pattern in ("*.html", "*.js", "*.svg", "*.jinja"):
        for path in _files(root, pattern):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                for bad, what in UNSAFE.items():
                    if re.search(bad, line):
                        found.append(f"{path.relative_to(root)}:{number} {what}")
    return found


def tests_do_not_sleep(root: Path) -> list[str]:
    """Chaos and bench are programs that keep time; tests wait with what polls."""
    polling = {Path("tests/eventually.py"), Path("tests/phone_people.py")}
    return [
        f"{source.path}:{node.lineno} sleeps"
        for source in sources(root)
        if source.room == "tests" and source.path not in polling
        if source.path.parts[1] not in {"chaos", "bench"}
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sleep"
        and _last(node.func.value) in {"time", "asyncio", "anyio"}
    ]


def nothing_is_put_off(root: Path) -> list[str]:
    later = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
    return [
        f"{source.path}:{number} puts something off"
        for source in sources(root)
        for number, line in enumerate(source.text.splitlines(), 1)
        if later.search(line)
    ]


RULES: list[Callable[[Path], list[str]]] = [
    imports_only_to_the_left,
    workflow_code_imports_little,
    the_interpreter_asks_for_nothing,
    one_place_commits,
    one_place_holds_a_temporal_client,
    packages_are_empty,
    files_fit,
    names_are_nouns_and_verbs,
    pages_hold_no_code,
    tests_do_not_sleep,
    nothing_is_put_off,
]


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        yield from (Path(folder, name) for name in sorted(names) if Path(name).match(pattern))


def _is(name: str, *modules: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
