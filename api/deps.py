"""What routes ask for: the database, who is signed in, what their page had seen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from activities.clients.storage import Storage
from api.language import reading
from api.rendering import reader_of
from api.security import changes, same, token_of
from models.database import Database
from models.errors import NotAllowed, NotSignedIn
from models.passwords import Passwords
from models.queries.view import View
from models.session import LONGEST, Session, note_use
from models.settings import Settings
from models.tool import Tool, tools_of
from models.user import Role, Team, User
from workflows.engine import Engine


@dataclass(frozen=True)
class SignIn:
    """A session and whose it is."""

    session: Session
    person: User
    team: Team | None = None


def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


def engine(request: Request) -> Engine:
    found: Engine = request.app.state.engine
    return found


def passwords(request: Request) -> Passwords:
    found: Passwords = request.app.state.passwords
    return found


def settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def storage(request: Request) -> Storage:
    found: Storage = request.app.state.storage
    return found


def clock() -> datetime:
    return datetime.now(UTC)


async def sign_in(request: Request) -> SignIn | None:
    """Who asks, if they are signed in; looked up once a request."""
    if not hasattr(request.state, "sign_in"):
        request.state.sign_in = await _find(request)
        if found := request.state.sign_in:
            request.state.person, request.state.csrf = found.person, found.session.csrf
            request.state.team = found.team
    kept: SignIn | None = request.state.sign_in
    return kept


async def guard(request: Request) -> None:
    """Of every route: who is signed in changes something only with their session's token."""
    if not changes(request.scope) or request.url.path == "/csp-reports":
        return
    found = await sign_in(request)
    if found and not same(await token_of(request), found.session.csrf):
        raise NotAllowed("This page is out of date: reload it and try again")


async def signed_in(found: Annotated[SignIn | None, Depends(sign_in)]) -> User:
    """Raises NotSignedIn: a page leads to the sign-in and back, a fragment says so."""
    if found is None:
        raise NotSignedIn("You are not signed in")
    return found.person


async def worded(
    request: Request, _person: Annotated[User, Depends(signed_in)]
) -> AsyncIterator[None]:
    """Of a router: what its routes word before a page is drawn is worded for who reads it."""
    with reading(reader_of(request)):
        yield


def require(*roles: Role) -> Callable[..., Awaitable[User]]:
    """`person: Annotated[User, Depends(require(Role.ADMIN))]`. Raises NotAllowed."""

    async def person_in_role(person: Annotated[User, Depends(signed_in)]) -> User:
        if person.role not in roles:
            raise NotAllowed("Your role may not do this")
        return person

    return person_in_role


def uses(tool: Tool) -> Callable[..., Awaitable[None]]:
    """Of a route: for who has this tool. Raises NotAllowed."""

    async def has(
        person: Annotated[User, Depends(signed_in)], data: Annotated[Database, Depends(database)]
    ) -> None:
        async with data.reading() as session:
            if tool not in await tools_of(session, person):
                raise NotAllowed("Your line or team does not have this tool")

    return has


Db = Annotated[Database, Depends(database)]
Files = Annotated[Storage, Depends(storage)]
Now = Annotated[datetime, Depends(clock)]
SignedIn = Annotated[User, Depends(signed_in)]
Anyone = Annotated[SignIn | None, Depends(sign_in)]
LeadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Seen = Annotated[int, Query(ge=0, description="the lead's `move` that the person's page showed")]


def viewed(view: Annotated[View, Query()]) -> View:
    """Of the chat list, by the page's address."""
    return view


Viewed = Annotated[View, Depends(viewed)]


def cookie_name(request: Request) -> str:
    """Browsers send a cookie to every port of a host: on plain localhost the port is its name."""
    return "__Host-leadloom" if _secure(request) else f"leadloom-{request.url.port or 80}"


def keep_signed_in(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        cookie_name(request), secret, max_age=int(LONGEST.total_seconds()), path="/",
        secure=_secure(request), httponly=True, samesite="lax",
    )  # fmt: skip


def forget_sign_in(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request), path="/", secure=_secure(request), httponly=True,
        samesite="lax",
    )  # fmt: skip


def _secure(request: Request) -> bool:
    """Only the plain-http localhost of a development copy goes without."""
    return request.url.scheme == "https" or settings(request).environment == "production"


async def _find(request: Request) -> SignIn | None:
    secret = request.cookies.get(cookie_name(request))
    if not secret:
        return None
    at, data = clock(), database(request)
    async with data.reading() as session:
        found = await Session.find(session, secret, now=at)
    if found is None:
        return None
    if not found[0].noted(at):
        async with data.unit_of_work(silent=True) as work:
            await note_use(work, found[0], now=at)
    return SignIn(*found)
