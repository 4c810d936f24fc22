"""Files of a lead: what they are called, which the library shows, which are gone."""

import mimetypes
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from models.errors import Missing, NotAllowed, Refused
from models.lead.row import LeadRow
from models.media import DiscardedFile, Media, MediaState
from models.message import Message, State
from models.sniffing import bare_name
from models.timeline import Action
from models.user import Role, User

LEAVING = (State.QUEUED, State.SENDING, State.SCHEDULED)


class Filing(LeadRow):
    async def rename_file(self, media_id: int, name: str, *, by: str, now: datetime) -> None:
        """Its ending stays: by that others know what it is. Raises Missing, Refused."""
        media = await self._file_of(media_id)
        if not name.strip(". \t\n/\\"):
            raise Refused("Give it a name")
        before, after = media.name, with_ending(bare_name(name), media)
        if before != after:
            media.name = after
            self.record(
                Action.FILE_RENAMED, by=by, at=now, ref=media.message_id, before=before, after=after
            )

    async def hide_file(self, media_id: int, *, by: str, now: datetime) -> None:
        """From the library; its message stays as it is."""
        media = await self._file_of(media_id)
        if media.hidden_at is None:
            media.hidden_at = now
            self.record(
                Action.FILE_HIDDEN, by=by, at=now, ref=media.message_id, name=media.name,
                kind=media.kind,
            )  # fmt: skip

    async def show_file(self, media_id: int, *, by: str, now: datetime) -> None:
        media = await self._file_of(media_id)
        if media.hidden_at is not None:
            media.hidden_at = None
            self.record(
                Action.FILE_SHOWN, by=by, at=now, ref=media.message_id, name=media.name,
                kind=media.kind,
            )  # fmt: skip

    async def delete_file(self, media_id: int, *, by: User, now: datetime) -> None:
        """Here, not at the client's. Its content goes when nothing else is made of it.

        Raises Missing, NotAllowed, Refused."""
        media = await self._file_of(media_id)
        if not may_delete(media, by):
            raise NotAllowed("Who sent a file, a team lead or an admin deletes it")
        query = select(Message.state).where(Message.id == media.message_id)
        if (await self.work.execute(query)).scalar() in LEAVING:
            raise Refused("This file has not left yet: take the message back instead")
        if media.sha256 is not None:
            gone = insert(DiscardedFile).values(sha256=media.sha256, at=func.now())
            await self.work.execute(gone.on_conflict_do_nothing())
        media.state, media.reason, media.sha256 = MediaState.DELETED, None, None
        media.file_id, media.file_unique_id, media.details = None, None, {}
        media.deleted_at, media.deleted_by = now, by.actor
        self.record(
            Action.FILE_DELETED, by=by.actor, at=now, ref=media.message_id, name=media.name,
            kind=media.kind,
        )  # fmt: skip

    async def _file_of(self, media_id: int) -> Media:
        query = select(Media).where(Media.id == media_id, Media.lead_id == self.id)
        media: Media | None = (await self.work.execute(query)).scalar_one_or_none()
        if media is None or media.message_id is None or media.state == MediaState.DELETED:
            raise Missing("There is no such file, or it is not yours to see")
        return media


def may_delete(media: Media, person: User) -> bool:
    return media.uploaded_by_id == person.id or person.role in (Role.TEAM_LEAD, Role.ADMIN)


def with_ending(name: str, media: Media) -> str:
    """`name` with the ending that the file has, or that its type asks for."""
    ending = PurePosixPath(media.name or "").suffix
    if not ending and not PurePosixPath(name).suffix:
        ending = mimetypes.guess_extension(media.mime or "") or ""
    return name if name.lower().endswith(ending.lower()) else f"{name}{ending}"
