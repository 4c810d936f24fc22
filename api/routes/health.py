"""Is it alive, and does everything it stands on answer?"""

import asyncio
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from api.deps import database, engine
from models.database import Database
from models.heartbeat import CANARY, Heartbeat

router = APIRouter()

OLDEST_CANARY = timedelta(seconds=60)
PATIENCE = 3.0  # seconds for the database to answer


@router.get("/livez")
async def alive() -> Response:
    """This process serves; nothing else is asked."""
    return JSONResponse({"web": "ok"})


@router.get("/healthz")
async def show(request: Request) -> Response:
    """503 as soon as one part fails. The canary proves the whole way through engine and worker."""
    sung, temporal = await asyncio.gather(
        _last_canary(database(request)), engine(request).healthy()
    )
    reached, sung_at = sung
    age = datetime.now(UTC) - sung_at if sung_at else None
    parts = {
        "database": reached,
        "temporal": temporal,
        "canary": age is not None and age <= OLDEST_CANARY,
    }
    told = {name: "ok" if well else "failing" for name, well in parts.items()}
    seconds = round(age.total_seconds(), 1) if age is not None else None
    status = 200 if all(parts.values()) else 503
    return JSONResponse({**told, "canary_age_seconds": seconds}, status)


async def _last_canary(data: Database) -> tuple[bool, datetime | None]:
    try:
        async with asyncio.timeout(PATIENCE), data.reading() as session:
            beat = await session.get(Heartbeat, CANARY)
            return True, beat.at if beat else None
    except (SQLAlchemyError, OSError, TimeoutError):
        return False, None
