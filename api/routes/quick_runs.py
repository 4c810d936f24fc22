"""Quick actions in a chat: run once for a key, and taken back."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from api import quick, words
from api.deps import Db, LeadId, Now, uses, worded
from api.driving import Talker
from api.language import gettext as _
from api.routes.fillings import LONGEST_VALUE, Words, values_of
from api.routes.messages import refuse_if_answered
from models.errors import Refused
from models.formatting import parse_markup
from models.quick_action import QuickAction
from models.quick_run import QuickRun, run
from models.tool import Tool

router = APIRouter(dependencies=[Depends(worded)])

UNKNOWN = "…"  # in a preview, what is still asked


@router.post(
    "/leads/{lead_id}/quick-actions/{number}", dependencies=[Depends(uses(Tool.QUICK_ACTIONS))]
)
async def create(
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    number: LeadId,
    key: Annotated[UUID, Form()],
    seen: Annotated[int, Form(ge=0)] = 0,
    anyway: Annotated[bool, Form()] = False,
    just_shown: Annotated[bool, Form()] = False,
    path: Words = (),
    value: Words = (),
) -> dict[str, Any]:
    """`key` and `seen` are as of a message. While something is not known, or with `just_shown`,
    nothing is done: `asks` are the questions, `shown` the words as they would leave. `path` and
    `value` answer them, pair by pair."""
    async with data.unit_of_work() as work:
        lead = await work.locked_lead(lead_id, visible_to=person)
        action = await QuickAction.of(work.session, number, person)
        told = _told(action, key)
        if await work.session.get(QuickRun, str(key)) is not None:
            return told
        said = None
        if action.words:
            answers = _answers(path, value)
            known = await values_of(work, lead, person, now) | answers
            spoken = action.variant((lead.language or "")[:2], first=person.locale)
            asks = action.asks(spoken, known)
            if asks or just_shown:
                shown = action.filled(spoken, known | dict.fromkeys(asks, UNKNOWN))
                return {
                    "asks": [{"path": one, "said": words.asked(one)} for one in asks],
                    "shown": parse_markup(shown).text,
                }
            said = parse_markup(action.filled(spoken, known).strip())
            if lead.blocked_at is not None:
                raise Refused("The client blocked the bot")
            if not anyway:
                await refuse_if_answered(work, lead, person, seen=seen, now=now)
        await run(work, lead, action, said=said, by=person, key=str(key), now=now)
    return told


@router.post("/quick-actions/runs/{key}/undoing", status_code=204)
async def undo(data: Db, person: Talker, now: Now, key: UUID) -> Response:
    stays = await _undone(data, person, str(key), now)
    told = ", ".join([_("Taken back"), *map(quick.stays, stays)])
    toast = json.dumps({"toast": {"text": told, "icon": "undo-2"}})
    return Response(status_code=204, headers={"HX-Trigger": toast})


async def _undone(data: Db, person: Talker, key: str, now: datetime) -> list[str]:
    async with data.unit_of_work() as work:
        return await (await QuickRun.of(work, key, by=person)).undo(work, by=person, now=now)


def _answers(paths: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    pairs = zip(paths, values, strict=False)
    said = {path: value.strip()[:LONGEST_VALUE] for path, value in pairs}
    return {path: value for path, value in said.items() if value}


def _told(action: QuickAction, key: UUID) -> dict[str, Any]:
    return {
        "text": _("“%(name)s” is done") % {"name": action.name}, "icon": "zap",
        "act": _("Undo"), "path": f"/quick-actions/runs/{key}/undoing",
    }  # fmt: skip
