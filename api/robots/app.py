"""`/api/v1`: JSON for robots. What it can do is said at `/api/v1/openapi.json`."""

from fastapi import FastAPI
from starlette.datastructures import State

from api.robots import leads, problems, takeovers, tasks
from api.robots.pace import A_SECOND, AT_ONCE

ABOUT = f"""
A robot shows a token with the scopes it needs (`leads:read`, `leads:write`, `takeover`).
Every verb may be called again: what is so already stays so, and the timeline gets no second line.
Mistakes are answered with `application/problem+json` and one sentence.
A token may call {A_SECOND:g} times a second, and {AT_ONCE:g} times at once.
"""


def robots(state: State) -> FastAPI:
    """An application of its own: robots have no session, no language and other mistakes."""
    app = FastAPI(
        title="Leadloom for robots", version="1", description=ABOUT.strip(),
        openapi_url="/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    state.buckets = {}
    app.state = state
    app.include_router(leads.router)
    app.include_router(takeovers.router)
    app.include_router(tasks.router)
    problems.install(app)
    return app
