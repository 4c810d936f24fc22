"""The Makefile's refusals are one sentence each, and its help is complete."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what the Makefile needs, with nothing installed."""
    for name in ("Makefile", "requirements.lock", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("target", ["install", "run", "test", "check"])
def test_an_old_python_is_refused(target: str, clone: Path):
    old = program(clone / "old-python", 'test "$1" = -V && echo "Python 3.9.2" || exit 1')
    made = subprocess.run(
        ["make", target, f"PYTHON={old}"], cwd=clone, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    assert f"Leadloom needs Python 3.11 or newer, and {old} is Python 3.9.2" in made.stdout
    assert not (clone / ".venv").exists()


def test_without_a_browser_a_sentence_says_what_to_do(tmp_path: Path):
    """Whoever may not install one; root gets it installed."""
    tools = tmp_path / "bin"
    program(tools / "id", "echo 1000")
    bash = shutil.which("bash")
    assert bash
    asked = subprocess.run(
        [bash, ROOT / ".ci" / "chromium"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "The browser tests need Chromium: install it" in asked.stderr
    assert "LEADLOOM_CHROMIUM" in asked.stderr


def test_a_browser_that_is_named_is_taken(tmp_path: Path):
    browser = program(tmp_path / "bin" / "my-browser", "exit 0")
    bash = shutil.which("bash")
    assert bash
    environment = {"PATH": "", "LEADLOOM_CHROMIUM": str(browser)}
    subprocess.run([bash, ROOT / ".ci" / "chromium"], env=environment, check=True)


def test_help_lists_every_target():
    said = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    for target in phony.group(1).split():
        assert f"make {target} " in said
