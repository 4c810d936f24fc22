"""One lead in one process, played in virtual time: sends arrive at once unless told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.process import effects as does
from models.process import scenario as told
from models.process.expectations import Difference, Seen, differences
from models.process.facts import Facts, Paid
from models.process.interpreter import NoSuchPlace, Outcome, begin, place, proceed
from models.process.moments import local_moment, zone_of
from models.process.state import Heard, ProcessState

if TYPE_CHECKING:
    from models.process.language import Process

MOVES_AT_ONE_TIME = 500


class Play:
    """One lead, one process, and a clock that moves when it is told to."""

    def __init__(self, process: "Process", given: told.Given) -> None:
        zone = given.time_zone if process.time_zone == "lead" else process.time_zone
        self.process, self.zone = process, zone
        self.now = local_moment(given.at, zone_of(zone))
        self.facts = _facts_of(process, given)
        self.payload = given.payload
        self.at_work = list(given.at_work)
        self.state: ProcessState | None = None
        self.due_at: datetime | None = None
        self.moves = self.seq = 0
        self.fails: str | None = None
        self.walked: list[str] = []
        self.buttons: dict[str, str] = {}
        self.awaited: str | None = None  # the key of the task that a step waits for
        self._forget()

    def perform(self, event: told.Happening) -> Iterator[Difference]:
        """Lets it happen; yields what is not as it should be."""
        if isinstance(event, told.Fails):
            self.fails = event.fails
            return
        yield from self._start()
        if not isinstance(event, told.Client | told.Press | told.Album):
            # A person who looks at the result has waited for the quiet time to end.
            yield from self._end_quiet_time()
        match event:
            case told.Client():
                yield from self._settle([self._message(event.client)])
            case told.Album():
                album = f"album-{self.seq}"
                photos = [self._photo(album) for _ in range(event.album)]
                yield from self._settle(photos)
            case told.Press():
                if event.button not in self.buttons:
                    shown = ", ".join(self.buttons)
                    yield Difference("no_button", {"expected": event.button, "actual": shown})
                words = self.buttons.get(event.button, "")
                yield from self._settle([self._event(f"button:{event.button}", text=words)])
            case told.Event():
                yield from self._settle([self._event(event.event)])
            case told.Payment():
                paid = Paid(**event.payment.model_dump())
                self._know(payments=(*self.facts.payments, paid))
                yield from self._settle([self._event(f"payment:{paid.kind}")])
            case told.Closes():
                yield from self._close(event.task)
            case told.Passing():
                yield from self._pass(event.wait)
            case told.TakesOver():
                self._know(mode="manual")
            case told.GivesBack():
                yield from self._give_back(event)
            case told.Expect():
                yield from differences(event.expect, self._seen())
                self._forget()

    def _start(self) -> Iterator[Difference]:
        if self.state is None:
            text = f"/start {self.payload}" if self.payload else "/start"
            opener = self._message(text)
            self.state = begin(self.process, run=1, version=1, now=self.now, opened_by=opener.seq)
            yield from self._settle([opener])

    def _settle(self, heard: list[Heard]) -> Iterator[Difference]:
        """Moves until nothing changes, as `advance` and `deliver` do in turn."""
        for _ in range(MOVES_AT_ONE_TIME):
            assert self.state is not None
            self.moves += 1
            outcome = proceed(
                self.process, self.state, self.facts, heard, move=self.moves, now=self.now
            )
            heard = []
            # What the row cannot keep, the next move must not have.
            self.state = ProcessState.model_validate_json(outcome.state.model_dump_json())
            self.due_at = outcome.due_at
            self._apply(outcome)
            if not outcome.changed:
                return
        yield Difference("endless", {"expected": str(MOVES_AT_ONE_TIME)})

    def _apply(self, outcome: Outcome) -> None:
        says = [effect for effect in outcome.effects if isinstance(effect, does.Say)]
        if says:
            arrived = "failed" if self.fails is not None else "sent"
            self.fails = None
            self._know(outcomes=(arrived,) * len(says))
            self.said += says
            shown = {b.id: b.text for say in says for row in say.buttons for b in row if b.id}
            self.buttons = {**self.buttons, **shown}
        for effect in outcome.effects:
            self.facts = self.facts.after(effect)
            match effect:
                case does.Entered():
                    self.walked.append(effect.step)
                case does.Give():
                    self._give(effect)
                case does.WriteNote():
                    self.notes.append(effect.text)
                case does.SetTask():
                    self.tasks.append(effect)
                    if effect.awaited:
                        self.awaited = f"{outcome.state.run}:{effect.step}"
                case does.HandOver():
                    self.reasons += [effect.key, *effect.reason.values()]

    def _close(self, outcome: str) -> Iterator[Difference]:
        if self.awaited is None:
            yield Difference("no_task", {})
            return
        closed, self.awaited = self._event(f"task:{outcome}", step_key=self.awaited), None
        yield from self._settle([closed])

    def _give(self, give: does.Give) -> None:
        assert self.state is not None
        whose = give.user or next(iter(self.at_work), None)
        self.state = self.state.model_copy(update={"given": "somebody" if whose else "nobody"})
        if whose:
            self._know(owner=whose)
        if whose in self.at_work:  # their turn comes again after all others'
            self.at_work = [*(one for one in self.at_work if one != whose), whose]

    def _pass(self, length: timedelta) -> Iterator[Difference]:
        end = self.now + length
        while self.due_at is not None and self.due_at <= end:
            self.now = max(self.now, self.due_at)
            stuck = list(self._settle([]))
            if stuck:
                yield from stuck
                return
        self.now = end

    def _end_quiet_time(self) -> Iterator[Difference]:
        waiting = self.state.waiting if self.state else None
        if self.due_at is not None and waiting and waiting.quiet_until == self.due_at:
            yield from self._pass(max(self.due_at - self.now, timedelta(0)))

    def _give_back(self, event: told.GivesBack) -> Iterator[Difference]:
        assert self.state is not None
        read = self.state.unread if event.reads else ()
        try:
            self.state = place(
                self.process, self.state, self.facts, at=event.gives_back, read=read, now=self.now
            )
        except NoSuchPlace:
            yield Difference("no_place", {"expected": event.gives_back})
            return
        self._know(mode="auto", outcomes=())
        yield from self._settle([])

    def _message(self, text: str) -> Heard:
        self.seq += 1
        self._know(texts={**self.facts.texts, self.seq: text})
        return Heard(seq=self.seq, kind="message", ref=self.seq, at=self.now)

    def _photo(self, album: str) -> Heard:
        update = {"album": album, "particulars": {"media": "photo"}}
        return self._message("").model_copy(update=update)

    def _event(self, name: str, **particulars: str) -> Heard:
        self.seq += 1
        return Heard(seq=self.seq, kind="event", name=name, at=self.now, particulars=particulars)

    def _know(self, **update: Any) -> None:
        self.facts = self.facts.model_copy(update=update)

    def _seen(self) -> Seen:
        assert self.state is not None
        return Seen(
            self.state,
            self.facts,
            self.now,
            self.zone,
            self.said,
            self.notes,
            [button.id for say in self.said for row in say.buttons for button in row if button.id],
            self.reasons,
            self.tasks,
        )

    def _forget(self) -> None:
        self.said: list[does.Say] = []
        self.notes: list[str] = []
        self.reasons: list[str] = []
        self.tasks: list[does.SetTask] = []


def _facts_of(process: "Process", given: told.Given) -> Facts:
    lead = {"first_name": "Иван", "language": given.language or process.languages[0], **given.lead}
    return Facts(
        lead=lead | {f"fields.{key}": value for key, value in given.fields.items()},
        tags=frozenset(given.tags),
        stage=given.stage,
        line=given.line,
        owner=given.owner,
        payments=tuple(Paid(**payment.model_dump()) for payment in given.payments),
        time_zone=given.time_zone,
    )
