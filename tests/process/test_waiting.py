"""Waits: messages are state to be consumed, not moments to be caught."""

from datetime import UTC, datetime, timedelta

import pytest

from models.process.state import UNREAD_LIMIT
from tests.process.world import NOON, Ivan, a_process

ASK = """
ask: {send: {text: {ru: "Да?", en: "Yes?"}}, next: answer}
answer:
  wait: {for: reply, quiet: 20s, timeout: 2h}
  if_timeout: silent
  next: heard
heard: {note: "{{ reply }}", next: more}
more: {wait: {for: reply}, next: bye}
bye: {end: done}
silent: {end: silent}
"""
EVENT = """
await: {wait: {event: [registration, payment], timeout: 1d}, if_timeout: late, next: which}
which:
  branch: [{when: {event: payment}, go: paid}]
  otherwise: registered
paid: {end: paid}
registered: {end: registered}
late: {end: late}
"""


def asked() -> Ivan:
    ivan = Ivan(a_process(ASK)).starts()
    ivan.arrives()
    assert ivan.state.step == "answer"
    return ivan


def test_the_deadline_counts_from_when_the_question_was_sent():
    ivan = Ivan(a_process(ASK)).starts()
    ivan.waits(minutes=30)
    assert ivan.due_at is None

    ivan.arrives()

    assert ivan.due_at == NOON + timedelta(minutes=30, hours=2)


def test_a_reply_is_read_after_the_quiet_time():
    ivan = asked()

    ivan.writes("да")
    assert (ivan.state.step, ivan.due_at) == ("answer", NOON + timedelta(seconds=20))

    ivan.waits(seconds=20)
    assert [effect.text for effect in ivan.effects if hasattr(effect, "text")] == ["да"]
    assert ivan.state.step == "more"


def test_several_messages_are_one_reply():
    ivan = asked()

    ivan.writes("да")
    ivan.waits(seconds=15)
    ivan.writes("хочу")
    assert ivan.due_at == NOON + timedelta(seconds=35)
    ivan.waits(seconds=20)

    assert ivan.state.reply == (1, 2)
    assert ivan.state.step == "more"


def test_a_client_who_never_stops_is_read_all_the_same():
    ivan = asked()

    for _ in range(14):
        ivan.writes("и ещё")
        ivan.waits(seconds=15)

    assert (ivan.state.step, len(ivan.state.reply)) == ("more", 14)


def test_silence_takes_the_time_out():
    ivan = asked()

    ivan.waits(hours=2)

    assert ivan.walked == ["silent by timeout"]


def test_silence_a_second_shorter_does_not():
    ivan = asked()

    ivan.waits(hours=1, minutes=59, seconds=59)

    assert ivan.state.step == "answer"


def test_a_reply_just_before_the_deadline_beats_it():
    ivan = asked()
    ivan.waits(hours=1, minutes=59, seconds=59)

    ivan.writes("да")
    ivan.waits(seconds=30)

    assert ivan.state.step == "more"


def test_a_reply_and_a_deadline_seen_at_once_is_a_reply():
    ivan = asked()
    ivan.now += timedelta(days=1)

    ivan.writes("да")
    ivan.waits(minutes=1)

    assert ivan.state.step == "more"


def test_what_was_written_before_the_question_was_sent_is_read():
    ivan = Ivan(a_process(ASK)).starts()
    ivan.writes("да")
    ivan.now += timedelta(minutes=1)

    ivan.arrives()

    assert (ivan.state.reply, ivan.state.step) == ((1,), "more")


def test_quiet_time_counts_from_the_message_not_from_the_wait():
    ivan = Ivan(a_process(ASK)).starts()
    ivan.writes("да")
    ivan.now += timedelta(seconds=15)

    ivan.arrives()

    assert ivan.due_at == NOON + timedelta(seconds=20)


def test_the_message_that_opened_the_process_is_no_answer():
    ivan = Ivan(a_process(ASK))
    opener = ivan.message("привет")
    ivan.state = ivan.state.model_copy(update={"opened_by": opener.seq})

    ivan.moves_on(opener, ivan.message("да"))

    assert [heard.ref for heard in ivan.state.unread] == [2]


def test_start_pressed_again_is_no_answer():
    ivan = asked()

    ivan.writes("/start abc")
    ivan.waits(minutes=1)
    assert (ivan.state.step, ivan.due_at) == ("answer", NOON + timedelta(hours=2))

    ivan.writes("да")
    ivan.waits(minutes=1)
    assert (ivan.state.reply, ivan.state.unread) == ((2,), ())


def test_an_album_settles_and_is_one_reply():
    ivan = asked()
    ivan.now += timedelta(minutes=1)

    ivan.writes(album="a", media="photo")
    ivan.writes("подпись", album="a", media="photo")
    ivan.waits(seconds=20)

    assert ivan.state.reply == (1, 2)
    assert ivan.state.attached == ("photo", "photo")


def test_a_late_member_of_an_album_is_no_new_reply():
    ivan = asked()
    ivan.writes(album="a", media="photo")
    ivan.waits(minutes=1)
    assert ivan.state.step == "more"

    ivan.writes(album="a", media="photo")

    assert (ivan.state.step, ivan.state.reply, ivan.state.unread) == ("more", (1, 2), ())


def test_another_album_is_a_new_reply():
    ivan = asked()
    ivan.writes(album="a", media="photo")
    ivan.waits(minutes=1)

    ivan.writes(album="b", media="photo")
    assert ivan.due_at == ivan.now + timedelta(seconds=1.5)
    ivan.waits(seconds=2)

    assert ivan.state.outcome == "done"


def test_a_press_is_an_answer_at_once():
    ivan = asked()

    ivan.presses("yes", "Да")

    assert (ivan.state.pressed, ivan.state.pressed_words) == (("yes",), ("Да",))
    assert ivan.state.step == "more"


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


def test_a_timed_out_reply_leaves_no_reply():
    ivan = Ivan(
        a_process(
            """
first: {wait: {for: reply}, next: second}
second: {wait: {for: reply, timeout: 1h}, next: said}
said:
  branch: [{when: {reply: {empty: true}}, go: silent}]
  otherwise: spoke
silent: {end: silent}
spoke: {end: spoke}
"""
        )
    ).starts()
    ivan.writes("да")

    ivan.waits(hours=1)

    assert ivan.walked[-1] == "silent by branch:0"


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
