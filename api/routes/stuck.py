"""What does not move by itself, and what a person can do about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.deps import Db, LeadId, Now, SignedIn, require
from api.driving import Chosen
from api.rendering import go, render
from models.errors import Missing, Refused
from models.lead import receiving
from models.lead.waking import wake
from models.queries.stuck import stuck
from models.spot import Bot
from models.update import TelegramUpdate, UpdateState
from models.user import Role, User

router = APIRouter()

SHOWN_BYTES = 2000

MachineKeeper = Annotated[User, Depends(require(Role.ADMIN, Role.OPS))]
Admin = Annotated[User, Depends(require(Role.ADMIN))]


@router.get("/stuck")
async def index(request: Request, person: SignedIn, data: Db, now: Now, chosen: Chosen) -> Response:
    async with data.reading() as session:
        found = await stuck(session, person, now=now, key=chosen.key())
    return render(request, "stuck/index", stuck=found, at=now, shown=shown)


@router.post("/stuck/updates/{update_id}/replay")
async def replay(request: Request, update_id: LeadId, person: MachineKeeper, data: Db) -> Response:
    """Reads a poisoned update once more; what is still not understood stays kept."""
    async with data.reading() as session:
        kept = await session.get(TelegramUpdate, update_id)
    if kept is None or kept.state != UpdateState.POISON:
        raise Missing("This update has been read already")
    receipt = await receiving.replay(data, update_id)
    if receipt.poisoned:
        raise Refused("It still cannot be read. It stays here until Leadloom understands it")
    return go(request, "/stuck")


@router.post("/stuck/bots/{bot_id}/enablement")
async def enable(request: Request, bot_id: LeadId, person: Admin, data: Db, now: Now) -> Response:
    """The bot may try again, and whoever waits for it is rung."""
    async with data.unit_of_work() as work:
        await wake(work, bot_id=bot_id, now=now)  # its leads are locked before the bot
        (await Bot.locked(work, bot_id)).enable()
    return go(request, "/stuck")


def shown(raw: bytes) -> str:
    """Bytes as a person may look at them: nothing in it acts on the page or turns its order."""
    text = raw[:SHOWN_BYTES].decode("utf-8", "backslashreplace")
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text
    ) + ("…" if len(raw) > SHOWN_BYTES else "")
