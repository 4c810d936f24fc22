"""All files from disk into the bucket, or back. What is there already is not copied again, so that
a move that was broken off goes on, and one that is repeated takes what has come meanwhile."""

import argparse

from activities.clients.storage import Storage, storage_of
from api.commands import Ground
from models.sniffing import LARGEST_FILE


async def move_files(ground: Ground, given: argparse.Namespace) -> int:
    """`given.to` is where to; with `given.remove` the first place is empty in the end."""
    source = storage_of(ground.settings, "disk" if given.to == "s3" else "s3")
    target = storage_of(ground.settings, given.to)
    moved = there = broken = 0
    async for name in source.names():
        if not _is_content(name):  # what is drawn from others is drawn anew
            if given.remove:
                await source.drop(name)
            continue
        if await _is_there(target, source, name):
            there += 1
        elif await _copied(source, target, name):
            moved += 1
        else:
            broken += 1
            print(f"broken, left where it is: {name}")
            continue
        if given.remove:
            await source.drop(name)
    print(f"moved: {moved}, there before: {there}, broken: {broken}")
    if ground.settings.storage != given.to:
        print(f"Now set LEADLOOM_STORAGE={given.to}, restart, and run this once more.")
    return 1 if broken else 0


async def _is_there(target: Storage, source: Storage, name: str) -> bool:
    try:
        return (await target.look(name, 0))[0] == (await source.look(name, 0))[0]
    except FileNotFoundError:
        return False


async def _copied(source: Storage, target: Storage, name: str) -> bool:
    """Whether what was read is what the name says."""
    kept, _size = await target.keep(source.read(name), most=2 * LARGEST_FILE)
    if kept.hex() == name:
        return True
    await target.drop(kept.hex())
    return False


def _is_content(name: str) -> bool:
    return len(name) == 64
