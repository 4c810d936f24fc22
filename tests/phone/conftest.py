"""One phone for all these tests; each has clients of its own, and leaves no fault behind."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from tests.phone.receiver import Receiver
from tests.phone_process import Bot, Client, Phone

BOT_IDS = count(8_000_000_001)


@pytest.fixture(scope="session")
def running_phone() -> Iterator[Phone]:
    with Phone(longest_pause=0.2) as phone:
        yield phone


@pytest.fixture
async def phone(running_phone: Phone) -> AsyncIterator[Phone]:
    yield running_phone
    await running_phone.no_faults()


@pytest.fixture
async def ivan(phone: Phone) -> Client:
    """Ivan has pressed START."""
    ivan = await phone.client("Иван", last_name="Петров", username="ivan", language_code="ru")
    await ivan.starts()
    return ivan


@pytest.fixture
async def api(phone: Phone) -> AsyncIterator[httpx.AsyncClient]:
    """The Bot API as the first bot calls it."""
    base = f"{phone.url}/bot{phone.bot.token}/"
    async with httpx.AsyncClient(
        base_url=base, timeout=15, trust_env=False, verify=False
    ) as client:
        yield client


@pytest.fixture
def new_bot(phone: Phone) -> Callable[[], Bot]:
    """Bots of a test's own, for what concerns a whole bot: its updates and its webhook."""

    def make() -> Bot:
        number = next(BOT_IDS)
        bot = Bot(token=f"{number}:secret", username=f"bot{number}", name="Own")
        phone.add_bot(bot).now()
        return bot

    return make


@pytest.fixture
async def own_bot(new_bot: Callable[[], Bot]) -> Bot:
    return new_bot()


@pytest.fixture
async def own_api(phone: Phone, own_bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{phone.url}/bot{own_bot.token}/"
    async with httpx.AsyncClient(
        base_url=base, timeout=15, trust_env=False, verify=False
    ) as client:
        yield client


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A small web server that takes updates and answers as it is told."""
    receiver = Receiver()
    await receiver.start()
    yield receiver
    await receiver.stop()


async def result(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]
