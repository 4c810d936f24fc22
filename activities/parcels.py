"""The files of a message on their way to Telegram: by its own id where it has them, else bare of
what a camera wrote into them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.bare import bare
from activities.clients.storage import Storage
from activities.clients.telegram import Accepted, Declined
from activities.envelope import Parcel
from models.media import Media


async def files_of(session: AsyncSession, message: Parcel) -> list[Media]:
    if message.kind == "text":
        return []
    query = select(Media).where(col(Media.message_id) == message.id)
    return list((await session.execute(query.order_by(col(Media.position)))).scalars())


async def contents(
    storage: Storage, media: Sequence[Media], *, anew: bool = False
) -> Mapping[int, bytes]:
    """Of those that Telegram does not have yet, or of all `anew`, by id.

    Raises Unreachable, FileNotFoundError, Damaged."""
    found = {}
    for one in media:
        if one.sha256 is not None and (anew or one.file_id is None):
            kept = b"".join([chunk async for chunk in storage.read(one.sha256.hex())])
            found[one.id] = await asyncio.to_thread(bare, kept)
    return found


def has_forgotten(answer: object, media: Sequence[Media]) -> bool:
    """Telegram does not know a file by the id it once gave, and we still have the file."""
    ours = any(one.file_id and one.sha256 for one in media)
    return ours and isinstance(answer, Declined) and "file" in answer.description.lower()


def messages_of(answer: Accepted) -> list[dict[str, Any]]:
    """One, or those of an album."""
    return answer.result if isinstance(answer.result, list) else [answer.result]


def now_known(media: Sequence[Media], sent: Sequence[Mapping[str, Any]]) -> None:
    """The ids that Telegram has given to what it accepted: it goes again without being sent."""
    for one, message in zip(media, sent, strict=False):
        found = message.get(one.kind)
        found = found[-1] if isinstance(found, list) and found else found
        if isinstance(found, dict) and found.get("file_id"):
            one.file_id = str(found["file_id"])
            one.file_unique_id = found.get("file_unique_id")
