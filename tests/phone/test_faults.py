"""Each fault does what it says, to those it concerns, and the journals tell the truth of it."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from tests.eventually import eventually
from tests.phone_process import Client, Phone


async def send(api: httpx.AsyncClient, client: Client, text: str = "привет") -> httpx.Response:
    headers = {"X-Sender-Reference": f"to {client.id}"}
    given = {"chat_id": client.id, "text": text}
    return await api.post("sendMessage", json=given, headers=headers)


async def broken(phone: Phone, client: Client, text: str = "привет") -> Exception:
    """What a plain synchronous client sees when its call breaks."""
    headers = {"X-Sender-Reference": f"to {client.id}"}
    given = {"chat_id": client.id, "text": text}
    url = f"{phone.url}/bot{phone.bot.token}/sendMessage"
    with pytest.raises(httpx.TransportError) as seen:
        await asyncio.to_thread(httpx.post, url, json=given, headers=headers, trust_env=False)
    return seen.value


async def last_request(phone: Phone, client: Client) -> dict[str, Any]:
    return [entry for entry in await phone.requests() if entry["chat"] == client.id][-1]


async def test_429_says_when_to_come_back(
    phone: Phone, api: httpx.AsyncClient, ivan: Client
) -> None:
    await phone.fault("429", count=1, retry_after=7, client=ivan)
    answer = await send(api, ivan)
    assert answer.status_code == 429
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert await ivan.heard() == []
    assert (await send(api, ivan)).status_code == 200, "one was ordered"


@pytest.mark.parametrize(
    ("kind", "settings", "status"),
    [
        ("403", {}, 403),
        ("400", {"description": "Bad Request: chat not found"}, 400),
        ("5xx_before", {"status": 503}, 503),
    ],
)
async def test_a_refusal_leaves_nothing_at_the_client(
    phone: Phone,
    api: httpx.AsyncClient,
    ivan: Client,
    kind: str,
    settings: dict[str, Any],
    status: int,
) -> None:
    await phone.fault(kind, count=1, client=ivan, **settings)
    assert (await send(api, ivan)).status_code == status
    assert await ivan.heard() == []
    entry = await last_request(phone, ivan)
    assert (entry["outcome"], entry["faults"], "accept" in entry) == ("refused", [kind], False)


async def test_a_reset_before_accepting(phone: Phone, api: httpx.AsyncClient, ivan: Client) -> None:
    await phone.fault("reset_before", count=1, client=ivan)
    assert "reset by peer" in str(await broken(phone, ivan))
    assert await ivan.heard() == []
    assert (await last_request(phone, ivan))["outcome"] == "reset_before"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("reset_after", "reset by peer"), ("eof_after", "without sending a response")],
)
async def test_a_broken_answer_to_an_accepted_message(
    phone: Phone, ivan: Client, kind: str, words: str
) -> None:
    await phone.fault(kind, count=1, client=ivan)
    assert words in str(await broken(phone, ivan))
    line = await ivan.hears("привет")
    entry = await last_request(phone, ivan)
    assert (entry["outcome"], entry["message_id"]) == (kind, line.message_id)
    (accept,) = [a for a in await phone.accepts() if a["chat"] == ivan.id]
    assert (accept["n"], accept["reference"]) == (entry["accept"], f"to {ivan.id}")


@pytest.mark.parametrize(("kind", "status"), [("5xx_after", 502), ("garbage", 200)])
async def test_a_useless_answer_to_an_accepted_message(
    phone: Phone, api: httpx.AsyncClient, ivan: Client, kind: str, status: int
) -> None:
    await phone.fault(kind, count=1, client=ivan)
    answer = await send(api, ivan)
    assert answer.status_code == status
    if kind == "garbage":
        with pytest.raises(ValueError, match=r"codec|Expecting"):
            answer.json()
    assert await ivan.heard() == ["привет"]


@pytest.mark.parametrize(("kind", "seen"), [("slow", 0), ("slow_after", 1)])
async def test_a_slow_answer(
    phone: Phone, api: httpx.AsyncClient, ivan: Client, kind: str, seen: int
) -> None:
    await phone.fault(kind, count=1, seconds=5, client=ivan)
    with pytest.raises(httpx.ReadTimeout):
        await api.post("sendMessage", json={"chat_id": ivan.id, "text": "x"}, timeout=0.2)
    assert len(await ivan.heard()) == seen


async def test_refused_connections_are_refused_by_the_kernel(
    phone: Phone, api: httpx.AsyncClient, ivan: Client
) -> None:
    assert (await send(api, ivan)).status_code == 200, "the connection is open already"
    await phone.fault("refuse_connections")
    with pytest.raises(httpx.ConnectError):
        await send(api, ivan)
    await phone.no_faults()
    assert (await send(api, ivan, "снова")).status_code == 200


async def test_a_fault_concerns_only_whom_it_names(
    phone: Phone, api: httpx.AsyncClient, ivan: Client
) -> None:
    petra = await phone.client("Петра")
    await petra.starts()
    await phone.fault("403", client=ivan, methods=["sendMessage"])
    assert (await send(api, ivan)).status_code == 403
    assert (await send(api, petra)).status_code == 200
    action = {"chat_id": ivan.id, "action": "typing"}
    assert (await api.post("sendChatAction", json=action)).status_code == 200


async def test_faults_without_methods_concern_what_sends_messages(
    phone: Phone, api: httpx.AsyncClient, ivan: Client
) -> None:
    await phone.fault("5xx_before", bot=phone.bot.id)
    assert (await send(api, ivan)).status_code == 502
    assert (await api.get("getMe")).status_code == 200
    action = {"chat_id": ivan.id, "action": "typing"}
    assert (await api.post("sendChatAction", json=action)).status_code == 200
    await phone.fault("5xx_before", methods=["*"], bot=phone.bot.id)
    assert (await api.get("getMe")).status_code == 502


async def test_a_probability_is_a_share(phone: Phone, api: httpx.AsyncClient, ivan: Client) -> None:
    await phone.fault("429", probability=0.5, client=ivan)
    statuses = [(await send(api, ivan)).status_code for _ in range(60)]
    assert 10 < statuses.count(429) < 50


async def test_nonsense_is_refused(phone: Phone) -> None:
    began = time.monotonic()
    for settings in ({"kind": "earthquake"}, {"kind": "429", "probability": 2}, {"kin": "429"}):
        answer = await phone.request_later("POST", "/control/faults", json=settings)
        assert answer.status_code == 422, answer.text
    assert await phone.ask("GET", "/control/faults") == []
    assert time.monotonic() - began < 5


async def test_a_caller_who_hangs_up_in_the_middle_of_asking_is_noted_and_nothing_breaks(
    phone: Phone,
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", phone.port)
    head = f"POST /bot{phone.bot.token}/getUpdates HTTP/1.1\r\nHost: phone\r\nContent-Length: 99"
    writer.write(f"{head}\r\nContent-Type: application/json\r\n\r\n{{".encode())
    await writer.drain()
    writer.close()

    async def noted() -> bool:
        return any(one.get("outcome") == "hung_up" for one in await phone.requests())

    await eventually(noted)
