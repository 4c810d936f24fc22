"""What every answer carries, and who may not change anything."""

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from models.journal import SECRETS
from tests.web.website import Website, token_in

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'; "
    "report-uri /csp-reports"
)
MACHINES = ("/telegram/", "/postback/", "/api/v1/")
# Before a sign-in there is no session whose token could be asked for.
WITHOUT_SESSION = {"/csp-reports"}


def unsafe(site: Website) -> list[tuple[str, str]]:
    """(method, path with 1 for every parameter) of each route that could change something."""
    found = []
    for route in iter_route_contexts(site.app.routes):
        path = route.path or ""
        for part in path.split("/"):
            if part.startswith("{"):
                path = path.replace(part, "1")
        if not path.startswith(MACHINES):
            methods = (route.methods or set()) - {"GET", "HEAD", "OPTIONS"}
            found += [(method, path) for method in sorted(methods)]
    return found


async def test_every_answer_carries_the_headers(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as browser:
        for path in ("/me", "/login", "/nowhere", "/livez", "/healthz", "/assets/icons.svg"):
            headers = (await browser.get(path)).headers
            assert headers["content-security-policy"] == CSP, path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["referrer-policy"] == "same-origin"
            assert "microphone=(self)" in headers["permissions-policy"]
        assert (await browser.get("/me")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "the site's own"},
    ],
    ids=str,
)
async def test_nothing_changes_from_another_site(site: Website, headers: dict[str, str]):
    anna = await site.person()
    routes = unsafe(site)
    assert len(routes) > 4
    given = {name: site.address if value.startswith("the") else value
             for name, value in headers.items()}  # fmt: skip
    async with site.signed_in(anna) as browser:
        token = browser.headers["X-CSRF"]
        async with httpx.AsyncClient(
            base_url=site.address, cookies=browser.cookies, headers={"X-CSRF": token, **given}
        ) as elsewhere:
            for method, path in routes:
                answer = await elsewhere.request(method, path)
                assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize("token", [None, "", "guessed", "another session's"])
async def test_nothing_changes_without_the_sessions_token(site: Website, token: str | None):
    anna = await site.person()
    async with site.signed_in(anna) as browser, site.signed_in(anna) as other:
        browser.headers.pop("X-CSRF")
        if token is not None:
            stolen = other.headers["X-CSRF"] if token.startswith("another") else token
            browser.headers["X-CSRF"] = stolen
        for method, path in unsafe(site):
            if path not in WITHOUT_SESSION:
                answer = await browser.request(method, path)
                assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "own"}]
)
async def test_our_own_pages_do_change_things(site: Website, headers: dict[str, str]):
    anna = await site.person()
    given = {k: site.address if v == "own" else v for k, v in headers.items()}
    async with (
        site.signed_in(anna) as browser,
        httpx.AsyncClient(base_url=site.address, cookies=browser.cookies, headers=given) as plain,
    ):
        token = token_in((await plain.get("/me")).text)
        by_field = await plain.post("/me", data={"theme": "dark", "csrf": token})
        by_header = await plain.post("/me", data={"theme": "dark"}, headers={"X-CSRF": token})
    assert (by_field.status_code, by_header.status_code) == (303, 303)


async def test_the_token_is_of_one_session_only(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as one, site.signed_in(anna) as other:
        assert one.headers["X-CSRF"] != other.headers["X-CSRF"]


async def test_a_flood_of_a_body_is_not_read(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as browser:
        answer = await browser.post("/me", data={"theme": "x" * 2_000_000})
    assert answer.status_code == 413


async def test_reading_changes_nothing(site: Website):
    anna = await site.person()
    async with site.signed_in(anna) as browser:
        for path in ("/sessions/current", "/preferences", "/csp-reports"):
            assert (await browser.get(path)).status_code == 405
        assert (await browser.get("/me")).status_code == 200


@pytest.mark.parametrize(
    "secret",
    [
        "7123456789:AAEhBP0av28-h_T5aF2sQ0XgWZ1abcdEFGH",
        "GET /invitations/Zk3n0-u6Yh2p1Qw9e8r7t6y5u4i3o2p1a0s9d8f7g6h",
        "Authorization: Bearer abc.def",
        "rsmwwv53KISfbbjg9u9tbHbnk3ihddVyq1Kv5ot7uJg",
    ],
)
def test_the_journal_holds_no_secret(secret: str):
    kept = SECRETS.sub("…", f"before {secret} after")
    assert "…" in kept
    assert secret.split("/")[-1].split(" ")[-1] not in kept
    assert kept.startswith("before ")


def test_the_journal_keeps_what_is_no_secret():
    said = 'POST /leads/15/takeover 200 12345:short "2026-11-22T14:03:00"'
    assert SECRETS.sub("…", said) == said
