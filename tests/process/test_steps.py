"""Set, note, jump, hand over, end: and that nothing goes round for ever."""

import timeit

from models.process.effects import (
    AssignTo,
    Ended,
    Entered,
    HandOver,
    MoveTo,
    SetField,
    SetLine,
    Tag,
    Untag,
    WriteNote,
)
from models.process.language import Process
from tests.process.world import NOON, Ivan, a_process

SET = """
mark:
  set:
    stage: talking
    line: 2
    tag: [vip, тёплый]
    untag: молчит
    fields: {goal: "хочет {{ lead.first_name }}", language: en}
    owner: anna
  next: bye
bye: {end: done}
"""
HAND = """
ask: {wait: {for: reply}, next: human}
human: {hand_over: {reason: {ru: "Пишет: {{ reply }}", en: "Says: {{ reply }}"}}, next: after}
after: {note: дальше, next: bye}
bye: {end: done}
"""


def test_setting_changes_what_differs():
    ivan = Ivan(a_process(SET), tags=frozenset({"vip", "молчит"}), line=2).starts()

    assert ivan.effects == (
        Entered(step="mark", via="start"),
        MoveTo(stage="talking"),
        Untag(name="молчит"),
        Tag(name="тёплый"),
        SetField(name="goal", value="хочет Иван"),
        SetField(name="language", value="en"),
        AssignTo(user="anna"),
        Entered(step="bye", via="next"),
        Ended(outcome="done"),
    )


def test_setting_what_is_set_already_says_nothing():
    ivan = Ivan(
        a_process(SET),
        tags=frozenset({"vip", "тёплый"}),
        stage="talking",
        line=2,
        owner="anna",
        lead={"language": "en", "fields.goal": "хочет Иван"},
    ).starts()

    assert {type(effect) for effect in ivan.effects} == {Entered, Ended}


def test_another_line_is_set():
    assert SetLine(line=2) in Ivan(a_process(SET), line=1).starts().effects


def test_a_note_has_its_macros_filled():
    process = a_process("n: {note: 'Пришёл из {{ lead.source }}', next: bye}\nbye: {end: done}")

    ivan = Ivan(process, lead={"source": "Google"}).starts()

    assert WriteNote(text="Пришёл из Google") in ivan.effects


def test_a_jump_goes_at_most_so_often():
    ivan = Ivan(
        a_process(
            """
again: {wait: {duration: 1h}, next: round}
round: {jump: {to: again, at_most: 2}, otherwise: bye}
bye: {end: done}
"""
        )
    ).starts()

    ivan.waits(days=1)

    assert [step for step in ivan.walked if step.startswith("again")] == ["again by jump"] * 2
    assert (ivan.state.visits["again"], ivan.state.jumps["round"]) == (3, 2)
    assert ivan.walked[-1] == "bye by otherwise"


def test_handing_over_stops_with_the_reason_in_every_language():
    ivan = Ivan(a_process(HAND)).starts()

    ivan.writes("помогите")

    assert ivan.effects[-1] == HandOver(
        key="asked", step="human", reason={"ru": "Пишет: помогите", "en": "Says: помогите"}
    )
    assert (ivan.state.step, ivan.state.handed_over, ivan.due_at) == ("human", "asked", None)


def test_after_handing_over_nothing_moves_and_words_are_kept():
    ivan = Ivan(a_process(HAND)).starts()
    ivan.writes("помогите")

    ivan.writes("ау")

    assert (ivan.effects, [heard.ref for heard in ivan.state.unread]) == ((), [2])


def test_given_back_at_next_it_goes_on_behind_the_hand_over():
    ivan = Ivan(a_process(HAND)).starts()
    ivan.writes("помогите")

    ivan.is_placed("next")

    assert ivan.walked == ["after by person", "bye by next"]


def test_the_end_has_its_outcome_and_hears_nothing_more():
    ivan = Ivan(a_process("bye: {end: won}")).starts()
    assert (ivan.state.step, ivan.state.phase, ivan.state.outcome) == (None, "ended", "won")

    outcome = ivan.moves_on(ivan.message("ещё тут?"))

    assert (outcome.changed, ivan.state.unread) == (False, ())


def test_a_step_without_next_ends_the_process():
    ivan = Ivan(a_process("n: {note: всё}")).starts()

    assert ivan.effects[-1] == Ended(outcome="completed")


def test_an_endless_round_does_nothing_and_calls_a_person():
    ivan = Ivan(a_process("a: {note: раз, next: b}\nb: {note: два, next: a}")).starts()

    assert ivan.effects == (HandOver(key="runaway", step="a"),)
    assert (ivan.state.phase, ivan.state.visits) == ("enter", {})


def test_a_long_walk_that_ends_is_no_endless_round():
    steps = [f"s{n}: {{note: шаг, next: s{n + 1}}}" for n in range(150)]

    ivan = Ivan(a_process("\n".join([*steps, "s150: {end: done}"]))).starts()

    assert ivan.state.outcome == "done"


def test_a_step_that_is_not_in_the_definition_calls_a_person():
    ivan = Ivan(a_process("bye: {end: done}"))
    ivan.state = ivan.state.model_copy(update={"step": "gone"})

    ivan.starts()

    assert ivan.effects == (HandOver(key="no_such_step", step="gone"),)


def test_a_lead_inside_a_step_that_is_gone_is_handed_over_once():
    ivan = Ivan(a_process("w: {wait: {for: reply}}")).starts()
    ivan.process = a_process("bye: {end: done}")

    ivan.moves_on()

    assert ivan.effects == (HandOver(key="no_such_step", step="w"),)


def test_in_manual_nothing_starts():
    ivan = Ivan(a_process(SET), mode="manual").starts()

    assert (ivan.effects, ivan.due_at, ivan.state.phase) == ((), None, "enter")


def test_in_manual_no_deadline_fires_and_words_are_kept():
    ivan = Ivan(
        a_process("w: {wait: {for: reply, timeout: 1h}, next: bye}\nbye: {end: done}")
    ).starts()
    ivan.knows(mode="manual")

    ivan.writes("алло")
    ivan.now = NOON.replace(year=2030)
    ivan.moves_on()

    assert (ivan.state.step, ivan.due_at, len(ivan.state.unread)) == ("w", None, 1)


def test_a_move_with_five_instant_steps_is_quick():
    steps = [f"s{n}: {{set: {{tag: t{n}, stage: st{n}}}, next: s{n + 1}}}" for n in range(5)]
    process: Process = a_process(
        "\n".join(["w: {wait: {for: reply}, next: s0}", *steps, "s5: {wait: {for: reply}}"])
    )
    ivan = Ivan(process).starts()
    heard = (ivan.message("да"),)
    assert ivan.proceed(heard).state.step == "s5"

    seconds = min(timeit.repeat(lambda: ivan.proceed(heard), number=100, repeat=5)) / 100

    assert seconds < 0.001
