"""Publishing a definition from a folder: its text, and the files beside it into our storage."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from activities.clients.storage import Storage
from models.database import Database
from models.errors import Refused
from models.process.language import Process
from models.process.problem import BrokenDefinition
from models.process.steps import SendStep
from models.process.version import Version, checked, publish


async def publish_file(database: Database, storage: Storage, path: Path) -> Version:
    """Raises Refused when the file cannot be read, BrokenInput with every problem."""
    source, contents = await asyncio.to_thread(read_definition, path)
    files: dict[str, Any] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in contents.items()
    }
    async with database.reading() as session:
        await checked(session, source, media={name: len(c) for name, c in contents.items()})
    for content in contents.values():
        await storage.keep_bytes(content)
    async with database.unit_of_work() as work:
        return await publish(work, source, files=files)


async def check_file(database: Database | None, path: Path) -> Process:
    """The same questions as publishing asks, and nothing published."""
    source, contents = await asyncio.to_thread(read_definition, path)
    if database is None:
        return Process.from_yaml(source)
    async with database.reading() as session:
        return await checked(session, source, media={n: len(c) for n, c in contents.items()})


def read_definition(path: Path) -> tuple[str, dict[str, bytes]]:
    """(the YAML, the files it names that exist beside it)."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("The file %(path)s cannot be read: %(why)s", path=path, why=error) from None
    try:
        process = Process.from_yaml(source)
    except BrokenDefinition:
        return source, {}
    named = {
        attachment.file
        for step in process.steps.values()
        if isinstance(step, SendStep)
        for attachment in step.send.media
    }
    folder = path.resolve().parent
    beside = {name: (folder / name).resolve() for name in named}
    return source, {
        name: file.read_bytes()
        for name, file in beside.items()
        if file.is_relative_to(folder) and file.is_file()
    }
