"""What browsers report to have blocked: a page of ours that breaks its own rules."""

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

router = APIRouter()
log = logging.getLogger(__name__)

LONGEST = 2000  # characters kept of a report


@router.post("/csp-reports")
async def create(request: Request) -> Response:
    said = (await request.body())[:LONGEST].decode("utf-8", "replace")
    request.app.state.csp_reports.append(said)
    log.warning("the browser blocked something: %s", said)
    return Response(status_code=204)
