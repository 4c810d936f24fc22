"""Give back where you choose, with the client's words handed to the step or not."""

from datetime import timedelta

import pytest

from models.process.interpreter import NoSuchPlace, after_wait, next_step, place
from tests.process.world import Ivan, a_process

PROCESS = """
ask: {send: {text: {ru: "Да?", en: "Yes?"}}, next: answer}
answer: {wait: {for: reply, timeout: 2h}, if_timeout: nudge, next: mark}
nudge: {jump: {to: ask, at_most: 1}, otherwise: silent}
mark: {set: {tag: ответил}, next: which}
which:
  branch: [{when: {reply: {says: да}}, go: agreed}]
  otherwise: refused
agreed: {wait: {event: registration}, next: bye}
refused: {end: refused}
silent: {end: silent}
bye: {end: done}
"""


def taken_over() -> Ivan:
    """Asked, then taken over; he has written since."""
    ivan = Ivan(a_process(PROCESS)).starts()
    ivan.arrives()
    ivan.knows(mode="manual")
    ivan.now += timedelta(minutes=90)
    ivan.writes("да")
    assert (ivan.state.step, len(ivan.state.unread)) == ("answer", 1)
    return ivan


def test_the_same_step_waits_its_whole_time_anew():
    ivan = taken_over()

    ivan.is_placed("same")

    assert ivan.due_at == ivan.now + timedelta(hours=2)
    assert (ivan.state.step, ivan.state.unread) == ("answer", ())


def test_the_same_step_reads_the_words_handed_to_it():
    ivan = taken_over()

    ivan.is_placed("same", read=ivan.state.unread)

    assert ivan.walked[-1] == "agreed by branch:0"


def test_the_next_step_takes_them_as_the_answer():
    ivan = taken_over()

    ivan.is_placed("next", read=ivan.state.unread)

    assert ivan.walked == ["mark by person", "which by next", "agreed by branch:0"]


def test_the_next_step_without_them_has_no_answer():
    ivan = taken_over()

    ivan.is_placed("next")

    assert ivan.walked[-1] == "refused by otherwise"


def test_a_pressed_button_is_handed_over_with_its_words():
    ivan = taken_over()
    press = ivan.event("button:yes", text="да")

    ivan.is_placed("next", read=(press,))

    assert ivan.walked[-1] == "agreed by branch:0"


def test_words_stay_unread_for_a_wait_further_on():
    ivan = taken_over()

    ivan.is_placed("ask", read=ivan.state.unread)
    assert len(ivan.state.unread) == 1
    ivan.arrives()

    assert ivan.walked[-1] == "agreed by branch:0"


def test_the_start_forgets_visits_and_jumps():
    ivan = taken_over()
    ivan.state = ivan.state.model_copy(update={"jumps": {"nudge": 1}})

    ivan.is_placed("start")

    assert (ivan.state.step, ivan.state.visits, ivan.state.jumps) == ("ask", {"ask": 1}, {})


def test_skipping_a_wait_is_as_if_its_time_had_passed():
    ivan = Ivan(a_process(PROCESS)).starts()
    ivan.arrives()

    ivan.is_placed("skip")

    assert ivan.walked[:1] == ["nudge by skip"]


def test_an_event_that_came_meanwhile_is_not_forgotten():
    ivan = taken_over()
    ivan.moves_on(ivan.event("registration"))

    ivan.is_placed("agreed")

    assert ivan.state.outcome == "done"


@pytest.mark.parametrize("at", ["nowhere", "", "Same"])
def test_there_is_no_other_place(at: str):
    ivan = taken_over()

    with pytest.raises(NoSuchPlace):
        place(ivan.process, ivan.state, ivan.facts, at=at, read=(), now=ivan.now)


@pytest.mark.parametrize("at", ["same", "next", "skip"])
def test_after_the_end_only_a_step_or_the_start_is_a_place(at: str):
    ivan = taken_over()
    ivan.is_placed("bye")

    with pytest.raises(NoSuchPlace):
        place(ivan.process, ivan.state, ivan.facts, at=at, read=(), now=ivan.now)
    ivan.is_placed("start")
    assert ivan.state.step == "ask"


def test_next_behind_the_last_step_is_the_end():
    ivan = Ivan(a_process("w: {wait: {for: reply}}")).starts()

    ivan.is_placed("next")

    assert ivan.state.outcome == "completed"


def test_the_card_says_what_comes_next_and_what_after_the_wait():
    ivan = taken_over()

    assert next_step(ivan.process, ivan.state) == "mark"
    assert after_wait(ivan.process, ivan.state) == "nudge"
    ivan.is_placed("agreed")
    assert after_wait(ivan.process, ivan.state) == "bye"


def test_a_preview_changes_nothing():
    ivan = taken_over()
    before = ivan.state

    place(ivan.process, ivan.state, ivan.facts, at="next", read=before.unread, now=ivan.now)

    assert ivan.state == before
