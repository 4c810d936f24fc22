"""What a send step says, and what becomes of it."""

from datetime import timedelta

import pytest

from models.process.effects import HandOver, Say
from tests.process.world import Ivan, a_process

HELLO = """
hello:
  send: {text: {ru: "Привет, {{ lead.first_name }}", en: Hello}}
  next: bye
bye: {end: done}
"""
THREE = """
hello:
  send:
    text:
      ru: |
        {long}

        {long}

        конец
      en: x
  next: bye
bye: {{end: done}}
""".format(long="слово " * 680)
BRANCHED = HELLO.replace("next: bye", "if_failed: sorry\n  next: bye") + "sorry: {end: failed}"


def test_a_message_is_said_in_the_leads_language():
    ivan = Ivan(a_process(HELLO)).starts()

    assert [(say.n, say.text, say.language) for say in ivan.said] == [(0, "Привет, Иван", "ru")]
    assert ivan.walked == ["hello by start"]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Hello"), ("en-GB", "Hello"), ("pt", "Привет, Иван"), ("", "П")]
)
def test_others_hear_their_language_or_the_first(language: str, text: str):
    ivan = Ivan(a_process(HELLO), lead={"language": language}).starts()

    assert ivan.said[0].text.startswith(text)


def test_the_step_is_left_when_its_message_was_sent():
    ivan = Ivan(a_process(HELLO)).starts()
    assert ivan.state.step == "hello"

    ivan.arrives("sent")

    assert ivan.state.outcome == "done"


@pytest.mark.parametrize("outcome", ["queued", "sending", "scheduled", "cancelled"])
def test_the_step_is_not_left_before(outcome: str):
    ivan = Ivan(a_process(HELLO)).starts()

    ivan.arrives(outcome)

    assert (ivan.state.step, ivan.effects) == ("hello", ())


def test_what_perhaps_arrived_counts_as_arrived():
    ivan = Ivan(a_process(HELLO)).starts()

    ivan.arrives("unknown")

    assert ivan.state.outcome == "done"


def test_what_failed_goes_to_a_person():
    ivan = Ivan(a_process(HELLO)).starts()

    ivan.arrives("failed")

    assert ivan.effects == (HandOver(key="send_failed", step="hello"),)
    assert (ivan.state.step, ivan.state.handed_over) == ("hello", "send_failed")


def test_what_failed_takes_its_branch():
    ivan = Ivan(a_process(BRANCHED)).starts()

    ivan.arrives("failed")

    assert ivan.walked == ["sorry by failed"]
    assert ivan.state.outcome == "failed"


def test_a_failure_waits_for_the_others():
    ivan = Ivan(a_process(THREE)).starts()

    ivan.arrives("failed", "queued")
    assert not ivan.effects

    ivan.arrives("failed", "sent")
    assert ivan.effects == (HandOver(key="send_failed", step="hello"),)


def test_a_long_text_goes_in_parts():
    ivan = Ivan(a_process(THREE)).starts()

    assert [say.n for say in ivan.said] == [0, 1]
    assert [say.continues for say in ivan.said] == [None, 0]
    assert ivan.said[1].text.endswith("конец")
    assert ivan.state.said == 2


def test_one_message_of_two_is_not_all():
    ivan = Ivan(a_process(THREE)).starts()

    ivan.arrives("sent")
    assert ivan.state.step == "hello"

    ivan.arrives("sent", "sent")
    assert ivan.state.outcome == "done"


def test_given_back_at_the_same_step_only_the_rest_is_said():
    ivan = Ivan(a_process(THREE)).starts()
    ivan.knows(mode="manual", outcomes=("sent", "cancelled"))

    ivan.is_placed("same")

    assert [say.n for say in ivan.said] == [1]
    assert (ivan.state.resume_from, ivan.state.entered_move) == (1, ivan.moves)
    ivan.arrives("sent")
    assert ivan.state.outcome == "done"


def test_a_message_that_is_leaving_is_not_said_again():
    ivan = Ivan(a_process(THREE)).starts()
    ivan.knows(mode="manual", outcomes=("sending", "cancelled"))

    ivan.is_placed("same")

    assert [say.n for say in ivan.said] == [1]


def test_stopped_twice_it_goes_on_where_it_was():
    ivan = Ivan(a_process(THREE)).starts()
    ivan.knows(mode="manual", outcomes=("unknown", "cancelled"))
    ivan.is_placed("same")
    ivan.knows(mode="manual", outcomes=("cancelled",))

    ivan.is_placed("same")

    assert [say.n for say in ivan.said] == [1]


def test_given_back_when_all_had_arrived_it_goes_on():
    ivan = Ivan(a_process(HELLO)).starts()
    ivan.knows(mode="manual", outcomes=("sent",))

    ivan.is_placed("same")

    assert ivan.said == []
    assert ivan.state.outcome == "done"


def test_given_back_after_a_failure_it_is_said_again():
    ivan = Ivan(a_process(HELLO)).starts()
    ivan.arrives("failed")

    ivan.is_placed("same")

    assert [say.n for say in ivan.said] == [0]


def test_media_carry_the_text_as_their_caption():
    ivan = Ivan(
        a_process(
            """
hello:
  send: {text: {ru: Смотрите, en: Look}, media: [photo: a.png, video: b.mp4], typing: 3s}
  next: bye
bye: {end: done}
"""
        )
    ).starts()

    (say,) = ivan.said
    assert (say.text, say.typing) == ("Смотрите", timedelta(seconds=3))
    assert [(part.kind, part.file) for part in say.media] == [
        ("photo", "a.png"),
        ("video", "b.mp4"),
    ]


@pytest.mark.parametrize(
    "send",
    [
        "{media: [video_note: a.mp4], text: {ru: Т, en: T}}",
        "{media: [photo: a.png, photo: b.png], text: {ru: Т}, buttons: [{id: a, text: {ru: Т}}]}",
        '{media: [photo: a.png], text: {ru: "{{ fields.long }}Т", en: T}}',
    ],
)
def test_what_cannot_carry_a_caption_is_followed_by_the_text(send: str):
    process = a_process(f"hello: {{send: {send}, next: bye}}\nbye: {{end: done}}")
    ivan = Ivan(process, lead={"fields.long": "x" * 1024}).starts()

    shown, spoken = ivan.said
    assert (shown.text, bool(shown.media)) == ("", True)
    assert (spoken.text[-1], spoken.media, spoken.continues) == ("Т", (), 0)
    assert shown.buttons == ()


def test_buttons_stand_in_rows_under_the_last_message():
    ivan = Ivan(
        a_process(
            """
hello:
  send:
    text: {ru: "Да?", en: "Yes?"}
    buttons:
      - - {id: yes, text: {ru: Да, en: Yes}}
        - {id: no, text: {ru: Нет, en: No}}
      - - {url: "{{ link }}", text: {ru: "Сайт {{ lead.first_name }}", en: Site}}
  next: bye
bye: {end: done}
"""
        ),
        lead={"link": "https://a.b"},
    ).starts()

    rows = ivan.said[0].buttons
    assert [[button.id for button in row] for row in rows] == [["yes", "no"], [None]]
    assert (rows[1][0].text, rows[1][0].url) == ("Сайт Иван", "https://a.b")


def test_a_button_that_leads_nowhere_is_left_out():
    send = """
hello:
  send:
    text: {ru: x}
    buttons: [{url: "{{ link }}", text: {ru: Сайт}}, {id: a, text: {ru: "{{ fields.none }}"}}]
  next: bye
bye: {end: done}
"""
    assert Ivan(a_process(send)).starts().said[0].buttons == ()
    assert Ivan(a_process(send), lead={"link": "javascript:x"}).starts().said[0].buttons == ()

    (row,) = Ivan(a_process(send), lead={"link": "https://a.b"}).starts().said[0].buttons
    assert [button.url for button in row] == ["https://a.b"]


def test_a_message_with_nothing_to_say_is_passed_over():
    ivan = Ivan(
        a_process(
            """
hello: {send: {text: {ru: "{{ fields.none }}", en: x}}, next: bye}
bye: {end: done}
"""
        )
    ).starts()

    assert not any(isinstance(effect, Say) for effect in ivan.effects)
    assert ivan.state.outcome == "done"
