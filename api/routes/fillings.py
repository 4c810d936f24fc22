"""Ready answers in a chat: what there is for this client, and one of them filled in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from api import words
from api.deps import Db, LeadId, Now, uses, worded
from api.driving import Talker
from api.rendering import render
from models.database import Work
from models.lead.lead import Lead
from models.process.words import lead_values, macro_values
from models.queries.card import process_of, seen_lead
from models.script import scripts_for
from models.template import Template, templates_for
from models.tool import Tool
from models.user import User

router = APIRouter(
    prefix="/leads/{lead_id}/templates",
    dependencies=[Depends(worded), Depends(uses(Tool.TEMPLATES))],
)

Words = Annotated[Sequence[str], Form(max_length=40)]
LONGEST_VALUE = 1000


@router.get("")
async def index(request: Request, data: Db, person: Talker, now: Now, lead_id: LeadId) -> Response:
    """The menu behind `/`."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        values = await values_of(Work(session), lead, person, now)
        found = await templates_for(session, person)
        scripts = await scripts_for(session, person)
    return render(
        request, "templates/_menu", lead=lead, templates=found, scripts=scripts, values=values,
        wanted=(lead.language or "")[:2], first=person.locale,
    )  # fmt: skip


@router.post("/{template_id}")
async def show(
    data: Db,
    person: Talker,
    now: Now,
    lead_id: LeadId,
    template_id: LeadId,
    language: Annotated[str, Form(max_length=8)] = "",
    path: Words = (),
    value: Words = (),
) -> dict[str, Any]:
    """Its markup with what is known and what was answered (`path` and `value`, pair by pair);
    `asks` are the macros that nothing is known of: with any of them the text is not ready."""
    async with data.reading() as session:
        lead = await seen_lead(session, lead_id, person)
        template = await Template.of(session, template_id, person)
        values = await values_of(Work(session), lead, person, now)
    answers = {one: said.strip()[:LONGEST_VALUE] for one, said in zip(path, value, strict=False)}
    values |= {one: said for one, said in answers.items() if said}
    spoken = template.variant(language or (lead.language or "")[:2], first=person.locale)
    return {
        "text": template.filled(spoken, values),
        "asks": [{"path": one, "said": words.asked(one)} for one in template.asks(spoken, values)],
        "files": [
            {"name": one["name"], "size": one["size"], "type": one["mime"],
             "kept": f"{template.id}:{one['sha256']}"}
            for one in template.files
        ],
    }  # fmt: skip


async def values_of(work: Work, lead: Lead, person: User, now: datetime) -> dict[str, str]:
    """What macros of words to a client are filled with."""
    sight = await lead.look(now=now)
    facts = lead.facts_of(sight.state, sight)
    process = await process_of(work.session, lead)
    known = macro_values(process, facts, "") if process else lead_values(facts.lead)
    return known | {"manager.name": person.name, "manager.first_name": person.name.split(" ")[0]}
