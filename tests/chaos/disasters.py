"""Things that happen once a year, and must end right."""

import asyncio
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, time

from models.lead.receiving import receive
from tests.chaos.campaign import comes_to_rest, crowd_of, people, summary
from tests.chaos.processes import CHATTER, PATIENT
from tests.chaos.result import Plan, Result
from tests.chaos.town import Town
from tests.eventually import eventually
from tests.phone_process import Client

POURERS = 6


async def flood(folder: Path, plan: Plan) -> Result:
    """One client writes without end while the worker is stopped: it looks alive, and health says
    that it is not."""
    result = Result("flood on one lead")
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        client = await town.client(0)
        await client.starts()
        await town.quiet()
        town.worker.pause()
        paused_at = monotonic()
        await pour(town, client, plan.flood)
        result.said.append(f"{plan.flood} messages stored in {monotonic() - paused_at:.0f} s")
        await eventually(lambda: unhealthy(town), within=90, every=1)
        result.expect(True, "a worker that only looks alive: /healthz says 503")
        town.kill("worker")
        before = len(await town.phone.accepts())
        begun = monotonic()
        await town.revive("worker")
        await eventually(lambda: read_everything(town), within=600, every=0.5)
        result.said.append(f"read in {monotonic() - begun:.0f} s")
        await comes_to_rest(town, result)
        stored = await asyncio.to_thread(
            town.count, "select count(*) from message where direction = 'in'"
        )
        result.expect(stored == plan.flood + 1, f"{stored} messages there")
        answers = len(await town.phone.accepts()) - before
        result.expect(0 < answers < 500, f"{answers} answers to it")
    return result


async def pour(town: Town, client: Client, messages: int) -> None:
    """As if Telegram had sent them, six at a time."""
    updates = iter(range(1, messages + 1))

    async def pours(numbers: Iterator[int]) -> None:
        for number in numbers:
            await receive(town.database, update_of(client, number), bot_id=client.bot_id)

    await asyncio.gather(*(pours(updates) for _ in range(POURERS)))


def update_of(client: Client, number: int) -> bytes:
    message = {
        "message_id": 10_000_000 + number,
        "date": int(time()),
        "chat": {"id": client.id, "type": "private"},
        "from": {"id": client.id, "first_name": "Иван"},
        "text": f"да {number}",
    }
    return json.dumps({"update_id": 500_000_000 + number, "message": message}).encode()


async def unhealthy(town: Town) -> bool:
    return not await asyncio.to_thread(town.household.answers_with, "/healthz")


async def read_everything(town: Town) -> bool:
    return not await asyncio.to_thread(town.count, "select count(*) from lead where seq > seen")


async def store_lost(folder: Path, plan: Plan) -> Result:
    """Temporal forgets everything while leads wait: half of them write, half of them are due."""
    result = Result("Temporal's store lost")
    async with Town(folder) as town:
        await town.leads_through(PATIENT)
        clients = [await town.client(number) for number in range(plan.leads)]
        for some in (clients[start : start + 20] for start in range(0, len(clients), 20)):
            await asyncio.gather(*(client.starts() for client in some))
        await eventually(lambda: waiting(town, plan.leads), within=300, every=0.5)
        town.kill("temporal")
        town.temporal.forget()
        await town.revive("temporal")
        lost = monotonic()
        writers = clients[::2]
        await asyncio.gather(*(client.writes("да") for client in writers))
        await eventually(lambda: gone_on(town, plan.leads), within=400, every=1)
        result.said.append(f"{plan.leads} leads went on within {monotonic() - lost:.0f} s")
        await comes_to_rest(town, result)
        answered = await asyncio.to_thread(town.count, said("Отлично!"))
        nudged = await asyncio.to_thread(town.count, said("Вы ещё здесь?"))
        result.expect(answered == len(writers), f"{answered} answered")
        result.expect(nudged == plan.leads - len(writers), f"{nudged} reminded")
    return result


def said(words: str) -> str:
    return f"select count(*) from message where state = 'sent' and text = '{words}'"


async def waiting(town: Town, leads: int) -> bool:
    query = "select count(*) from lead where step = 'ask' and seq = seen"
    return await asyncio.to_thread(town.count, query) == leads


async def gone_on(town: Town, leads: int) -> bool:
    query = "select count(*) from lead where step = 'rest' and seq = seen"
    return await asyncio.to_thread(town.count, query) == leads


async def restored(folder: Path, plan: Plan) -> Result:
    """PostgreSQL comes back from an older copy; what was sent since then is not sent again."""
    result = Result("PostgreSQL restored to an older copy")
    store, copy = folder / "postgres", folder / "copy"
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        crowd = crowd_of(town, plan, pause=0.15)
        async with people(town, crowd, chance=random.Random(plan.seed), pause=1):
            await asyncio.sleep(15)
            town.postgres.stop()
            await asyncio.to_thread(shutil.copytree, store, copy, copy_function=shutil.copy2)
            own_as(copy, store)
            town.postgres.start()
            await asyncio.sleep(20)
            crowd.left = 0
        with suppress(AssertionError):
            await town.quiet(within=60)
        known = await asyncio.to_thread(town.count, "select max(id) from message")
        for name in ("web", "worker"):
            town.kill(name)
        town.postgres.stop()
        shutil.rmtree(store)
        copy.rename(store)
        town.postgres.start()
        heard = await asyncio.to_thread(texts_by_chat, town)
        result.said.append(town.stack.command("restored").strip())
        for name in ("web", "worker"):
            await town.revive(name)
        await town.quiet()
        again = [
            f"{chat}: {text}"
            for chat, texts in (await asyncio.to_thread(texts_by_chat, town)).items()
            for text in texts[len(heard.get(chat, [])) :]
        ]
        result.expect(not again, f"{len(again)} sent by a machine after the restore {again[:3]}")
        writer = crowd.clients[0]
        await writer.writes("вы тут?")
        await eventually(lambda: kept(town, "вы тут?"), within=30)
        newest = await asyncio.to_thread(town.count, "select max(id) from message")
        result.expect(newest > known, "no number is given out twice")
        await town.quiet()
    return result


def own_as(copy: Path, store: Path) -> None:
    """The copy belongs to whom the store belongs to: as root the server is somebody else."""
    owner = store.stat()
    for path in (copy, *copy.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)


def texts_by_chat(town: Town) -> dict[int, list[str]]:
    heard: dict[int, list[str]] = {}
    for one in town.phone.accepts().now():
        heard.setdefault(one["chat"], []).append(one["text"])
    return heard


async def kept(town: Town, words: str) -> bool:
    query = f"select count(*) from message where text = '{words}'"
    return await asyncio.to_thread(town.count, query) == 1


async def restarts(folder: Path, plan: Plan) -> Result:
    """PostgreSQL is restarted every few seconds, in good order, and people talk on."""
    result, times = Result("PostgreSQL restarted every few seconds"), 0
    async with Town(folder) as town:
        await town.leads_through(CHATTER)
        crowd = crowd_of(town, plan, pause=0.2)
        crowd.left = min(crowd.left, 200)
        async with people(town, crowd, chance=random.Random(plan.seed), pause=1):
            while crowd.left > 0:
                await asyncio.sleep(3)
                town.postgres.restart()
                times += 1
        await comes_to_rest(town, result)
    result.said.append(f"{times} restarts")
    result.said.append(summary(result))
    return result
