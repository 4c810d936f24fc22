"""What has to be true when everything is quiet again, read from the database and the phone alone.

`check` looks; `Verdict.broken` says what is wrong, in sentences; `Verdict.counts` what it saw.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.chaos import changes
from tests.phone_process import Phone

Row = dict[str, Any]
NAMED = 5  # examples of one kind of trouble


@dataclass
class Verdict:
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken

    def blame(self, what: str, culprits: Iterable[object]) -> None:
        found = list(culprits)
        self.counts[what] += len(found)
        if found:
            some = ", ".join(map(str, found[:NAMED])) + (" …" if len(found) > NAMED else "")
            self.broken.append(f"{len(found)} × {what}: {some}")


class Checker:
    """`url` as libpq takes it. `faultless`: nothing was killed and nothing spoiled, so that no
    message may be *unknown*. `since`: only what Telegram accepted after that n is looked at.
    `promised`: keys of messages that people were told are kept."""

    def __init__(
        self,
        url: str,
        phone: Phone,
        *,
        faultless: bool = False,
        since: int = 0,
        promised: Iterable[str] = (),
    ) -> None:
        self.url, self.phone, self.faultless, self.since = url, phone, faultless, since
        self.promised = set(promised)

    def check(self) -> Verdict:
        verdict = Verdict()
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            self.connection = connection
            self._read()
        self._arrivals(verdict)
        self._sends(verdict)
        self._order(verdict)
        self._timelines(verdict)
        self._steps(verdict)
        self._left_over(verdict)
        self._unknown(verdict)
        self._changes(verdict)
        return verdict

    def _read(self) -> None:
        self.messages = self._rows(
            "select id, lead_id, position, direction, author, state, reason, attempt, step_key,"
            " part, client_key, telegram_ids from message order by lead_id, position"
        )
        self.leads = self._rows("select id, bot_id, chat_id, seq, seen from lead")
        self.events = self._rows(
            "select lead_id, seq, kind, ref, actor, particulars from event order by lead_id, seq"
        )
        self.made = self._rows(changes.MADE)
        self.kept = self._rows("select bot_id, update_id, encode(raw, 'escape') raw"
                               " from telegram_update where state <> 'ignored'")  # fmt: skip
        accepts = self.phone.accepts(since=self.since).now()
        self.accepts: dict[int, list[Row]] = defaultdict(list)
        self.anonymous = [one for one in accepts if not one["reference"]]
        for one in accepts:
            if one["reference"]:
                self.accepts[int(one["reference"].partition(".")[0])].append(one)
        self.requests: dict[int, list[Row]] = defaultdict(list)
        self.asked: list[Row] = []  # of Telegram: changes of messages
        for one in self.phone.requests().now():
            if one.get("reference", "").startswith(changes.REFERENCE):
                self.asked.append(one)
            elif one.get("reference"):
                self.requests[int(one["reference"].partition(".")[0])].append(one)
        self.out = {one["id"]: one for one in self.messages if one["direction"] == "out"}
        self.lead_of_chat = {(one["bot_id"], one["chat_id"]): one["id"] for one in self.leads}
        # A person (or evidence that it surely had not left) had it sent again.
        self.again = Counter(e["ref"] for e in self.events if e["kind"] == "message_requeued")
        settled = [e for e in self.events if e["kind"] == "message_settled"]
        self.settled = {e["ref"] for e in settled}
        self.said_to_be = {e["ref"] for e in settled if e["actor"].startswith("user:")}

    def _rows(self, query: str) -> list[Row]:
        return self.connection.execute(query).fetchall()

    def _arrivals(self, verdict: Verdict) -> None:
        """Every update that was acknowledged has one row, and its message or press is there."""
        rows = Counter((one["bot_id"], one["update_id"]) for one in self.kept)
        arrived = Counter(
            (one["lead_id"], one["telegram_ids"][0])
            for one in self.messages
            if one["direction"] == "in"
        )
        pressed = Counter(e["lead_id"] for e in self.events if e["kind"] == "client_pressed")
        presses: Counter[int] = Counter()
        lost: list[int] = []
        twice: list[int] = []
        unheard: list[int] = []
        for bot in self.phone.bots:
            seen = set()
            for update in self.phone.updates(bot=bot).now():
                if update["confirmed_at"] is None or update["update_id"] in seen:
                    continue
                seen.add(update["update_id"])
                verdict.counts["updates acknowledged"] += 1
                count = rows[bot.id, update["update_id"]]
                if count != 1:
                    (twice if count else lost).append(update["update_id"])
                body = json.loads(update["body"])
                lead = self.lead_of_chat.get((bot.id, int(update["chat"])), 0)
                if "message" in body:
                    verdict.counts["messages in"] += 1
                    if arrived[lead, body["message"]["message_id"]] != 1:
                        unheard.append(update["update_id"])
                elif "callback_query" in body:
                    presses[lead] += 1
        verdict.blame("update lost", lost)
        verdict.blame("update stored twice", twice)
        verdict.blame("client's message not there exactly once", unheard)
        verdict.counts["presses in"] = presses.total()
        verdict.blame(
            "lead with presses lost or doubled",
            [lead for lead in presses | pressed if presses[lead] != pressed[lead]],
        )

    def _sends(self, verdict: Verdict) -> None:
        """`sent` is exactly one accept with its id, and nobody hears a message twice unasked."""
        written = {row["client_key"] for row in self.out.values()}
        verdict.counts["promised to people"] = len(self.promised)
        verdict.blame("person's message lost", self.promised - written)
        verdict.counts["accepted by Telegram"] = sum(map(len, self.accepts.values()))
        verdict.counts["messages out"] = len(self.out)
        verdict.counts.update(f"state {one['state']}" for one in self.out.values())
        verdict.blame("send without a reference", [one["n"] for one in self.anonymous])
        verdict.blame(
            "message accepted twice",
            [
                f"{number} {[one['reference'] for one in accepts]}"
                for number, accepts in self.accepts.items()
                if len(accepts) > 1 + self.again[number]
            ],
        )
        verdict.blame("accept without a row", self.accepts.keys() - self.out.keys())
        never, other = [], []
        for number, row in self.out.items():
            ids = [one["message_ids"] for one in self.accepts[number]]
            if row["state"] == "sent" and not ids:
                never += [number] if number not in self.said_to_be else []
            elif row["state"] == "sent" and row["telegram_ids"] not in (ids[-1], []):
                other.append(number)
        verdict.blame("sent, but never accepted", never)
        verdict.blame("sent with another's id", other)
        verdict.blame(
            "failed or cancelled, but accepted",
            [
                number
                for number, row in self.out.items()
                if row["state"] in ("failed", "cancelled")
                and len(self.accepts[number]) > self.again[number]
                and row["reason"] != "forgotten"
            ],
        )

    def _order(self, verdict: Verdict) -> None:
        """In each chat Telegram accepts in the order of the positions."""
        latest: dict[int, int] = defaultdict(int)
        disorder = []
        every = sorted(
            (one["n"], number) for number, accepts in self.accepts.items() for one in accepts
        )
        for _, number in every:
            row = self.out.get(number)
            if row is None or self.again[number]:
                continue
            if row["position"] < latest[row["lead_id"]]:
                disorder.append(number)
            latest[row["lead_id"]] = max(latest[row["lead_id"]], row["position"])
        verdict.blame("accepted out of order", disorder)

    def _timelines(self, verdict: Verdict) -> None:
        numbers: dict[int, list[int]] = defaultdict(list)
        for event in self.events:
            numbers[event["lead_id"]].append(event["seq"])
        verdict.counts["leads"] = len(self.leads)
        verdict.counts["events"] = len(self.events)
        verdict.blame(
            "lead with a gap in its events",
            [one["id"] for one in self.leads if numbers[one["id"]] != [*range(1, one["seq"] + 1)]],
        )
        lines = Counter(
            (e["ref"], e["kind"])
            for e in self.events
            if e["kind"] in ("message_sent", "note_written")
        )
        verdict.blame(
            "outcome written down twice",
            [ref for (ref, _), count in lines.items() if count > 1 + self.again[ref]],
        )

    def _steps(self, verdict: Verdict) -> None:
        """A step says each of its messages once a visit."""
        visits = Counter(
            (e["lead_id"], e["actor"].partition(":")[2].partition("/")[0], e["particulars"]["step"])
            for e in self.events
            if e["kind"] == "step_entered"
        )
        said: Counter[tuple[int, str, str, str]] = Counter()
        for row in self.out.values():
            if row["step_key"] and row["part"] == 0:
                process, _, step = row["author"].removeprefix("process:").partition("/")
                said[row["lead_id"], process, step, row["step_key"].rpartition(":")[2]] += 1
        verdict.counts["visits of steps"] = visits.total()
        verdict.blame(
            "step that said more than it was visited",
            [key for key, count in said.items() if count > visits[key[:3]]],
        )

    def _left_over(self, verdict: Verdict) -> None:
        verdict.blame(
            "message left over",
            [
                f"{row['id']} {row['state']}"
                for row in self.out.values()
                if row["state"] in ("queued", "sending")
            ],
        )
        verdict.blame(
            "lead with unread events",
            [one["id"] for one in self.leads if one["seq"] > one["seen"]],
        )

    def _unknown(self, verdict: Verdict) -> None:
        """What nobody can know is called unknown, and nothing else is."""
        hidden = []
        for number, requests in self.requests.items():
            row = self.out.get(number)
            if row is None or number in self.settled or self.again[number]:
                continue
            if changes.ambiguous(requests[-1]) and row["state"] not in ("unknown", "failed"):
                hidden.append(f"{number} {row['state']}")
        verdict.blame("ambiguous, but not called unknown", hidden)
        unknown = [number for number, row in self.out.items() if row["state"] == "unknown"]
        verdict.counts["unknown that had arrived"] = sum(
            1 for number in unknown if self.accepts[number]
        )
        if self.faultless:
            verdict.blame("needlessly unknown", unknown)

    def _changes(self, verdict: Verdict) -> None:
        """What people did to messages that had left."""
        chats = {one["id"]: (one["bot_id"], one["chat_id"]) for one in self.leads}
        for what, culprits in changes.wrong(self.made, self.asked, chats, self.phone).items():
            verdict.blame(what, culprits)
        verdict.counts.update(f"change {one['state']}" for one in self.made)
        if self.faultless:
            unknown = [one["id"] for one in self.made if one["state"] == "unknown"]
            verdict.blame("change needlessly unknown", unknown)
