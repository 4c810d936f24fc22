"""Waits for a reply: messages are state to be consumed, not moments to be caught."""

from datetime import timedelta

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
