"""Files in a bucket: the same as on disk, over a real socket, also when it is away."""

import argparse
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.testing import WorkflowEnvironment

from activities.clients.storage import BEGUN, Disk, Storage, TooBig, Unreachable, storage_of
from api.commands import Ground
from api.files import shown
from api.moving import move_files
from machine.ports import free
from models.errors import Away
from models.lead.content import Content
from models.media import Media, MediaState
from models.message import State
from models.settings import Settings
from tests.engine.test_files import files, is_sent, sends, talking
from tests.eventually import eventually
from tests.phone_process import Phone
from tests.world import World

MP4 = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 4000


@pytest.fixture(scope="module")
def port() -> int:
    return free()[0]


@pytest.fixture
def s3(port: int) -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    httpx.put(f"http://127.0.0.1:{port}/files").raise_for_status()
    yield server
    server.stop()


@pytest.fixture
def given(port: int) -> dict[str, Any]:
    return {
        "storage": "s3", "storage_bucket": "files", "storage_key_id": "test",
        "storage_secret": "test", "storage_endpoint": f"http://127.0.0.1:{port}",
    }  # fmt: skip


@pytest.fixture(params=["disk", "s3"])
def storage(
    request: pytest.FixtureRequest, s3: ThreadedMotoServer, given: dict[str, Any], tmp_path: Path
) -> Storage:
    return storage_of(Settings(data=tmp_path, **given), request.param)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 100_000):
        yield content[at : at + 100_000]


async def test_what_is_kept_is_read_in_parts_and_goes_with_what_was_drawn_from_it(
    storage: Storage, tmp_path: Path
):
    digest, size = await storage.keep(chunks(MP4), most=len(MP4))
    name = digest.hex()
    with pytest.raises(TooBig):
        await storage.keep(chunks(MP4 + b"1"), most=len(MP4))
    drawn = tmp_path / "drawn"
    drawn.write_bytes(b"small")
    await storage.adopt(drawn, f"{name}.webp")

    async def read(*part: int) -> bytes:
        return b"".join([chunk async for chunk in storage.read(name, *part)])

    assert await storage.look(name, 8) == (size, MP4[:8])
    assert (await read(), await read(1000, 2000), await read(size - 3)) == (
        MP4, MP4[1000:2000], MP4[-3:])  # fmt: skip
    async with storage.local(name) as path:
        assert path.read_bytes() == MP4
    kept_at = await storage.kept_at(name)
    assert kept_at is not None
    assert datetime.now(UTC) - kept_at < timedelta(minutes=1)
    assert {name, f"{name}.webp"} <= {one async for one in storage.names()}

    await storage.drop(name)
    await storage.drop(name)
    assert await storage.kept_at(name) is None
    assert {name, f"{name}.webp"} & {one async for one in storage.names()} == set()
    with pytest.raises(FileNotFoundError):
        await read()
    assert list(storage.folder.glob(f"{BEGUN}*")) == []


async def test_a_player_gets_the_part_it_asks_for(storage: Storage):
    digest, size = await storage.keep(chunks(MP4), most=len(MP4))

    async def answer(request: Request) -> Response:
        return await shown(request, storage, digest, "отпуск.mp4")

    application = Starlette(routes=[Route("/", answer)])
    asked = {
        "": (200, 0, size), "bytes=0-": (206, 0, size), "bytes=5-9": (206, 5, 10),
        f"bytes={size - 1}-": (206, size - 1, size), "bytes=-4": (206, size - 4, size),
        "bytes=5-99999999": (206, 5, size), "bytes=1-2,4-5": (200, 0, size),
        "lines=1-2": (200, 0, size),
    }  # fmt: skip
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://site"
    ) as browser:
        for said, (status, start, end) in asked.items():
            got = await browser.get("/", headers={"Range": said})
            assert (got.status_code, got.content) == (status,
                                                      MP4[start:end]), said  # fmt: skip
        beyond = [await browser.get("/", headers={"Range": said})
                  for said in (f"bytes={size}-", "bytes=9-5", "bytes=-0", "bytes=-")]  # fmt: skip
        other = await browser.get("/", headers={"Range": "bytes=5-9", "If-Range": '"other"'})

    assert [one.status_code for one in beyond] == [416] * 4
    assert beyond[0].headers["content-range"] == f"bytes */{size}"
    assert (other.status_code, got.headers["content-type"]) == (200, "video/mp4")
    assert got.headers["content-disposition"].startswith("inline; filename*=utf-8''%D0")
    assert got.headers["cache-control"] == "private, no-store"


async def test_files_move_into_the_bucket_and_back_and_go_on_where_they_stopped(
    s3: ThreadedMotoServer,
    given: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    chosen = Settings(data=tmp_path, **given)
    disk, bucket = Disk(tmp_path / "files"), storage_of(chosen)
    names = [(await disk.keep_bytes(f"file {number}".encode())).hex() for number in range(5)]
    await bucket.keep_bytes(b"file 0")
    disk.path(names[4]).write_bytes(b"rotten")
    ground = Ground(chosen, None, None, bucket, None)  # type: ignore[arg-type]

    assert await move_files(ground, argparse.Namespace(to="s3", remove=False)) == 1
    assert "moved: 3, there before: 1, broken: 1" in capsys.readouterr().out
    await disk.drop(names[4])
    assert await move_files(ground, argparse.Namespace(to="s3", remove=True)) == 0
    assert "moved: 0, there before: 4" in capsys.readouterr().out
    assert [one async for one in disk.names()] == []

    assert await move_files(ground, argparse.Namespace(to="disk", remove=True)) == 0
    assert [disk.path(one).read_text() for one in names[:4]] == [f"file {n}" for n in range(4)]
    assert set(names) & {one async for one in bucket.names()} == set()


async def test_while_the_bucket_is_away_nothing_is_lost(
    s3: ThreadedMotoServer,
    port: int,
    given: dict[str, Any],
    database_url: str,
    phone: Phone,
    temporal_virtual: WorkflowEnvironment,
    tmp_path: Path,
):
    client = temporal_virtual.client
    async with World(
        database_url, phone, client, tmp_path, environment=temporal_virtual, **given
    ) as world:
        petra = await talking(world)
        await sends(world, petra, "photo")
        await eventually(lambda: is_sent(world, petra))
        digest = (await files(world, petra))[-1].sha256
        assert digest is not None
        s3.stop()
        with pytest.raises(Unreachable) as away:
            await world.storage.keep_bytes(b"lost?")
        assert "test" not in str(away.value)
        request = Request({"type": "http", "headers": []})
        with pytest.raises(Away):
            await shown(request, world.storage, digest, "")
        async with world.change() as work:
            lead = await world.locked(work, petra)
            again = Media(lead_id=lead.id, kind="photo", state=MediaState.READY, sha256=digest)
            await lead.write(
                Content(media=[again]), by=world.anna, key="again", now=await world.now()
            )

        async def waits() -> bool:
            message = (await world.messages(petra))[-1]
            return (message.state, message.reason) == (State.QUEUED, "Unreachable")

        await eventually(waits, within=60)

        back = ThreadedMotoServer("127.0.0.1", port)
        back.start()
        try:
            await eventually(lambda: is_sent(world, petra), within=60)
        finally:
            back.stop()
