"""The shipped processes: nothing is wrong with them, and no client can bring them down."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.process.effects import HandOver
from models.process.interpreter import Outcome, place
from models.process.language import Process
from models.process.problem import Known
from models.process.reading import read_yaml
from models.process.simulation import run_scenario
from models.process.state import Heard
from models.process.steps import SendStep
from tests.process.world import DEFINITIONS, Ivan, shipped

jsonschema = import_module("jsonschema")
NAMES = sorted(path.stem for path in DEFINITIONS.glob("*.yaml"))
PROCESSES = {name: shipped(name) for name in NAMES}
MEDIA = {
    str(path.relative_to(DEFINITIONS)): path.stat().st_size for path in DEFINITIONS.glob("media/*")
}
KNOWN = Known(
    tags=frozenset(
        {"регистрация", "пополнил", "вывод", "тест-драйв", "перезвонить", "молчит", "vip"}
    ),
    stages=("new", "talking", "registration", "deposit", "repeat", "lost"),
    users=frozenset(),
    fields=frozenset(),
    media=MEDIA,
)
SCENARIOS = [
    (name, scenario.name, scenario)
    for name, process in PROCESSES.items()
    for scenario in process.scenarios
]


def test_both_are_here():
    assert NAMES == ["comeback", "first_contact"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it(name: str):
    assert PROCESSES[name].problems(KNOWN) == []
    assert len(PROCESSES[name].scenarios) >= 5


def test_every_file_is_used_and_small():
    used = {
        part.file
        for process in PROCESSES.values()
        for step in process.steps.values()
        if isinstance(step, SendStep)
        for part in step.send.media
    }

    assert used == set(MEDIA)
    assert max(MEDIA.values()) <= 80_000


@pytest.mark.parametrize("file", sorted(MEDIA))
def test_a_picture_is_one_that_telegram_takes(file: str):
    with Image.open(Path(DEFINITIONS, file)) as picture:
        assert sum(picture.size) <= 10_000
        assert max(picture.size) / min(picture.size) <= 20


@pytest.mark.parametrize(("name", "title", "scenario"), SCENARIOS, ids=[s[1] for s in SCENARIOS])
def test_its_scenarios_hold(name: str, title: str, scenario):
    result = run_scenario(PROCESSES[name], scenario)

    assert [failure.sentence() for failure in result.failures] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_walked_by_a_scenario(name: str):
    walked = {
        step
        for scenario in PROCESSES[name].scenarios
        for step in run_scenario(PROCESSES[name], scenario).walked
    }

    assert set(PROCESSES[name].steps) - walked == set()


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_back_as_it_was_written(name: str):
    assert Process.from_yaml(PROCESSES[name].to_yaml()) == PROCESSES[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_may_be_kept_as_json(name: str):
    kept = PROCESSES[name].model_dump(mode="json", by_alias=True, exclude_unset=True)

    assert Process.model_validate(kept) == PROCESSES[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_to_the_published_schema(name: str):
    data = read_yaml((DEFINITIONS / f"{name}.yaml").read_text())
    schema = Process.json_schema()

    jsonschema.Draft202012Validator(schema).validate(data)
    data["steps"]["x"] = {"sned": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(data)


WORDS = ["да", "нет", "стоп", "человек", "позже", "?", "/start x", "", "yes", "500", "👍"]
acts = st.one_of(
    st.tuples(st.just("writes"), st.sampled_from(WORDS)),
    st.tuples(st.just("album"), st.integers(1, 3)),
    st.tuples(st.just("presses"), st.sampled_from(["newbie", "human", "stop", "later", "gone"])),
    st.tuples(st.just("event"), st.sampled_from(["registration", "payment:sale", "other"])),
    st.tuples(st.just("waits"), st.sampled_from([1, 30, 3 * 60, 26 * 60, 8 * 24 * 60])),
    st.tuples(st.just("arrives"), st.sampled_from(["sent", "failed", "unknown", "cancelled"])),
    st.tuples(st.just("taken over"), st.none()),
    st.tuples(st.just("given back"), st.sampled_from(["same", "next", "start", "skip"])),
)


class Anybody(Ivan):
    """Does anything at any moment; every word of theirs is accounted for."""

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.heard: set[int] = set()
        self.read: set[int] = set()
        self.dropped: set[int] = set()
        self.starts()
        for _ in range(2):
            self.arrives()

    def moves_on(self, *heard: Heard) -> Outcome:
        over = self.state.phase == "ended"
        waited = {one.seq: one for one in (*self.state.unread, *heard)}
        outcome = super().moves_on(*heard)
        self.heard |= {one.seq for one in heard}
        self.account(waited, over=over)
        assert not (outcome.effects and self.facts.mode == "manual")
        if any(isinstance(effect, HandOver) for effect in self.effects):
            self.knows(mode="manual")
        return outcome

    def account(self, waited: dict[int, Heard], *, over: bool = False) -> None:
        """What is unread no more was read, or dropped for one of the reasons there are."""
        unread = {one.seq for one in self.state.unread}
        for seq, one in waited.items():
            if seq in unread:
                continue
            outside = one.kind == "event" and one.button is None
            if outside or one.ref in self.state.reply or one.button in self.state.pressed:
                self.read.add(seq)
            elif over or self.state.phase == "ended" or self.knocks(one):
                self.dropped.add(seq)

    def knocks(self, one: Heard) -> bool:
        return one.ref is not None and self.facts.texts[one.ref].startswith("/start")

    def act(self, what: str, how: Any) -> None:
        match what:
            case "writes":
                self.writes(how)
            case "album":
                album = f"album-{self.seq}"
                for _ in range(how):
                    self.writes(album=album, media="photo")
            case "presses":
                self.presses(how)
            case "event":
                self.moves_on(self.event(how))
            case "waits":
                self.waits(minutes=how)
            case "arrives" if self.facts.outcomes:
                self.arrives(*(how for _ in self.facts.outcomes))
            case "taken over":
                rows = ("cancelled" if row == "queued" else row for row in self.facts.outcomes)
                self.knows(mode="manual", outcomes=tuple(rows))
            case "given back" if self.facts.mode == "manual" and self.state.step:
                self.is_given_back(how)

    def is_given_back(self, at: str) -> None:
        waited = {one.seq: one for one in self.state.unread}
        self.state = place(
            self.process, self.state, self.facts, at=at, read=self.state.unread, now=self.now
        )
        self.account(waited)
        self.knows(mode="auto", outcomes=())
        self.moves_on()


@pytest.mark.parametrize("name", NAMES)
@given(plan=st.lists(acts, max_size=30))
@settings(max_examples=150)
def test_no_client_brings_it_down_and_no_word_is_lost(name: str, plan: list[tuple[str, Any]]):
    client = Anybody(PROCESSES[name])

    for what, how in plan:
        client.act(what, how)
        unread = {one.seq for one in client.state.unread}
        assert client.heard == unread | client.read | client.dropped
        assert not unread & client.dropped
        assert (client.state.step is None) == (client.state.phase == "ended")
        if client.due_at is not None:
            assert client.due_at > client.now - timedelta(seconds=1)


@pytest.mark.parametrize("name", NAMES)
@given(plan=st.lists(acts, max_size=30))
@settings(max_examples=50)
def test_a_client_who_falls_silent_is_left_alone_in_the_end(name: str, plan: list[tuple[str, Any]]):
    client = Anybody(PROCESSES[name])
    for what, how in plan:
        client.act(what, how)

    said = 0
    for _ in range(100):
        if client.state.phase == "ended" or client.facts.mode == "manual":
            break
        client.arrives()
        client.waits(days=10)
        said += len(client.said)

    assert client.state.phase == "ended" or client.facts.mode == "manual"
    assert said <= 20
