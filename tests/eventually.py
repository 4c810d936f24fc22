"""The one place where tests wait for something to become true."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    true: Callable[[], Awaitable[T | None]],
    *,
    within: float = ...,
    every: float = ...,
    because: str = ...,
) -> T: ...


@overload
async def eventually(
    true: Callable[[], T | None],
    *,
    within: float = ...,
    every: float = ...,
    because: str = ...,
) -> T: ...


async def eventually(
    true: Callable[[], Any],
    *,
    within: float = 20.0,
    every: float = 0.05,
    because: str = "",
) -> Any:
    """The first truthy answer of `true`, asked again every `every` seconds.

    An AssertionError counts as "not yet". Fails after `within` seconds, with the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        complaint: AssertionError | None = None
        answer = None
        try:
            given = true()
            answer = await given if inspect.isawaitable(given) else given
            if answer:
                return answer
        except AssertionError as error:
            complaint = error
        if time.monotonic() > deadline:
            if complaint:
                raise complaint
            raise AssertionError(
                f"{because or 'It'} did not become true within {within} s; the last: {answer!r}"
            )
        await asyncio.sleep(every)


async def never(true: Callable[[], Any], *, within: float = 1.0, every: float = 0.05) -> None:
    """Fails as soon as `true` answers with something truthy; asks for `within` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        given = true()
        answer = await given if inspect.isawaitable(given) else given
        assert not answer, f"it happened: {answer!r}"
        await asyncio.sleep(every)
