"""Which robot calls: its token, what the token may do, and how fast."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.deps import Db, Now
from api.robots.pace import Bucket
from models.errors import NotAllowed, NotSignedIn
from models.token import Scope, Token, note_use

scheme = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token `ll_…`, issued with `leadloom.py token add NAME --scope SCOPE`",
)


async def bearer(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)],
    data: Db,
    now: Now,
) -> Token:
    """Raises NotSignedIn, TooFast."""
    if given is None:
        raise NotSignedIn("Give a token: Authorization: Bearer ll_…")
    async with data.reading() as session:
        token = await Token.bearing(session, given.credentials, now=now)
    buckets: dict[int, Bucket] = request.app.state.buckets
    buckets.setdefault(token.id or 0, Bucket()).take(at=monotonic())
    if not token.noted(now):
        async with data.unit_of_work(silent=True) as work:
            await note_use(work, token, now=now)
    return token


def scoped(scope: Scope) -> Callable[..., Awaitable[Token]]:
    """`robot: Annotated[Token, Depends(scoped(Scope.READ))]`. Raises NotAllowed."""

    async def robot_with_scope(token: Annotated[Token, Depends(bearer)]) -> Token:
        if not token.may(scope):
            raise NotAllowed("The token lacks the scope %(scope)s", scope=scope.value)
        return token

    return robot_with_scope


Reader = Annotated[Token, Depends(scoped(Scope.READ))]
Writer = Annotated[Token, Depends(scoped(Scope.WRITE))]
Driver = Annotated[Token, Depends(scoped(Scope.TAKEOVER))]
