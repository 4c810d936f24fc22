"""What every answer carries, and which requests are not looked at.

A request that changes something must come from our own pages (`Sec-Fetch-Site`, else `Origin`) and
carry its session's token: the middleware checks the first before a byte of the body is read,
`deps.guard` the second.
"""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'; "
    "report-uri /csp-reports"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Called by machines that prove themselves in another way.
MACHINES = ("/telegram/", "/postback/", "/api/v1/")
LARGEST_BODY = 1024 * 1024  # bytes; a route that takes files says its own limit
TOKEN_HEADER, TOKEN_FIELD = "x-csrf", "csrf"


class Armour:
    """Security headers on every answer; nothing from another site changes anything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def armoured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if changes(scope) and not from_our_pages(Headers(scope=scope)):
            refusal = PlainTextResponse("This request did not come from our pages", 403)
            await refusal(scope, receive, armoured)
            return
        await self.app(scope, receive, armoured)


def changes(scope: Scope) -> bool:
    """Whether a browser could be made to send this against a person's will."""
    return scope["method"] not in SAFE and not scope["path"].startswith(MACHINES)


def from_our_pages(headers: Headers) -> bool:
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc == headers.get("host")
    return False


async def token_of(request: Request) -> str:
    """The token a request carries: a header, or a field of its form."""
    if given := request.headers.get(TOKEN_HEADER):
        return given
    kind = request.headers.get("content-type", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        field = (await request.form()).get(TOKEN_FIELD)
        return field if isinstance(field, str) else ""
    return ""


def same(one: str, other: str) -> bool:
    """In constant time."""
    return secrets.compare_digest(one.encode(), other.encode())


def own_page(target: str | None, *, otherwise: str = "/") -> str:
    """A path of ours to go to next; never another site."""
    parts = urlsplit(target or "")
    elsewhere = parts.scheme or parts.netloc or (target or "").startswith(("//", "/\\"))
    return target if target and target.startswith("/") and not elsewhere else otherwise
