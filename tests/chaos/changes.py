"""What has to be true of edits, deletions and reactions, read from their rows and the phone."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from tests.phone_process import Phone

Row = dict[str, Any]
REFERENCE = "change:"  # then the change's id and its attempt
MADE = """
select c.id, c.lead_id, c.message_id, c.kind, c.text, c.emoji, c.state, c.attempt, c.asked_at,
    m.text as shown, m.deleted_at, m.reactions, m.telegram_ids[1] as telegram_id
from message_change c join message m on m.id = c.message_id order by c.id
"""
# What the phone did to a request so that nobody can say what became of it.
AMBIGUOUS = {"reset_before", "reset_after", "eof_after", "garbage"}
DONE_ALREADY = ("message is not modified", "message to delete not found")


def ambiguous(request: Row) -> bool:
    return request["outcome"] in AMBIGUOUS or (request["status"] or 0) >= 500


def wrong(
    made: list[Row], asked: list[Row], chats: Mapping[int, tuple[int, int]], phone: Phone
) -> dict[str, list[str]]:
    """By what is wrong: the changes, each with its state."""
    tries = Counter(one["reference"] for one in asked)
    requests: dict[int, list[Row]] = defaultdict(list)
    for one in asked:
        number = one["reference"].removeprefix(REFERENCE).partition(".")[0]
        requests[int(number)].append(one)
    found: dict[str, list[str]] = defaultdict(list)
    found["attempt of a change made twice"] = [one for one, many in tries.items() if many > 1]
    latest: dict[tuple[int, str], Row] = {}
    for one in made:
        said = f"{one['id']} {one['kind']} {one['state']}"
        last = requests[one["id"]][-1] if requests[one["id"]] else None
        if one["state"] in ("queued", "sending"):
            found["change left over"].append(said)
        if one["state"] == "sent" and not (last and _done(last)):
            found["change done, but not by Telegram"].append(said)
        if one["state"] != "unknown" and last and ambiguous(last):
            found["ambiguous change, but not called unknown"].append(said)
        if one["deleted_at"] and one["kind"] != "delete" and one["asked_at"] > one["deleted_at"]:
            found["change asked of a deleted message"].append(said)
    # the last word of each kind stands, unless nobody knows what another one did
    unsure = {one["message_id"] for one in made if one["state"] == "unknown"}
    for one in sorted(made, key=lambda one: max((r["n"] for r in requests[one["id"]]), default=0)):
        if one["state"] == "sent" and one["message_id"] not in unsure:
            latest[one["message_id"], one["kind"]] = one
    found["page and phone do not agree"] = [
        f"{one['id']} {one['kind']}"
        for one in latest.values()
        if not _stands(one, _line(phone, chats[one["lead_id"]], one["telegram_id"]))
    ]
    return found


def _done(request: Row) -> bool:
    known = any(words in request.get("description", "") for words in DONE_ALREADY)
    return request["outcome"] == "ok" or known


def _stands(change: Row, line: Row) -> bool:
    if change["kind"] == "delete":
        return bool(line["deleted"] and change["deleted_at"])
    if line["deleted"]:
        return bool(change["deleted_at"])
    if change["kind"] == "edit":
        return bool(line["text"] == change["text"] == change["shown"])
    ours = [one["emoji"] for one in change["reactions"] if one.get("by") != "client"]
    expected = [change["emoji"]] if change["emoji"] else []
    return bool(line["reactions"].get("bot", []) == ours == expected)


def _line(phone: Phone, chat: tuple[int, int], number: int) -> Row:
    lines = phone.ask("GET", "/control/chats/{}/{}".format(*chat)).now()["lines"]
    return next(one for one in lines if one["message_id"] == number)
