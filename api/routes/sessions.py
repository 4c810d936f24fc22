"""Signing in and out, the one-time link that sets a password, and where one is signed in."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Db, Now, SignedIn, forget_sign_in, keep_signed_in, passwords
from api.rendering import go, render
from api.security import own_page
from models.database import Work
from models.errors import BrokenInput, Missing
from models.passwords import Passwords
from models.session import Invitation, Session, SignInAttempt, end, running
from models.user import User

router = APIRouter()

Argon = Annotated[Passwords, Depends(passwords)]
Text = Annotated[str, Form(max_length=1024)]
Next = Annotated[str, Query(max_length=2000)]


@router.get("/login")
async def new(request: Request, found: Anyone, next: Next = "/") -> Response:
    if found:
        return RedirectResponse(own_page(next), 303)
    return render(request, "sessions/new", next=own_page(next), login="", problem="", wait=None)


@router.post("/sessions")
async def create(
    request: Request,
    data: Db,
    now: Now,
    argon: Argon,
    login: Text = "",
    password: Text = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """422 keeps what was typed. An unknown name, a wrong password and a disabled account look and
    take the same."""
    name, address = login.strip().lower(), _address(request)
    async with data.unit_of_work(silent=True) as work:
        again_at = await SignInAttempt.count(work, login=name, address=address, now=now)
    if again_at is not None:
        return _refused(request, login, next, wait=again_at - now)
    async with data.reading() as session:
        person = await User.named(session, name)
    known = person if person and not person.disabled_at else None
    if not await argon.fits(password, known.password if known else None) or known is None:
        return _refused(request, login, next)
    answer = go(request, own_page(next))
    async with data.unit_of_work(silent=True) as work:
        await SignInAttempt.forget(work, login=name, address=address)
        await _let_in(request, answer, work, known, now)
    return answer


@router.get("/sessions")
async def index(request: Request, person: SignedIn, found: Anyone, data: Db, now: Now) -> Response:
    async with data.reading() as session:
        mine = await running(session, person.id or 0, now=now)
    return render(request, "sessions/index", sessions=mine, current=found and found.session.name)


@router.delete("/sessions/{name}")
async def destroy(
    request: Request, name: str, person: SignedIn, found: Anyone, data: Db, now: Now
) -> Response:
    """One's own only. The present one is signing out."""
    current = found is not None and name in ("current", found.session.name)
    try:
        id = found.session.id if found and current else bytes.fromhex(name)
    except ValueError:
        raise Missing("There is no such page") from None
    async with data.unit_of_work(silent=True) as work:
        if not await end(work, user_id=person.id or 0, only=id, now=now):
            raise Missing("There is no such page")
    if not current:
        return await index(request, person, found, data, now)
    answer = go(request, "/login")
    forget_sign_in(request, answer)
    return answer


@router.get("/invitations/{secret}")
async def invited(request: Request, secret: str, data: Db, now: Now) -> Response:
    async with data.reading() as session:
        found = await Invitation.find(session, secret, now=now)
    if found is None:
        raise Missing("This link was used already or has run out. Ask for a new one")
    return render(request, "sessions/invited", secret=secret, invited=found[1], problem="")


@router.post("/invitations/{secret}")
async def accept(
    request: Request, secret: str, data: Db, now: Now, argon: Argon, password: Text = ""
) -> Response:
    """Sets the password and signs in; the link is used up."""
    answer = go(request, "/")
    async with data.unit_of_work(silent=True) as work:
        found = await Invitation.find(work.session, secret, now=now, lock=True)
        if found is None:
            raise Missing("This link was used already or has run out. Ask for a new one")
        invitation, person = found
        try:
            await person.set_password(password, passwords=argon, now=now)
        except BrokenInput as broken:
            return render(
                request, "sessions/invited", status=422, secret=secret, invited=person,
                problem=broken,
            )  # fmt: skip
        invitation.used_at = now
        await _let_in(request, answer, work, person, now)
    return answer


async def _let_in(
    request: Request, answer: Response, work: Work, person: User, now: datetime
) -> None:
    """A new id at every sign-in: one that was planted before is worth nothing."""
    _, secret = Session.begin(
        work, person, now=now, agent=request.headers.get("user-agent", ""),
        address=_address(request),
    )  # fmt: skip
    keep_signed_in(request, answer, secret)


def _refused(request: Request, login: str, next: str, *, wait: timedelta | None = None) -> Response:
    return render(
        request, "sessions/new", status=422, next=own_page(next), login=login,
        problem="" if wait else "wrong", wait=wait,
    )  # fmt: skip


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
