"""The web process: pages for people, an API for robots, a way in for Telegram.

`uvicorn --factory api.app:create_app`
"""

import asyncio
import gc
import resource
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from activities.clients.storage import storage_of
from activities.clients.telegram import Telegram
from api import errors
from api.deps import clock, guard
from api.live import Hub, encode
from api.poller import Poller
from api.presence import Presence
from api.robots.app import robots
from api.routes import (
    all_tasks,
    assets,
    boards,
    changes,
    contact,
    csp_reports,
    data,
    deals,
    deeds,
    drafts,
    events,
    fields,
    fillings,
    filters,
    health,
    home,
    leads,
    library,
    media,
    messages,
    notes,
    notices,
    palette,
    paths,
    patterns,
    payments,
    people,
    persons,
    pins,
    pipelines,
    presence,
    processes,
    quick_actions,
    quick_runs,
    reports,
    scripts,
    sessions,
    shifts,
    staff,
    stages,
    stuck,
    tags,
    takeovers,
    tasks,
    telegram,
    templates,
    timeline,
    tools,
    transfers,
    views,
    walks,
)
from api.security import LARGEST_BODY, Armour
from models import journal
from models.database import Database
from models.notice import CHANNEL as NOTICES
from models.passwords import Passwords
from models.pin import CHANNEL as PINS
from models.settings import Settings, settings
from workflows.engine import Engine

MOST_FILES = 2**16
ROUTES = (
    all_tasks,
    assets,
    boards,
    changes,
    csp_reports,
    data,
    contact,
    deals,
    deeds,
    drafts,
    events,
    filters,
    fields,
    fillings,
    health,
    home,
    views,
    leads,
    library,
    media,
    messages,
    takeovers,
    notes,
    notices,
    palette,
    paths,
    patterns,
    payments,
    people,
    persons,
    pins,
    pipelines,
    presence,
    processes,
    quick_runs,
    quick_actions,
    reports,
    scripts,
    sessions,
    shifts,
    staff,
    stages,
    stuck,
    tags,
    tasks,
    templates,
    timeline,
    walks,
    tools,
    transfers,
)


def create_app(given: Settings | None = None) -> FastAPI:
    chosen = given or settings()
    app = FastAPI(
        title="Leadloom",
        lifespan=_living,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard)],
        middleware=[
            Middleware(telegram.Door),
            Middleware(Armour),
            Middleware(errors.Unbroken),
            # not FastAPI's own, which answers outside of our headers and words
            Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY),
        ],
    )
    app.state.settings = chosen
    app.state.storage = storage_of(chosen)
    app.state.csp_reports = deque(maxlen=100)
    app.state.webhooks = {}
    for each in ROUTES:
        app.include_router(each.router)
    app.router.routes.append(telegram.HOOK)
    app.state.paths = {found.path for found in iter_route_contexts(app.routes)}
    app.mount("/api/v1", robots(app.state))
    errors.install(app)
    return app


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """Nothing here needs a part that may be away: the process starts, and says so on its pages."""
    chosen: Settings = app.state.settings
    journal.begin()
    _open_as_many_files_as_we_may()
    engine = Engine(chosen)
    database = Database(chosen.postgres, pool=chosen.database_pool, ring=engine.ring)
    app.state.engine, app.state.database = engine, database
    app.state.passwords = Passwords()
    app.state.hub = Hub(database)
    app.state.hub.pass_on(PINS, encode("pins"))
    app.state.hub.pass_on(NOTICES, encode("notices"))
    app.state.presence = Presence(app.state.hub, database)
    yesterday = clock() - timedelta(days=1)
    await app.state.storage.tidy(before=yesterday)
    telegram_ = Telegram(chosen.telegram)
    app.state.poller = Poller(database, telegram_, chosen)
    async with AsyncExitStack() as parts:
        parts.push_async_callback(database.close)
        parts.callback(app.state.passwords.close)
        parts.push_async_callback(telegram_.close)
        parts.callback(app.state.presence.close)
        await parts.enter_async_context(app.state.hub.running())
        parts.callback(asyncio.create_task(app.state.poller.run()).cancel)
        # What lives as long as the process is not looked through again and again: a collection of
        # everything stops all streams and pages for a tenth of a second.
        gc.collect()
        gc.freeze()
        yield


def _open_as_many_files_as_we_may() -> None:
    """Each open page is one; many machines start with a thousand and twenty-four."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))
