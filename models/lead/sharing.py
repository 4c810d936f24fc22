"""Who gets a lead by itself: by the distribution of its team and line."""

from datetime import datetime

from models.distribution import Distribution, Way, distribution_of, set_up, whose_turn
from models.lead.dealing import Dealing
from models.user import User


class Sharing(Dealing):
    async def share_out(self, *, by: str, at: datetime, new: bool = False) -> None:
        """Nobody's lead goes to whose turn it is, if its team and line have chosen so for leads
        that are handed over (`new`: for those that have just come)."""
        if self.owner_id is not None:
            return
        given = await distribution_of(self.work, team_id=self.team_id, line=self.line)
        if given is not None and (given.on_new if new else given.on_hand_over):
            await self._give(given, given.way, by=by, at=at)

    async def give_by_turns(
        self,
        *,
        by: str,
        at: datetime,
        way: Way | None = None,
        team_id: int | None = None,
        line: int | None = None,
        because: str = "",
        reason: str = "",
    ) -> User | None:
        """To whose turn it is, but not to who has it; returns them, None when there is nobody: then
        it stays as it is. Without a `way` in the distribution's own."""
        team_id, line = team_id or self.team_id, line or self.line
        if way is None:
            given = await distribution_of(self.work, team_id=team_id, line=line)
        else:
            given = await set_up(self.work, team_id=team_id, line=line)
        if given is None:
            return None
        return await self._give(
            given, way or given.way, by=by, at=at, because=because, reason=reason
        )

    async def _give(
        self,
        given: Distribution,
        way: Way,
        *,
        by: str,
        at: datetime,
        because: str = "",
        reason: str = "",
    ) -> User | None:
        await self.work.flush()  # what this transaction has given already counts
        number = await whose_turn(self.work, given, way=way, but=self.owner_id)
        if number is None:
            return None
        owner = await self.work.session.get_one(User, number)
        self.assign(owner, by=by, at=at, because=because or str(way), reason=reason)
        return owner
