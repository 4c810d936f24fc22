"""How routes are asked, and what of leads an answer holds."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import text
from starlette.routing import Mount

from models.tables import metadata
from models.user import Role, User
from tests.visibility.country import Country, Known, filled, may_see
from tests.visibility.routes import ROUTES, Of

CANARY = re.compile(r"Z[a-z]+\d+q|\b7341\d{5}\b")
LIVES = ("session", "alembic_version")  # what a request changes by being one


def routes_of(app: FastAPI, prefix: str = "") -> Iterator[str]:
    for found in iter_route_contexts(app.routes):
        inner = getattr(found, "original_route", None)
        if isinstance(inner, Mount):
            yield from routes_of(inner.app, inner.path)  # type: ignore[arg-type]
            continue
        methods = found.methods or getattr(inner, "methods", None) or {"GET"}
        yield from (f"{one} {prefix}{found.path}" for one in sorted(set(methods) - {"HEAD"}))


def kinds(kind: type[Any]) -> list[tuple[str, str, Any]]:
    """(method, path, what it is) of the routes of a kind."""
    return [(*route.split(" ", 1), one) for route, one in ROUTES.items() if isinstance(one, kind)]


async def ask(
    browser: httpx.AsyncClient, method: str, path: str, of: Of, lead: Known, country: Country
) -> httpx.Response:
    around = {**lead.parts, **country.shared}
    ids = {name: str(around[part]) for name, part in of.path.items()}
    address = path.format(**{**{key: str(value) for key, value in around.items()}, **ids})
    return await browser.request(
        method, address, params=filled(of.query, lead, country.shared),
        data=filled(of.form, lead, country.shared) if of.form else None,
    )  # fmt: skip


def canaries(answer: httpx.Response) -> set[str]:
    return set(CANARY.findall(answer.text)) | set(CANARY.findall(str(answer.headers)))


def refused_for_its_shape(answer: httpx.Response) -> bool:
    return answer.status_code == 422 and "Check what is filled in" in answer.text


def asked(answer: httpx.Response) -> set[str]:
    """What the asker has said themselves, in the address."""
    return set(CANARY.findall(str(answer.request.url)))


def allowed(country: Country, person: User) -> set[str]:
    visible = (lead for lead in country.every if may_see(person, lead))
    return {canary for lead in visible for canary in lead.says.values()}


async def everything(country: Country) -> dict[str, str]:
    """Of each table a sum of all its rows."""
    names = [name for name in metadata.tables if name not in LIVES]
    sums = ", ".join(
        f"(select md5(coalesce(string_agg(r::text, '|' order by r::text), '')) from {name} r)"
        for name in names
    )
    async with country.site.database.reading() as session:
        row = (await session.execute(text(f"select {sums}"))).one()
    return dict(zip(names, row, strict=True))


def of_role(country: Country, role: Role) -> list[User]:
    return [one for one in country.people if one.role == role]
