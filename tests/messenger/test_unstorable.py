"""What the database's text cannot hold is refused in one sentence, wherever it is typed."""

from typing import Any
from uuid import uuid4

from tests.messenger.town import Town
from tests.web.website import Website

NUL = "до\x00после"


async def test_a_person_is_told_and_nothing_is_kept(site: Website, served: Town):
    ivan = await served.writes("Иван", "Привет")
    lead, before = f"/leads/{ivan}", await served.lead(ivan)
    message = {"key": str(uuid4()), "seen": str(2**40)}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{lead}/messages", {"data": {**message, "text": NUL}}),
        ("POST", f"{lead}/messages", {"data": {**message, "text": f"[там](https://{NUL})"}}),
        ("POST", f"{lead}/notes", {"data": {"text": NUL}}),
        ("PUT", f"{lead}/draft", {"data": {"text": NUL, "version": "1"}}),
        ("POST", "/templates", {"data": {"scope": "private", "name": NUL, "text": NUL}}),
        ("PUT", f"{lead}/contact", {"data": {"buyer": NUL}}),
        ("PUT", f"{lead}/contact", {"data": {"first_name": NUL, "was.first_name": "Иван"}}),
        ("POST", f"{lead}/tags", {"data": {"name": NUL}}),
        ("DELETE", f"{lead}/tags", {"params": {"name": NUL}}),
        ("PUT", f"{lead}/stage", {"params": {"key": NUL}}),
        ("POST", f"{lead}/process", {"params": {"seen": before.move, "key": NUL}}),
        ("GET", "/leads", {"params": {"q": NUL}}),
        ("POST", "/me", {"data": {"time_zone": NUL}}),
        ("POST", "/sessions", {"data": {"login": NUL, "password": NUL}}),
    ]
    async with site.signed_in(served.anna) as browser:
        for method, path, how in asked:
            answer = await browser.request(method, path, headers={"HX-Request": "true"}, **how)
            assert answer.status_code in (404, 422), (method, path, answer.status_code, answer.text)
            if answer.status_code == 422 and path.startswith(lead):
                assert "нельзя сохранить" in answer.text
    assert (await served.lead(ivan)).seq == before.seq
