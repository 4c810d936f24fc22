"""Ready answers: words by language with macros, files, and for whom they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.columns import defaulting, document
from models.errors import BrokenInput, Missing
from models.media import Media, MediaState
from models.ready import Ready, Scope, problems_of, written
from models.user import User

MOST_FILES = 10


class Template(Ready, table=True):
    """`files` are {sha256, kind, name, mime, size, width, height}, sha256 in hex, size in bytes."""

    __tablename__ = "template"

    folder: str = defaulting("")
    files: list[dict[str, Any]] = document(list)

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such template")

    def change(
        self, *, scope: Scope, folder: str, name: str, words: Mapping[str, str],
        files: Sequence[dict[str, Any]], by: User,
    ) -> None:  # fmt: skip
        """Raises BrokenInput, and NotAllowed for a scope that is not theirs to write for."""
        self.be_for(scope, by=by)
        words = written(words)
        problems = {} if name.strip() else {"name": "Give it a name"}
        problems |= problems_of(words)
        if not words and not files:
            problems["text"] = "Neither words nor files"
        if len(files) > MOST_FILES:
            problems["files"] = "At most 10 files in one message"
        if problems:
            raise BrokenInput("The template is not saved", problems)
        self.folder, self.name = folder.strip(), name.strip()
        self.words, self.files = words, list(files)


async def templates_for(session: AsyncSession, person: User) -> list[Template]:
    """By folder and name; what has no folder comes first."""
    query = select(Template).where(Template.theirs(person))
    query = query.order_by(Template.folder, Template.name)
    return list((await session.execute(query)).scalars())


async def attachment(session: AsyncSession, kept: str, person: User, *, lead_id: int) -> Media:
    """A template's file, `<template>:<sha256>`, to be sent to a lead. Raises Missing."""
    number, _, digest = kept.partition(":")
    template = await Template.of(session, int(number) if number.isdigit() else 0, person)
    file = next((one for one in template.files if one["sha256"] == digest), None)
    if file is None:
        raise Missing("The template has no such file any more")
    return Media(
        **(file | {"sha256": bytes.fromhex(digest)}),
        lead_id=lead_id, state=MediaState.READY, uploaded_by_id=person.id,
    )  # fmt: skip
