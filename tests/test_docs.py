"""What README and docs promise is there, and what is there is mentioned."""

import argparse
import ast
import re
import subprocess
from pathlib import Path

import pytest

import leadloom
from models.process.steps import KINDS
from models.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "\n".join(page.read_text() for page in PAGES)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
# what belongs to one machine or one registry, and has no place in a project
PRIVATE = re.compile(
    r"(?<![\w.])/(work|tmp|home|root|Users|opt/(pypi|wheels))/|pypi\.org|pythonhosted|npmjs\.|"
    r"registry\.|deb\.debian|docker\.io|ghcr\.io|quay\.io"
)


def commands(parser: argparse.ArgumentParser | None = None) -> set[str]:
    """`person add`, `check` …: every command of leadloom.py, from its own parser."""
    found = set()
    for action in (parser or leadloom._parser())._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                found |= {f"{word} {each}" for each in commands(inner)} or {word}
    return found


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_table(name: str):
    assert f"| `LEADLOOM_{name.upper()}` |" in README.read_text()


def test_no_setting_is_made_up():
    read = {"LEADLOOM_CHROMIUM"} | {f"LEADLOOM_{name.upper()}" for name in Settings.model_fields}
    compose = {"LEADLOOM_DOMAIN", "LEADLOOM_VERSION"}  # of docker-compose.yml
    assert set(re.findall(r"LEADLOOM_[A-Z_]+[A-Z]", TEXT)) <= read | compose


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_kind_is_mentioned(kind: str):
    assert f"`{kind}`" in TEXT


@pytest.mark.parametrize("target", sorted(TARGETS - {"help"}))
def test_every_make_target_is_mentioned(target: str):
    assert f"`make {target}`" in TEXT


def test_every_make_target_mentioned_is_there():
    assert set(re.findall(r"(?<=[`\n])make ([a-z]+)", TEXT)) <= TARGETS


def test_the_commands_mentioned_are_those_there_are():
    known = commands()
    mentioned = re.findall(r"leadloom\.py ([a-z]+)(?: ([a-z]+))?", TEXT)
    told = {two if (two := f"{one} {more}") in known else one for one, more in mentioned}
    assert told == known


def test_links_lead_somewhere():
    for page in PAGES:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
            if not link.startswith("http"):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_folder_has_its_line():
    rooms = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()}
    assert {room for room in rooms if f"| `{room}/` |" not in README.read_text()} == set()


def test_every_module_says_what_it_is():
    silent = [
        path
        for path in tracked()
        if path.suffix == ".py" and path.name != "__init__.py" and "versions" not in path.parts
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def private_lines(path: Path) -> list[str]:
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return []
    return [
        f"{path}:{number} {line}" for number, line in enumerate(lines, 1) if PRIVATE.search(line)
    ]


def test_no_file_names_a_machine_or_a_registry():
    allowed = {Path(__file__), ROOT / "Dockerfile"}
    assert [line for path in tracked() if path not in allowed for line in private_lines(path)] == []


@pytest.mark.parametrize(
    "line", ["cd /wo" + "rk/main", "see /ro" + "ot/x", "https://registry." + "example/simple"]
)
def test_a_named_machine_is_noticed(line: str, tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"fine\n{line}\n")
    assert private_lines(page) == [f"{page}:2 {line}"]
