"""The leads of who goes off shift: each goes to whose turn it is, else it is nobody's again."""

from datetime import datetime

from sqlalchemy import select, text
from sqlmodel import col

from models.database import Work
from models.distribution import OPEN
from models.lead.lead import Lead
from models.shift import OffShift
from models.timeline import ENGINE
from models.user import User

AT_ONCE = 200  # leads in one unit of work
WAITING = text("waiting_since is not null and archived_at is null and ignored_at is null")
LEFT = {OffShift.WAITING: WAITING, OffShift.OPEN: text(OPEN)}


async def leave_some(work: Work, number: int, *, now: datetime) -> bool:
    """A part of them; whether there may be more. Who has come back on shift keeps what is left.

    All leads are locked before the first is given away: the distribution is locked after them.
    """
    person = await work.session.get_one(User, number)
    if person.going_off is None:
        return False
    query = (
        select(Lead)
        .where(Lead.owner_id == number, LEFT[OffShift(person.going_off)])
        .order_by(col(Lead.id))
        .limit(AT_ONCE)
    )
    leads = (await work.execute(query.with_for_update())).scalars().all()
    for lead in leads:
        given = await lead.give_by_turns(by=ENGINE, at=now, because="off_shift")
        if given is None:
            lead.assign(None, by=ENGINE, at=now, because="off_shift")
    await work.flush()
    await work.session.refresh(person, with_for_update=True)
    if person.on_shift_at is not None or len(leads) < AT_ONCE:
        person.going_off = None
    return person.going_off is not None
