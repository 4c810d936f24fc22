"""The page that plays the clients, and the link that stands for t.me."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
LANGUAGES = ("ru", "en")
WORDS: dict[str, dict[str, Any]] = {
    language: json.loads((HERE / "static" / f"words.{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}
PAGES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
        " media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none';"
        " frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script';"
        " trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def show(request: Request) -> Response:
    language = chosen_language(request)
    template = PAGES.get_template("index.html")
    body = template.render(words=WORDS[language], lang=language)
    return HTMLResponse(body, headers=SECURITY)


async def follow(request: Request) -> Response:
    """`/t/<bot>?start=PAYLOAD` is t.me here: the page opens and asks who follows the link."""
    query = f"?bot={request.path_params['bot']}&start={request.query_params.get('start', '')}"
    return RedirectResponse(f"/{query}", 303)


def chosen_language(request: Request) -> str:
    wanted = request.query_params.get("lang", "")
    for language in (wanted, *request.headers.get("accept-language", "").split(",")):
        if language[:2].lower() in LANGUAGES:
            return language[:2].lower()
    return "en"


routes = [
    Route("/", show),
    Route("/t/{bot}", follow),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
