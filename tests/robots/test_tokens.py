"""Tokens: shown once, kept as a hash, ended by time or by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from models.database import Database
from models.errors import NotSignedIn, Refused
from models.token import Scope, Token

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def issued(database: Database, expires_at: datetime | None = None) -> tuple[Token, str]:
    async with database.unit_of_work() as work:
        token, secret = Token.issue("crm", ["takeover", "leads:read"], expires_at=expires_at)
        work.add(token)
    return token, secret


async def test_a_secret_opens_its_token(undone: Database):
    token, secret = await issued(undone)

    async with undone.reading() as session:
        found = await Token.bearing(session, secret, now=NOW)

    assert found.id == token.id
    assert found.may(Scope.TAKEOVER)
    assert not found.may(Scope.WRITE)
    assert found.actor == f"robot:{token.id}"


async def test_the_secret_itself_is_kept_nowhere(undone: Database):
    _, secret = await issued(undone)

    async with undone.reading() as session:
        row = (await session.execute(text("select token::text from token"))).scalar_one()

    assert secret.startswith("ll_")
    assert secret not in row
    assert secret.removeprefix("ll_").encode().hex() not in row


@pytest.mark.parametrize("secret", ["", "ll_", "ll_wrong", "\ud800", "ll_" + "a" * 10_000])
async def test_another_secret_opens_nothing(undone: Database, secret: str):
    await issued(undone)

    async with undone.reading() as session:
        with pytest.raises(NotSignedIn):
            await Token.bearing(session, secret, now=NOW)


async def test_a_token_ends_when_its_time_has_come(undone: Database):
    _, secret = await issued(undone, expires_at=NOW)

    async with undone.reading() as session:
        assert await Token.bearing(session, secret, now=NOW - timedelta(seconds=1))
        with pytest.raises(NotSignedIn):
            await Token.bearing(session, secret, now=NOW)


async def test_a_revoked_token_opens_nothing_and_another_still_does(undone: Database):
    token, secret = await issued(undone)
    _, other = await issued(undone)
    async with undone.unit_of_work() as work:
        (await work.session.get_one(Token, token.id)).revoke(now=NOW)

    async with undone.reading() as session:
        assert await Token.bearing(session, other, now=NOW)
        with pytest.raises(NotSignedIn):
            await Token.bearing(session, secret, now=NOW)


def test_a_token_has_a_name_and_scopes_that_exist():
    with pytest.raises(Refused):
        Token.issue("crm", [])
    with pytest.raises(Refused):
        Token.issue(" ", ["leads:read"])
    with pytest.raises(Refused, match="everything"):
        Token.issue("crm", ["everything"])
