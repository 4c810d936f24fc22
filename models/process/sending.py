"""What a send step is made of: words, files, buttons."""

from typing import Annotated, Any, get_args

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from models.process.effects import MediaKind
from models.process.moments import Duration
from models.process.part import STEP_ID, Part, Words


class Attachment(Part):
    """`photo: media/steps.png`, as it stands under `media:`."""

    kind: MediaKind
    file: str

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        if isinstance(written, dict) and len(written) == 1:
            return dict(zip(("kind", "file"), next(iter(written.items())), strict=True))
        return written

    @model_serializer
    def _write(self) -> dict[str, str]:
        return {self.kind: self.file}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        files = {kind: {"type": "string"} for kind in get_args(MediaKind)}
        return {
            "type": "object",
            "properties": files,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }


class ButtonWords(Part):
    text: Words = Field(min_length=1)
    id: Annotated[str, Field(pattern=STEP_ID)] | None = None
    url: str | None = Field(None, description="opens a page; the press is not heard")

    @model_validator(mode="after")
    def _does_one_thing(self) -> "ButtonWords":
        if (self.id is None) == (self.url is None):
            raise PydanticCustomError("button_does_nothing", "a button has either an id or a url")
        return self


# A list of buttons is one row; a list of lists is rows.
Rows = list[ButtonWords] | list[list[ButtonWords]]


def _rows(written: Any) -> Any:
    if isinstance(written, list) and written and all(isinstance(row, dict) for row in written):
        return [written]
    return written


def _row(rows: tuple[tuple[ButtonWords, ...], ...], handler: SerializerFunctionWrapHandler) -> Any:
    written = handler(rows)
    return written[0] if len(written) == 1 else written


class Send(Part):
    text: Words = Field({}, description="language to markup with macros")
    media: tuple[Attachment, ...] = Field((), max_length=10)
    buttons: Annotated[
        tuple[tuple[ButtonWords, ...], ...],
        BeforeValidator(_rows, json_schema_input_type=Rows),
        WrapSerializer(_row),
        Field(max_length=20),
    ] = ()
    typing: Duration | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Send":
        if not self.text and not self.media:
            raise PydanticCustomError("nothing_to_send", "neither text nor media")
        return self
