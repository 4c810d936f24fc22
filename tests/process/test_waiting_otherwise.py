"""Waits for events and for times."""

from datetime import UTC, datetime

import pytest

from models.process.state import UNREAD_LIMIT
from tests.process.world import Ivan, a_process

EVENT = """
await: {wait: {event: [registration, payment], timeout: 1d}, if_timeout: late, next: which}
which:
  branch: [{when: {event: payment}, go: paid}]
  otherwise: registered
paid: {end: paid}
registered: {end: registered}
late: {end: late}
"""


def test_an_event_ends_its_wait():
    ivan = Ivan(a_process(EVENT)).starts()

    ivan.moves_on(ivan.event("registration"))

    assert ivan.state.outcome == "registered"


def test_a_payment_says_its_kind():
    ivan = Ivan(a_process(EVENT)).starts()

    ivan.moves_on(ivan.event("payment", kind="sale"))

    assert (ivan.state.event, ivan.state.outcome) == ("payment:sale", "paid")


def test_a_wait_for_one_kind_of_payment_is_not_ended_by_another():
    ivan = Ivan(
        a_process(EVENT.replace("payment, ", "").replace("registration, payment", '"payment:sale"'))
    )
    ivan.starts()

    ivan.moves_on(ivan.event("payment", kind="withdrawal"))
    assert ivan.state.step == "await"

    ivan.moves_on(ivan.event("payment", kind="sale"))
    assert ivan.state.outcome == "paid"


def test_an_event_that_came_before_its_wait_ends_it():
    process = a_process("ask: {wait: {for: reply}, next: await}" + EVENT)
    ivan = Ivan(process).starts()

    ivan.moves_on(ivan.event("registration"))
    assert ivan.state.step == "ask"
    ivan.writes("да")

    assert ivan.state.outcome == "registered"


def test_an_event_is_consumed_once():
    ivan = Ivan(
        a_process(
            """
await: {wait: {event: x}, next: again}
again: {wait: {event: x}, next: bye}
bye: {end: done}
"""
        )
    )
    ivan.starts()

    ivan.moves_on(ivan.event("x"))

    assert (ivan.state.step, ivan.state.unread) == ("again", ())


def test_words_during_an_event_wait_stay_unread():
    ivan = Ivan(a_process(EVENT)).starts()

    ivan.writes("а когда?")

    assert (ivan.state.step, len(ivan.state.unread)) == ("await", 1)


def test_words_during_an_event_wait_take_their_branch():
    ivan = Ivan(
        a_process(
            EVENT.replace("if_timeout", "if_writes: talk, if_timeout") + "talk: {end: talked}"
        )
    )
    ivan.starts()

    ivan.writes("а когда?")

    assert (ivan.state.outcome, ivan.state.reply) == ("talked", (1,))


def test_an_event_beats_words():
    ivan = Ivan(a_process(EVENT.replace("if_timeout", "if_writes: late, if_timeout"))).starts()

    ivan.moves_on(ivan.message("готово"), ivan.event("registration"))

    assert ivan.state.outcome == "registered"


@pytest.mark.parametrize(
    ("wait", "now", "until"),
    [
        ("{duration: 3d}", "2026-01-12T09:00", "2026-01-15T09:00"),
        ('{until: "18:30"}', "2026-01-12T09:00", "2026-01-12T15:30"),
        ('{until: "10:00"}', "2026-01-12T09:00", "2026-01-13T07:00"),
        ('{until: "10:00", days: sat-sun}', "2026-01-12T09:00", "2026-01-17T07:00"),
        ("{until: working_hours}", "2026-01-12T20:00", "2026-01-13T07:00"),
        ("{until: working_hours}", "2026-01-16T20:00", "2026-01-19T07:00"),
        ('{until: "2026-02-01T10:00:00+03:00"}', "2026-01-12T09:00", "2026-02-01T07:00"),
    ],
)
def test_a_wait_lasts_until_its_moment(wait: str, now: str, until: str):
    hours = 'working_hours: {days: mon-fri, from: "10:00", to: "20:00"}'
    ivan = Ivan(a_process(f"w: {{wait: {wait}, next: bye}}\nbye: {{end: done}}", top=hours))
    ivan.now = datetime.fromisoformat(now).replace(tzinfo=UTC)

    ivan.starts()

    assert ivan.due_at == datetime.fromisoformat(until).replace(tzinfo=UTC)
    ivan.now = ivan.due_at
    ivan.moves_on()
    assert ivan.state.outcome == "done"


@pytest.mark.parametrize("wait", ["{until: working_hours}", '{until: "2020-01-01T10:00:00Z"}'])
def test_a_moment_that_is_now_or_past_takes_no_time(wait: str):
    hours = 'working_hours: {from: "10:00", to: "20:00"}'
    ivan = Ivan(a_process(f"w: {{wait: {wait}, next: bye}}\nbye: {{end: done}}", top=hours))

    ivan.starts()

    assert ivan.state.outcome == "done"


def test_the_leads_own_zone_counts_when_the_process_says_so():
    process = a_process('w: {wait: {until: "10:00"}, next: bye}\nbye: {end: done}')
    process = process.model_copy(update={"time_zone": "lead"})

    ivan = Ivan(process, time_zone="America/Sao_Paulo").starts()

    assert ivan.due_at == datetime(2026, 1, 12, 13, tzinfo=UTC)


def test_an_unknown_zone_is_utc():
    process = a_process('w: {wait: {until: "10:00"}, next: bye}\nbye: {end: done}')
    process = process.model_copy(update={"time_zone": "lead"})

    ivan = Ivan(process, time_zone="Mars/Olympus").starts()

    assert ivan.due_at == datetime(2026, 1, 12, 10, tzinfo=UTC)


def test_a_wait_without_a_deadline_has_no_timer():
    ivan = Ivan(a_process("w: {wait: {for: reply}, next: bye}\nbye: {end: done}")).starts()

    assert ivan.due_at is None


def test_unread_words_are_kept_up_to_a_limit_and_the_rest_counted():
    ivan = Ivan(a_process(EVENT)).starts()

    for number in range(UNREAD_LIMIT + 5):
        ivan.writes(str(number))

    assert len(ivan.state.unread) == UNREAD_LIMIT
    assert (ivan.state.unread[0].seq, ivan.state.overflowed) == (6, 5)
