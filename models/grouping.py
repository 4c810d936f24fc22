"""Leads of one human are grouped, and ungrouped again; never merged."""

from sqlalchemy import select
from sqlmodel import col

from models.database import Work
from models.errors import Missing, Outrun, Refused
from models.lead.lead import Lead
from models.person import MOST_LEADS, Person
from models.timeline import Action
from models.user import User


async def join(work: Work, lead_id: int, other_id: int, *, by: User) -> None:
    """These two are one human, and so are all that were with either. Raises Missing for a lead that
    `by` does not see, Refused, Outrun."""
    leads = await _locked_with(work, lead_id, other_id, by=by)
    if lead_id == other_id:
        raise Refused("This is the same chat")
    one, other = leads[lead_id], leads[other_id]
    if one.person_id is not None and one.person_id == other.person_id:
        return
    if len(leads) > MOST_LEADS:
        raise Refused("A person has at most %(most)s chats", most=MOST_LEADS)
    person_id = one.person_id or other.person_id
    if person_id is None:
        person = Person()
        work.add(person)
        await work.flush()
        person_id = person.id
    for lead in leads.values():
        lead.person_id = person_id
    one.record(Action.PERSON_JOINED, by=by.actor, lead=other_id)
    other.record(Action.PERSON_JOINED, by=by.actor, lead=lead_id)


async def part(work: Work, lead_id: int, *, by: User) -> None:
    """This lead is another human after all. Who stays behind alone is no group either."""
    leads = await _locked_with(work, lead_id, by=by)
    one = leads.pop(lead_id)
    if one.person_id is None:
        return
    one.person_id = None
    one.record(Action.PERSON_PARTED, by=by.actor)
    if len(leads) == 1:
        for left in leads.values():
            left.person_id = None
            left.record(Action.PERSON_PARTED, by=by.actor)


async def _locked_with(work: Work, *ids: int, by: User) -> dict[int, Lead]:
    """These leads and everybody in their groups, locked in ascending id."""
    there = await _groups(work, ids)
    if not set(ids) <= there:
        raise Missing("There is no such lead, or it is not yours to see")
    leads = {
        number: await work.locked_lead(number, visible_to=by if number in ids else None)
        for number in sorted(there)
    }
    if await _groups(work, ids) != there:
        raise Outrun("Somebody else has just changed this")
    return leads


async def _groups(work: Work, ids: tuple[int, ...]) -> set[int]:
    theirs = select(Lead.person_id).where(col(Lead.id).in_(ids), col(Lead.person_id).is_not(None))
    query = select(col(Lead.id)).where(col(Lead.id).in_(ids) | col(Lead.person_id).in_(theirs))
    return set((await work.execute(query)).scalars())
