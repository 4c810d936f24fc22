"""Secrets at rest: another key is a command away; a bot that cannot be opened stops no other."""

import argparse
import asyncio
import io
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from activities.clients.storage import Disk
from activities.clients.telegram import Telegram
from api.commands import Ground, reseal
from api.poller import Poller
from models.database import Database
from models.errors import BrokenInput, Refused
from models.lead.lead import Lead
from models.seal import BrokenSeal
from models.settings import Settings
from models.spot import Bot
from tests.eventually import eventually
from tests.phone_process import Bot as PhoneBot
from tests.phone_process import Phone
from workflows.engine import Engine

OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32


def a_bot(number: int, *, key: bytes, transport: str = "polling") -> Bot:
    token = f"{number}:AAEtoken-of-a-bot-with-a-seal"
    return Bot.of(token, username=f"bot_{number}", name="B", transport=transport, key=key)


@pytest.fixture
async def desk(database: Database, tmp_path: Path, phone: Phone) -> AsyncIterator[Ground]:
    """Its present key is NEW."""
    settings = Settings(data=tmp_path, telegram_api_url=phone.url, secret_key=NEW.hex())
    telegram = Telegram(phone.url)
    yield Ground(settings, database, Engine(settings), Disk(tmp_path), telegram)
    await telegram.close()


async def reseals(desk: Ground, monkeypatch: pytest.MonkeyPatch, *, earlier: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{earlier}\n"))
    await reseal(desk, argparse.Namespace())


async def bots(database: Database) -> list[Bot]:
    async with database.reading() as session:
        return list((await session.execute(select(Bot).order_by(Bot.id))).scalars())


async def settle(database: Database, *some: Bot) -> None:
    async with database.unit_of_work() as work:
        for bot in some:
            work.add(bot)


async def test_every_secret_opens_with_the_new_key_afterwards(
    desk: Ground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await settle(desk.database, a_bot(71, key=OLD), a_bot(72, key=OLD), a_bot(73, key=NEW))
    before = [(one.open_token(key), one.open_secret(key)) for one, key in
              zip(await bots(desk.database), (OLD, OLD, NEW), strict=True)]  # fmt: skip

    await reseals(desk, monkeypatch, earlier=OLD.hex())
    await reseals(desk, monkeypatch, earlier=OLD.hex())

    after = await bots(desk.database)
    assert [(one.open_token(NEW), one.open_secret(NEW)) for one in after] == before
    with pytest.raises(BrokenSeal):
        after[0].open_token(OLD)
    assert capsys.readouterr().out == "2 of 3 bots resealed\n0 of 3 bots resealed\n"


async def test_one_secret_that_cannot_be_opened_leaves_all_as_they_were(
    desk: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = a_bot(73, key=NEW)
    torn.secret = torn.secret[:-1] + bytes([torn.secret[-1] ^ 1])
    await settle(desk.database, a_bot(71, key=OLD), a_bot(72, key=FOREIGN), torn)
    before = [(one.token, one.secret) for one in await bots(desk.database)]

    with pytest.raises(BrokenInput) as broken:
        await reseals(desk, monkeypatch, earlier=OLD.hex())

    assert set(broken.value.problems) == {"@bot_72", "@bot_73"}
    assert [(one.token, one.secret) for one in await bots(desk.database)] == before


@pytest.mark.parametrize("earlier", ["", "short", "zz" * 32])
async def test_what_is_no_key_is_refused(
    desk: Ground, monkeypatch: pytest.MonkeyPatch, earlier: str
) -> None:
    with pytest.raises(Refused, match="64 hex digits"):
        await reseals(desk, monkeypatch, earlier=earlier)


async def test_a_bot_that_cannot_be_opened_stops_no_other_and_is_named_once(
    desk: Ground, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    database = desk.database
    await settle(
        database,
        a_bot(7_300_000_001, key=FOREIGN),
        a_bot(7_300_000_002, key=FOREIGN, transport="webhook"),
    )
    caplog.set_level(logging.ERROR, "api.poller")
    polling = asyncio.create_task(Poller(database, desk.telegram, desk.settings).run())
    try:
        for number in (7_300_000_003, 7_300_000_004):  # found one look after the other
            good = a_bot(number, key=NEW)
            await settle(database, good)
            there = PhoneBot(token=good.open_token(NEW), username=good.username, name="B")
            await phone.add_bot(there)
            ivan = await phone.client("Иван", bot=there)
            await ivan.starts()

            async def came(chat: int = ivan.id) -> bool:
                async with database.reading() as session:
                    query = select(Lead.id).where(Lead.chat_id == chat)
                    return (await session.execute(query)).first() is not None

            await eventually(came)
    finally:
        polling.cancel()
    said = [one for one in caplog.messages if "sealed with another" in one]
    assert len(said) == 2
    assert all(f"@bot_730000000{n}" in line for n, line in zip((1, 2), sorted(said), strict=True))
    assert all("Change the secret key" in line for line in said)
