"""What Temporal's console shows of a lead: names of processes and steps, nothing personal."""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from activities.moves import Place


def attributes(place: Place) -> list[SearchAttributeUpdate[Any]]:
    """Those of SEARCH_ATTRIBUTES, as they stand."""
    keyword, number = SearchAttributeKey.for_keyword, SearchAttributeKey.for_int
    found: list[SearchAttributeUpdate[Any]] = [
        keyword("LeadProcess").value_set(place.process),
        keyword("LeadStep").value_set(place.step),
        keyword("LeadMode").value_set(place.mode),
        keyword("LeadStage").value_set(place.stage),
        keyword("LeadManager").value_set(place.manager),
        number("LeadLine").value_set(place.line),
    ]
    if place.mode_since:
        since = SearchAttributeKey.for_datetime("LeadModeSince")
        found.append(since.value_set(place.mode_since))
    return found


def details(place: Place) -> str:
    """Markdown for the workflow's page."""
    return (
        f"**{place.process or 'no process'}** v{place.version}, step `{place.step or '-'}`, "
        f"{place.mode}\n\nwaits for: {place.waits or 'nothing'}"
    )
