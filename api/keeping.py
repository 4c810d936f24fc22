"""What the pages of pipelines and stages are made of, and the way of leads that leave a stage."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.language import gettext as _
from api.rendering import render
from models.database import Database
from models.pipelines import move_some
from models.queries.desk import Desk, desk
from models.queries.vocabulary import MOST_COUNTED, leads_on, still_on, who_name_stages
from models.stage import START, Stage
from models.user import User


async def ways(session: AsyncSession) -> dict[str, Any]:
    """All pipelines, how many leads each stage has, and which pipelines have any."""
    known, leads = await desk(session), await leads_on(session)
    return {
        "known": known, "leads": leads, "most": MOST_COUNTED, "start": START, "moving": None,
        "busy": {one.pipeline_key for one in known.stages if leads.get(one.key)},
    }  # fmt: skip


async def leaving(session: AsyncSession, known: Desk, stages: Sequence[Stage]) -> dict[str, Any]:
    """Before these are retired: who names them, how many leads go, and where they may go."""
    keys = {one.key for one in stages}
    left = [
        (way, [one for one in there if one.key not in keys])
        for way, there in known.ways
    ]  # fmt: skip
    return {
        "naming": await who_name_stages(session, keys),
        "leads": await still_on(session, keys),
        "heirs": [(way, there) for way, there in left if there],
        "gone": all(one.retired_at for one in stages),
    }


async def move_on(
    request: Request,
    data: Database,
    stages: Sequence[str],
    *,
    path: str,
    to: str,
    done: int,
    by: User,
    now: datetime,
    said: str,
) -> Response:
    """One part of the leads; the answer asks for the next one while there are any."""
    async with data.unit_of_work() as work:
        done += await move_some(work, stages, to=to, by=by, now=now)
    async with data.reading() as session:
        left = await still_on(session, stages)
    if left:
        moving = {"path": path, "to": to, "done": done, "all": done + left}
        return await changed(request, data, moving=moving)
    if done:
        said += " · " + _("leads moved: %(count)s") % {"count": done}
    back = {"text": said, "icon": "archive", "act": _("Bring back"), "path": f"{path}/return"}
    return await changed(request, data, toast=back)


async def changed(
    request: Request,
    data: Database,
    *,
    moving: dict[str, Any] | None = None,
    toast: dict[str, str] | None = None,
) -> Response:
    async with data.reading() as session:
        around = await ways(session) | {"moving": moving}
    told = {"HX-Trigger": json.dumps({"toast": toast})} if toast else {}
    return render(request, "pipelines/_changed", headers=told, **around)
