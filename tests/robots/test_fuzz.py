"""Whatever a robot sends is answered: never with a crash, always in the described form."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.lead.lead import Lead
from models.token import Token
from tests.pages.house import House

ANSWERED = {200, 401, 403, 404, 405, 409, 422, 429}

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())
)  # fmt: skip
names = st.sampled_from(["stage", "until", "move", "at", "read", "id", "username"]) | st.text(
    max_size=5
)
bodies = st.dictionaries(names, scalars, max_size=4) | scalars | st.lists(scalars, max_size=3)
words = st.sampled_from(["vip", "\x00", "a/b", "%00", "🙂", "x" * 300]) | st.text(max_size=20)
calls = st.one_of(
    st.tuples(st.just("GET"), st.just("/leads")),
    st.tuples(
        st.sampled_from(["PUT", "DELETE"]), words.map(lambda w: f"/tags/{quote(w, safe='')}")
    ),
    st.tuples(st.just("PUT"), st.just("/stage")),
    st.tuples(st.sampled_from(["POST", "DELETE", "PATCH"]), st.just("/takeover")),
)


async def test_nothing_that_is_sent_breaks_it(house: House, lucas: Lead):
    async with house.database.unit_of_work() as work:
        tokens = [Token.issue("fuzz", ["leads:read", "leads:write", "takeover"]) for _ in range(9)]
        for token, _ in tokens:
            work.add(token)
    secrets = [secret for _, secret in tokens]

    async with httpx.AsyncClient(base_url=f"{house.site.address}/api/v1", timeout=10) as api:

        @settings(max_examples=150, suppress_health_check=list(HealthCheck))
        @given(
            call=calls, body=bodies, params=st.dictionaries(names, scalars.map(str), max_size=3),
            key=st.none() | st.text(st.characters(codec="ascii"), max_size=5),
            lead=st.sampled_from([lucas.id, 0, -1, 2**63, 10**30, "x"]), n=st.integers(0, 8),
        )  # fmt: skip
        async def sent(
            call: tuple[str, str], body: Any, params: dict[str, str], key: str | None,
            lead: Any, n: int,
        ) -> None:  # fmt: skip
            method, path = call
            headers = {"Authorization": f"Bearer {secrets[n]}"}
            if key is not None and key.isprintable():
                headers["Idempotency-Key"] = key.strip()
            address = path if path == "/leads" else f"/leads/{lead}{path}"
            raw = {"json": body} if _is_json(body) else {"content": b"{not json"}
            answer = await api.request(method, address, params=params, headers=headers, **raw)
            assert answer.status_code in ANSWERED, (answer.status_code, answer.text)
            if answer.status_code != 200:
                assert answer.json()["detail"]

        await _all(sent)


async def _all(sent: Any) -> None:
    """Runs a property of coroutines inside the running loop."""
    loop = asyncio.get_running_loop()
    inner = sent.hypothesis.inner_test

    def in_loop(**drawn: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(**drawn), loop).result(30)

    sent.hypothesis.inner_test = in_loop
    await asyncio.to_thread(sent)


def _is_json(body: Any) -> bool:
    try:
        json.dumps(body, allow_nan=False).encode()
    except (ValueError, TypeError):
        return False
    return True
