"""Every route of the app by what it has to do with leads. A new one belongs here, too: the oracle
fails until it is said which leads it shows or takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

KEY = str(UUID(int=7))
HEX = UUID(int=7).hex


@dataclass(frozen=True, kw_only=True)
class Of:
    """One lead, named by its id or by the id of something it has. `shows` are kinds of canaries
    that the answer holds for who may see the lead."""

    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)  # where a name means another id
    shows: Sequence[str] = ()
    mine: bool = False  # nothing but one's own is shown or touched, whosever the lead is


@dataclass(frozen=True, kw_only=True)
class Many:
    """Several leads. `shows` are kinds of canaries that stand there for each lead that the person
    may see, or with `counted` for each that counts among their figures."""

    query: Mapping[str, str] = field(default_factory=dict)
    path: str = ""  # with its parameters filled in
    shows: Sequence[str] = ()
    counted: bool = False
    echoes: bool = False  # ids that were asked for


@dataclass(frozen=True)
class Elsewhere:
    """Proven by a test of its own, named here."""

    test: str


class Nothing:
    """Not about leads: no canary may ever stand there."""


class Robots:
    """For programs, which see all leads; never for a person's session."""


Kind = Of | Many | Elsewhere | Nothing | Robots
NOTHING, ROBOTS = Nothing(), Robots()

MESSAGE = "/leads/{lead_id}/messages/{message_id}"
NOTE = "/leads/{lead_id}/notes/{note_id}"
PAYMENT = "/leads/{lead_id}/payments/{number}"
OF_PAYMENT = {"number": "payment_id"}
FILE = "/leads/{lead_id}/media/{media_id}"
TASK = "/leads/{lead_id}/tasks/{number}"
OF_TASK = {"number": "task_id"}
WRITTEN = {"what": "call back", "day": "2030-01-01", "clock": "10:00"}
MOVED, BUYER = {"seen": "0"}, {"name": "buyer"}
# the page of a list that follows the year 2099: with the newest first it holds all
LATER = "W2ZhbHNlLCAiMjA5OS0wMS0wMVQwMDowMDowMCswMDowMCIsIDQ2MTE2ODYwMTg0MjczODc5MDRd"
DEED = Elsewhere("test_an_act_on_many_chats_reaches_only_those_one_sees")

ROUTES: dict[str, Kind] = {
    # one lead
    "GET /leads/{lead_id}": Of(shows=("name", "handle", "text", "note", "source")),
    "GET /leads/{lead_id}/state": Of(shows=("name", "note")),
    "POST /leads/{lead_id}/reading": Of(),
    "GET /leads/{lead_id}/messages": Of(shows=("text",)),
    "GET /leads/{lead_id}/messages/found": Of(query={"q": "{text}"}),
    "POST /leads/{lead_id}/messages": Of(
        form={"key": KEY, "seen": "0", "text": "hello", "anyway": "true"}
    ),
    "POST /leads/{lead_id}/messages/length": Of(form={"text": "hello"}, mine=True),
    f"DELETE {MESSAGE}": Of(),
    f"POST {MESSAGE}/settlement": Of(query={"answer": "queued"}),
    f"GET {MESSAGE}/edit": Of(shows=("text",)),
    f"PUT {MESSAGE}": Of(form={"text": "anew"}),
    f"POST {MESSAGE}/deletion": Of(),
    f"PUT {MESSAGE}/reaction": Of(form={"emoji": "👍"}),
    f"DELETE {MESSAGE}/reaction": Of(),
    "POST /leads/{lead_id}/changes/{change_id}": Of(),
    "DELETE /leads/{lead_id}/changes/{change_id}": Of(),
    "PUT /leads/{lead_id}/stage": Of(query={"key": "talking"}),
    "PUT /leads/{lead_id}/line": Of(query={"line": "2"}),
    "PUT /leads/{lead_id}/owner": Of(form={"owner": ""}),
    "POST /leads/{lead_id}/tags": Of(form={"name": "vip"}),
    "DELETE /leads/{lead_id}/tags": Of(query={"name": "vip"}),
    "GET /leads/{lead_id}/contact": Of(shows=("source", "buyer")),
    "GET /leads/{lead_id}/contact/edit": Of(shows=("name", "campaign")),
    "PUT /leads/{lead_id}/contact": Of(form={"country": "BR", "was.country": ""}),
    "GET /leads/{lead_id}/contact/field": Of(query=BUYER, shows=("buyer",)),
    "GET /leads/{lead_id}/contact/field/edit": Of(query=BUYER, shows=("buyer",)),
    "PUT /leads/{lead_id}/contact/field": Of(query=BUYER, form={"value": "x", "was": "{buyer}"}),
    "PUT /leads/{lead_id}/contact/standing": Of(query={"does": "archive"}),
    "GET /leads/{lead_id}/contact/offered": Of(query={"name": "country"}, mine=True),
    "GET /leads/{lead_id}/draft": Of(shows=("draft",)),
    "PUT /leads/{lead_id}/draft": Of(form={"version": "2", "text": "begun"}),
    "GET /leads/{lead_id}/templates": Of(),
    "POST /leads/{lead_id}/templates/{template_id}": Of(path={"template_id": "template"}),
    "POST /leads/{lead_id}/quick-actions/{number}": Of(
        form={"key": KEY, "anyway": "true"}, path={"number": "quick"}
    ),
    "GET /leads/{lead_id}/script": Of(),
    "POST /leads/{lead_id}/script": Of(form={"script": "{script}"}),
    "PUT /leads/{lead_id}/script": Of(query={"place": "0"}),
    "DELETE /leads/{lead_id}/script": Of(),
    "POST /leads/{lead_id}/takeover": Of(query=MOVED),
    "DELETE /leads/{lead_id}/takeover": Of(query=MOVED),
    "GET /leads/{lead_id}/takeover/end": Of(),
    "GET /leads/{lead_id}/takeover/answer": Of(),
    "GET /leads/{lead_id}/takeover/preview": Of(),
    "POST /leads/{lead_id}/pause": Of(query=MOVED | {"span": "15"}),
    "DELETE /leads/{lead_id}/wait": Of(query=MOVED),
    "GET /leads/{lead_id}/process": Of(),
    "GET /leads/{lead_id}/process/new": Of(query={"key": "greeting"}),
    "POST /leads/{lead_id}/process": Of(query=MOVED | {"key": "greeting"}),
    "DELETE /leads/{lead_id}/process": Of(query=MOVED),
    "GET /leads/{lead_id}/path": Of(),
    "GET /leads/{lead_id}/notes": Of(query={"after": ""}),
    "POST /leads/{lead_id}/notes": Of(form={"text": "a note"}),
    "GET /leads/{lead_id}/notes/colleagues": Of(),
    f"GET {NOTE}": Of(shows=("note",)),
    f"GET {NOTE}/edit": Of(),
    f"PUT {NOTE}": Of(form={"text": "anew", "edits": "0"}),
    f"GET {NOTE}/history": Of(),
    f"PUT {NOTE}/pin": Of(),
    f"DELETE {NOTE}/pin": Of(),
    f"DELETE {NOTE}": Of(),
    f"POST {NOTE}/restoring": Of(),
    "GET /leads/{lead_id}/person": Of(),
    "POST /leads/{lead_id}/export": Of(),
    "GET /leads/{lead_id}/erasure": Of(),
    "POST /leads/{lead_id}/erasure": Of(),
    "GET /leads/{lead_id}/person/search": Of(query={"q": "canary"}),
    "POST /leads/{lead_id}/person": Of(form={"other": "{lead_id}"}),
    "DELETE /leads/{lead_id}/person": Of(),
    "GET /leads/{lead_id}/payments": Of(),
    "GET /leads/{lead_id}/payments/new": Of(),
    "POST /leads/{lead_id}/payments": Of(
        form={
            "key": HEX,
            "kind": "sale",
            "amount": "10",
            "currency": "USD",
            "paid_at": "2026-01-01T10:00",
        }
    ),
    f"GET {PAYMENT}/correction": Of(path=OF_PAYMENT),
    f"PUT {PAYMENT}": Of(
        path=OF_PAYMENT,
        form={"amount": "10", "currency": "USD", "paid_at": "2026-01-01T10:00", "reason": "typo"},
    ),
    f"GET {PAYMENT}/reversal": Of(path=OF_PAYMENT),
    f"POST {PAYMENT}/reversal": Of(path=OF_PAYMENT, form={"reason": "typo"}),
    "GET /leads/{lead_id}/tasks": Of(shows=("task",)),
    "GET /leads/{lead_id}/tasks/new": Of(),
    "GET /leads/{lead_id}/tasks/closed": Of(),
    "POST /leads/{lead_id}/tasks": Of(form=WRITTEN),
    f"GET {TASK}/edit": Of(path=OF_TASK, shows=("task",)),
    f"PUT {TASK}": Of(path=OF_TASK, form=WRITTEN),
    f"PUT {TASK}/due": Of(path=OF_TASK, form=WRITTEN),
    f"POST {TASK}/closing": Of(path=OF_TASK, query={"outcome": "done"}),
    f"POST {TASK}/reopening": Of(path=OF_TASK),
    "PUT /leads/{lead_id}/pin": Of(),
    "DELETE /leads/{lead_id}/pin": Of(mine=True),
    "PUT /leads/{lead_id}/presence": Of(query={"doing": "looks"}),
    "GET /leads/{lead_id}/media": Of(shows=("file",)),
    "GET /leads/{lead_id}/media/block": Of(),
    "GET /leads/{lead_id}/media/archive": Of(query={"file": "{media_id}"}, shows=("file",)),
    f"GET {FILE}": Of(shows=("file",)),
    f"GET {FILE}/edit": Of(shows=("file",)),
    f"PUT {FILE}": Of(form={"name": "another.png"}),
    f"PUT {FILE}/hiding": Of(),
    f"POST {FILE}/showing": Of(),
    f"DELETE {FILE}": Of(),
    "GET /leads/{lead_id}/timeline": Of(shows=("name",)),
    "GET /leads/{lead_id}/timeline/export": Of(query={"form": "json"}),
    "GET /leads/{lead_id}/deal": Of(),
    "GET /leads/{lead_id}/transfer": Of(),
    "PUT /leads/{lead_id}/transfer": Of(form={"line": "2", "to": ""}),
    "GET /media/{media_id}": Of(),
    "GET /media/{media_id}/thumbnail": Of(),
    "POST /media/{media_id}/fetching": Of(),
    # several leads
    "GET /leads": Many(shows=("name", "text", "id")),
    "GET /leads/rows": Many(shows=("name", "text", "id")),
    "GET /deals": Many(shows=("name", "text")),
    "GET /deals/columns": Many(shows=("name", "text")),
    "GET /deals/column": Many(query={"key": "new", "after": LATER}, shows=("name", "text")),
    "GET /deals/cards": Many(query={"lead": "{ids}"}, shows=("name", "text"), echoes=True),
    "GET /deals/tallies": Many(),
    "GET /deals/filter": Many(shows=("buyer", "campaign")),
    "PUT /deals/{lead_id}/stage": Of(form={"to": "talking", "was": "new"}),
    "POST /deals/{lead_id}/return": Of(query={"to": "new", "was": "talking"}),
    "GET /leads/belonging": Many(
        query={"lead": "{ids}", "archive": "any"}, shows=("name",), echoes=True
    ),
    "GET /leads/counts": Many(),
    "GET /leads/chosen": Many(shows=("id",)),
    "GET /leads/next": Many(),
    "GET /leads/filter": Many(shows=("source", "buyer", "campaign")),
    "GET /leads/filter/steps": Many(query={"process": "greeting"}),
    "GET /leads/filter/count": Many(),
    "GET /tasks": Many(query={"who": "team"}),
    "GET /tasks/closed": Many(query={"who": "team"}),
    "GET /drafts": Many(shows=("draft", "id")),
    "GET /notices": Many(),
    "GET /notices/news": Many(),
    "GET /palette": Many(),
    "GET /palette/entries": Many(query={"asked": "Zname"}),
    "GET /stuck": Many(shows=("name",)),
    "GET /processes": Many(),
    "GET /processes/{key}": Many(path="/processes/greeting"),
    "GET /reports/filter": Many(shows=("source", "buyer", "campaign")),
    "GET /reports/{name}": Many(
        path="/reports/deposits", query={"by": "source"}, shows=("source",), counted=True
    ),
    "GET /reports/{name}/{sheet}.csv": Many(
        path="/reports/deposits/origins.csv", query={"by": "buyer"}, shows=("buyer",), counted=True
    ),
    "GET /deeds/preview": Elsewhere("test_the_question_before_an_act_speaks_of_no_other_lead"),
    "POST /deeds": DEED,
    "POST /deeds/{key}/undoing": DEED,
    "POST /quick-actions/runs/{key}/undoing": Elsewhere(
        "test_what_another_has_done_is_not_taken_back"
    ),
    "GET /events": Elsewhere("test_a_stream_speaks_of_no_lead_that_its_reader_may_not_see"),
    # programs
    "GET /api/v1/leads": ROBOTS,
    "PUT /api/v1/leads/{lead_id}/tags/{name:path}": ROBOTS,
    "DELETE /api/v1/leads/{lead_id}/tags/{name:path}": ROBOTS,
    "PUT /api/v1/leads/{lead_id}/stage": ROBOTS,
    "POST /api/v1/leads/{lead_id}/takeover": ROBOTS,
    "DELETE /api/v1/leads/{lead_id}/takeover": ROBOTS,
    "GET /api/v1/leads/{lead_id}/tasks": ROBOTS,
    "POST /api/v1/leads/{lead_id}/tasks": ROBOTS,
    "PUT /api/v1/leads/{lead_id}/tasks/{number}/outcome": ROBOTS,
    "GET /api/v1/openapi.json": NOTHING,
}
# The house itself: people, words, settings, what browsers and Telegram say. By method and path.
HOUSE = """
GET /  GET /livez  GET /healthz  GET /static/{name}  GET /assets/icons.svg  GET /assets/logo.svg
GET /assets/flags/{code}.svg  POST /csp-reports  POST /telegram/{path}  GET /patterns
GET /deeds/bar  GET /reports  POST /filters  PUT /filters/{number}  DELETE /filters/{number}
POST /notices/seen  POST /notices/quiet  DELETE /notices/quiet  PUT /notices/hearing  GET /me
POST /me  PUT /me/events  POST /me/password  POST /preferences  GET /login  POST /sessions
GET /sessions  DELETE /sessions/{name}  GET /invitations/{secret}  POST /invitations/{secret}
GET /processes/{key}/versions/{number}/source  GET /people  GET /people/new  POST /people
GET /people/{number}/edit  PUT /people/{number}  POST /people/{number}/invitation
GET /people/{number}/leaving  POST /people/{number}/leaving  POST /people/{number}/return
POST /people/teams  PUT /people/teams/{number}  GET /pipelines  GET /pipelines/new
POST /pipelines  PUT /pipelines/order  PUT /pipelines/{key}/order  GET /pipelines/{key}/edit
PUT /pipelines/{key}  GET /pipelines/{key}/retirement  POST /pipelines/{key}/retirement
POST /pipelines/{key}/return  GET /stages/new  POST /stages  GET /stages/{key}/edit
PUT /stages/{key}  GET /stages/{key}/retirement  POST /stages/{key}/retirement
POST /stages/{key}/return  GET /tags  GET /tags/new  POST /tags  GET /tags/{number}/edit
PUT /tags/{number}  GET /tags/{number}/retirement  POST /tags/{number}/retirement
POST /tags/{number}/return  GET /tags/{number}/merger  POST /tags/{number}/merger  GET /templates
GET /templates/new  POST /templates  GET /templates/{template_id}/edit
PUT /templates/{template_id}  DELETE /templates/{template_id}
POST /templates/{template_id}/return  GET /templates/{template_id}/files/{digest}  GET /scripts
GET /scripts/new  POST /scripts  GET /scripts/{script_id}/edit  PUT /scripts/{script_id}
PUT /scripts/{script_id}/order  POST /scripts/{script_id}/templates
DELETE /scripts/{script_id}/templates/{template_id}  DELETE /scripts/{script_id}
POST /scripts/{script_id}/return  GET /quick-actions  GET /quick-actions/new  POST /quick-actions
PUT /quick-actions/order  GET /quick-actions/{number}/edit  PUT /quick-actions/{number}
DELETE /quick-actions/{number}  POST /quick-actions/{number}/return
POST /stuck/updates/{update_id}/replay  POST /stuck/bots/{bot_id}/enablement  GET /fields
GET /fields/new  POST /fields  GET /fields/{key}/edit  PUT /fields/{key}  PUT /fields/order
POST /fields/{key}/retirement  POST /fields/{key}/return  GET /tools  PUT /tools/{tool}
GET /distribution  GET /distribution/people/{number}  GET /distribution/people/{number}/plan
PUT /distribution/lines/{line}  PUT /distribution/people/{number}/plan
PUT /distribution/people/{number}/shift  PUT /distribution/teams/{number}  PUT /shift
"""
_words = HOUSE.split()
for _method, _path in zip(_words[::2], _words[1::2], strict=True):
    ROUTES[f"{_method} {_path}"] = NOTHING
