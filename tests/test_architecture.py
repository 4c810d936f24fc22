"""The house rules hold, and each of them can be broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import architecture

ROOT = Path(__file__).parent.parent

# a small tree that breaks exactly one rule: the rule, the file, its text
BREACHES = [
    ("imports_only_to_the_left", "models/lead.py", "from activities.progress import advance"),
    ("imports_only_to_the_left", "models/lead.py", "def late():\n    import workflows.engine"),
    ("imports_only_to_the_left", "activities/calls.py", "from api.app import create_app"),
    ("imports_only_to_the_left", "workflows/engine.py", "import api"),
    ("imports_only_to_the_left", "phone/app.py", "from models.settings import settings"),
    ("imports_only_to_the_left", "api/app.py", "from phone.app import create_app"),
    ("imports_only_to_the_left", "worker.py", "from machine.child import Child"),
    ("imports_only_to_the_left", "models/lead.py", "from .message import Message"),
    ("workflow_code_imports_little", "workflows/lead.py", "from models.settings import settings"),
    ("workflow_code_imports_little", "workflows/state.py", "import sqlmodel"),
    ("workflow_code_imports_little", "workflows/lead.py", "from workflows.engine import ring"),
    (
        "workflow_code_imports_little",
        "workflows/canary.py",
        "import httpx\n\n@workflow.defn\nclass Canary:\n    pass",
    ),
    ("the_interpreter_asks_for_nothing", "models/process/interpreter.py", "import sqlalchemy"),
    ("the_interpreter_asks_for_nothing", "models/process/language.py", "import temporalio"),
    (
        "the_interpreter_asks_for_nothing",
        "models/process/interpreter.py",
        "import datetime as dt\nnow = dt.datetime.now(dt.UTC)",
    ),
    ("the_interpreter_asks_for_nothing", "models/process/facts.py", "import time\nx = time.time()"),
    ("one_place_commits", "activities/progress.py", "async def f(s):\n    await s.commit()"),
    ("one_place_holds_a_temporal_client", "api/app.py", "from temporalio.client import Client"),
    ("one_place_holds_a_temporal_client", "leadloom.py", "from temporalio import client"),
    ("packages_are_empty", "models/__init__.py", "from models.lead import Lead"),
    ("files_fit", "models/lead.py", "x = 1\n" * 321),
    ("files_fit", "api/static/src/app.js", "x = 1\n" * 151),
    ("names_are_nouns_and_verbs", "models/lead.py", "class LeadService:\n    pass"),
    ("names_are_nouns_and_verbs", "models/lead.py", "class ChatManager:\n    pass"),
    ("names_are_nouns_and_verbs", "activities/a.py", "async def send_activity():\n    pass"),
    ("names_are_nouns_and_verbs", "models/utils.py", ""),
    ("pages_hold_no_code", "api/templates/a.html", "<p>{{ text | safe }}</p>"),
    ("pages_hold_no_code", "api/templates/a.html", '<p class="a" style="color: red">'),
    ("pages_hold_no_code", "api/templates/a.html", '<a onclick="go()">'),
    ("pages_hold_no_code", "api/templates/a.html", "<script>go()</script>"),
    ("pages_hold_no_code", "api/static/src/a.js", "node.innerHTML = text"),
    ("pages_hold_no_code", "phone/static/a.js", "eval(text)"),
    ("tests_do_not_sleep", "tests/test_a.py", "import time\ntime.sleep(1)"),
    ("nothing_is_put_off", "models/lead.py", "x = 1  # TO" + "DO: later"),
]

FINE = {
    "models/__init__.py": "",
    "models/lead.py": "from datetime import datetime\n\n\ndef at():\n    return datetime.now()\n",
    "models/database.py": "async def end(session):\n    await session.commit()\n",
    "models/process/interpreter.py": "from models.process.language import Definition\n",
    "models/process/version.py": "from sqlmodel import SQLModel\n",
    "models/person.py": "class Manager:\n    pass\n",
    "activities/progress.py": "from models.lead import Lead\n",
    "workflows/lead.py": "from activities.progress import Progress\nimport pydantic\n",
    "workflows/engine.py": "from temporalio.client import Client\n",
    "api/app.py": "from workflows.engine import Engine\nfrom models.lead import Lead\n",
    "api/templates/a.html": '<script src="/a.js"></script><p class="safe">{{ a }}</p>',
    "api/static/src/a.js": "node.textContent = text\n",
    "phone/app.py": "import phone.store\n",
    "tests/eventually.py": "import asyncio\n\n\nasync def f():\n    await asyncio.sleep(1)\n",
    "tests/test_a.py": "from temporalio.client import Client\nfrom phone.app import create_app\n",
    "run.py": "from machine.household import Household\n",
}


@pytest.mark.parametrize("rule", architecture.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Callable[[Path], list[str]]):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", architecture.RULES, ids=lambda rule: rule.__name__)
def test_a_tree_in_order_breaks_no_rule(rule: Callable[[Path], list[str]], tmp_path: Path):
    plant(tmp_path, FINE)
    assert rule(tmp_path) == []


@pytest.mark.parametrize(("name", "path", "text"), BREACHES)
def test_a_breach_is_found(name: str, path: str, text: str, tmp_path: Path):
    plant(tmp_path, {**FINE, path: text + "\n"})

    broken = {rule.__name__: found for rule in architecture.RULES if (found := rule(tmp_path))}

    assert list(broken) == [name]
    assert broken[name][0].startswith(path)


def test_every_rule_has_a_breach():
    assert {name for name, _, _ in BREACHES} == {rule.__name__ for rule in architecture.RULES}


def plant(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
