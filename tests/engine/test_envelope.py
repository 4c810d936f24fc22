"""Each message row becomes a method that Telegram knows: aiogram, which knows them, reads ours."""

from typing import Any

import pytest
from aiogram import methods

from activities.clients.telegram import Method, Upload
from activities.envelope import BY_KIND, Parcel, envelope
from models.media import Media

BUTTONS = [[{"id": "yes", "text": "Да"}, {"text": "Сайт", "url": "https://nova.example"}]]
BOLD = [{"type": "bold", "offset": 0, "length": 2}]


def understood(method: Method) -> Any:
    """The method as aiogram reads it. Raises pydantic's ValidationError for anything odd."""

    def plain(value: Any) -> Any:
        if isinstance(value, Upload):
            return "a file"
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list) else value

    known = getattr(methods, method.name[0].upper() + method.name[1:])
    assert set(method.fields) <= set(known.model_fields), "a field that Telegram does not have"
    return known.model_validate(plain(method.fields))


def message(kind: str, **fields: Any) -> Parcel:
    return Parcel(id=17, kind=kind, attempt=2, chat_id=501, **fields)


def file(kind: str, number: int = 1) -> Media:
    return Media(id=number, lead_id=1, kind=kind, sha256=b"1", name=f"media/{kind}.bin")


def test_a_text_keeps_its_formatting_its_buttons_and_what_it_answers() -> None:
    row = message("text", text="Да!", entities=BOLD, buttons=BUTTONS, quote="вопрос",
                  reply_to=77, details={"link_preview": False})  # fmt: skip
    method = understood(envelope(row, [], contents={}))
    assert (method.chat_id, method.text, method.entities[0].type) == (501, "Да!", "bold")
    assert (method.reply_parameters.message_id, method.reply_parameters.quote) == (77, "вопрос")
    assert method.link_preview_options.is_disabled
    press, link = method.reply_markup.inline_keyboard[0]
    assert (press.callback_data, link.url) == ("17.2.yes", "https://nova.example")


@pytest.mark.parametrize("kind", BY_KIND)
def test_each_kind_of_file_goes_by_its_own_method(kind: str) -> None:
    row = message(kind, text="подпись", entities=BOLD)
    method = envelope(row, [file(kind)], contents={1: b"content"})
    assert method.name == BY_KIND[kind]
    understood(method)
    upload = method.fields[kind]
    assert isinstance(upload, Upload)
    assert upload.name == f"{kind}.bin"


def test_an_album_carries_its_words_on_the_first_member() -> None:
    media = [file("photo", 1), file("video", 2)]
    row = message("album", text="Вот", entities=BOLD)
    method = understood(envelope(row, media, contents={1: b"1", 2: b"2"}))
    assert [one.type for one in method.media] == ["photo", "video"]
    assert [one.caption for one in method.media] == ["Вот", None]


def test_a_file_without_our_copy_goes_by_telegrams_id() -> None:
    known = Media(id=1, lead_id=1, kind="photo", file_id="AgAC")
    method = envelope(message("photo"), [known], contents={})
    assert method.fields["photo"] == "AgAC"
    assert "caption" not in method.fields


def test_a_message_that_has_lost_its_file_has_no_method() -> None:
    with pytest.raises(ValueError, match="lost its file"):
        envelope(message("photo"), [], contents={})
    with pytest.raises(ValueError, match="neither here nor at Telegram"):
        envelope(message("photo"), [file("photo")], contents={})
