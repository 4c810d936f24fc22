"""Passwords: argon2id in a small pool of threads, so that a storm of sign-ins takes no more
memory than two of them (64 MiB each)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import BrokenInput

SHORTEST, LONGEST = 12, 1024
AT_ONCE = 2

T = TypeVar("T")


class Passwords:
    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=3, memory_cost=64 * 1024, parallelism=1, type=Type.ID
        )
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        """Raises BrokenInput (field `password`) when it is too short or too long."""
        if len(password) < SHORTEST:
            raise BrokenInput(
                "The password is too short", {"password": "At least %(least)s characters"},
                least=SHORTEST,
            )  # fmt: skip
        if len(password) > LONGEST:
            raise BrokenInput(
                "The password is too long", {"password": "At most %(most)s characters"},
                most=LONGEST,
            )  # fmt: skip
        return await self._aside(self._hasher.hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """An unknown name or an unset password takes as long as a wrong one."""
        right = await self._aside(self._verify, hashed, password[:LONGEST])
        return right and hashed is not None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _dummy(self) -> str:
        return self._hasher.hash("nobody has this password")

    def _verify(self, hashed: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(hashed or self._dummy, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _aside(self, work: Callable[..., T], *arguments: str | None) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
