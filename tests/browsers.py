"""Chromium, and what a page may not do: complain."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--no-first-run",
]
AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


def chromium() -> str | None:
    """The browser's program, or None when this machine has none."""
    if given := os.environ.get("LEADLOOM_CHROMIUM"):
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Complaints:
    """Whatever a page said to its console as an error, its uncaught errors and CSP reports.

    `expect(pattern)` takes out what the test provokes on purpose (a 422 or 409 is a console error
    too), and fails if it never came.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        # What a page says as it goes: by then its server or its session may be gone, too.
        self._allowed: list[str] = [r"presence\?doing=gone"]

    def listen(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))

    def expect(self, pattern: str) -> None:
        kept = [line for line in self.heard if not re.search(pattern, line)]
        assert kept != self.heard, f"no complaint like {pattern!r} in {self.heard}"
        self.heard[:] = kept

    def allow(self, pattern: str) -> None:
        """From now on and before, this may come or not, as the moment falls."""
        self._allowed.append(pattern)
        self.heard[:] = [line for line in self.heard if not re.search(pattern, line)]

    def _hear(self, message: ConsoleMessage) -> None:
        said = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(re.search(one, said) for one in self._allowed):
            self.heard.append(said)


async def axe(page: Page, *, within: str | None = None) -> list[dict[str, Any]]:
    """Serious and critical accessibility findings: rule, help, and the elements it names."""
    await page.evaluate(AXE.read_text())
    findings: dict[str, Any] = await page.evaluate(
        "selector => axe.run(selector ?? document, {resultTypes: ['violations']})", within
    )
    return [
        {
            "rule": found["id"],
            "help": found["help"],
            "where": [node["target"] for node in found["nodes"]],
        }
        for found in findings["violations"]
        if found["impact"] in ("serious", "critical")
    ]
