"""Everything of the workflows' own that enters history. Ids, names of steps, numbers; never a
word, a name or a phone number of a client."""

from typing import Literal

from pydantic import BaseModel

SEARCH_ATTRIBUTES: dict[str, Literal["Keyword", "Int", "Datetime"]] = {
    "LeadProcess": "Keyword",
    "LeadStep": "Keyword",
    "LeadMode": "Keyword",
    "LeadStage": "Keyword",
    "LeadManager": "Keyword",
    "LeadLine": "Int",
    "LeadModeSince": "Datetime",
}


class LeadRun(BaseModel):
    """What a run of a lead's workflow begins with: the id, and the rings it owes."""

    lead_id: int = 0
    rung: int = 0
