"""Telegram over HTTP, telling apart what a general client mixes up: *not sent* and *perhaps sent*.

`sendMessage` has no idempotency key: once a byte of the request was written, no clear answer means
that the message may have arrived.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx


@dataclass(frozen=True)
class Accepted:
    """Telegram said ok; `result` is its JSON."""

    result: Any


@dataclass(frozen=True)
class Declined:
    """Telegram said no: the message surely did not leave."""

    code: int
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


@dataclass(frozen=True)
class NotSent:
    """No byte was written. `ours`: because of us, and Telegram may be as well as ever."""

    because: str
    ours: bool = False


@dataclass(frozen=True)
class PerhapsSent:
    """Written, and no clear answer came."""

    because: str


Answer = Accepted | Declined | NotSent | PerhapsSent


@dataclass(frozen=True)
class Upload:
    """A file of ours as a method's field; `name` is what the client sees."""

    content: bytes
    name: str


class Method:
    """A method of the Bot API with its fields; those that are None are left out."""

    def __init__(self, name: str, **fields: Any) -> None:
        self.name = name
        self.fields = _without_none(fields)

    def body(self) -> dict[str, Any]:
        """httpx's arguments: JSON, or a form when there are files (`attach://` inside of JSON)."""
        uploads: dict[str, Upload] = {}
        fields = _attached(self.fields, uploads)
        if not uploads:
            return {"json": fields}
        return {
            "data": {
                key: value if isinstance(value, str) else json.dumps(value)
                for key, value in fields.items()
            },
            "files": {key: (upload.name, upload.content) for key, upload in uploads.items()},
        }


class TooLate(Exception):
    """The claim is older than it may be: nothing is written any more."""


class Telegram:
    """One client a process. `address` is the Bot API's, real or the demo phone's."""

    def __init__(self, address: str, *, connections: int = 100) -> None:
        self._address = address
        self._http = httpx.AsyncClient(
            limits=httpx.Limits(
                max_connections=connections, max_keepalive_connections=50, keepalive_expiry=20
            ),
            trust_env=False,
            follow_redirects=False,
        )

    async def call(
        self,
        token: str,
        method: Method,
        *,
        seconds: float = 30,
        write_until: float | None = None,
        reference: str = "",
    ) -> Answer:
        """One attempt. `write_until` is a `time.monotonic()` after which nothing is written."""
        written = False

        async def watch(event: str, particulars: dict[str, Any]) -> None:
            nonlocal written
            if event.endswith("send_request_headers.started"):
                if write_until is not None and monotonic() > write_until:
                    raise TooLate
                written = True

        try:
            response = await self._http.post(
                f"{self._address}/bot{token}/{method.name}",
                **method.body(),
                headers={"X-Sender-Reference": reference} if reference else {},
                timeout=httpx.Timeout(seconds, connect=10, pool=10),
                extensions={"trace": watch},
            )
        except TooLate:
            return NotSent("the claim grew too old", ours=True)
        except (httpx.TransportError, OSError) as error:
            because = type(error).__name__
            return PerhapsSent(because) if written else NotSent(because)
        return classify(response.status_code, response.content)

    async def download(self, token: str, path: str) -> AsyncIterator[bytes]:
        """A file's bytes. Raises httpx.HTTPError."""
        address = f"{self._address}/file/bot{token}/{path}"
        async with self._http.stream("GET", address, timeout=60) as response:
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                yield chunk

    async def close(self) -> None:
        await self._http.aclose()


def classify(status: int, body: bytes) -> Answer:
    """What Telegram's answer says about the message. Pure."""
    try:
        answer = json.loads(body)
        ok = answer["ok"]
    except (ValueError, KeyError, TypeError):
        return PerhapsSent(f"unreadable answer with status {status}")
    if ok is True and "result" in answer:
        return Accepted(answer["result"])
    code = answer.get("error_code", status)
    if ok is not False or not isinstance(code, int) or code >= 500:
        return PerhapsSent(f"status {code}")
    parameters = answer.get("parameters") or {}
    return Declined(
        code=code,
        description=str(answer.get("description", "")),
        retry_after=parameters.get("retry_after"),
        migrate_to_chat_id=parameters.get("migrate_to_chat_id"),
    )


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_none(one) for one in value]
    return value


def _attached(value: Any, uploads: dict[str, Upload]) -> Any:
    """The same with each upload named by a part of the form, and the uploads put aside."""
    if isinstance(value, Upload):
        key = f"file{len(uploads)}"
        uploads[key] = value
        return f"attach://{key}"
    if isinstance(value, dict):
        return {key: _attached(one, uploads) for key, one in value.items()}
    if isinstance(value, list):
        return [_attached(one, uploads) for one in value]
    return value
