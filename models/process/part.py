"""What every part of a definition has in common."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

STEP_ID = r"^[a-z0-9_]+$"


class Part(BaseModel):
    """A mapping with a closed set of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _remember_what_was_read(cls, data: Any, info: ValidationInfo) -> Any:
        """Lets the reader of errors name the nearest key this very mapping could have had."""
        if isinstance(info.context, dict) and isinstance(data, dict):
            info.context[id(data)] = cls
        return data

    @classmethod
    def keys(cls) -> list[str]:
        """The keys as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | int | float | bool) else value


def _single(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


# One word or a list of them, as is handier to write.
Listed = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    PlainSerializer(_single),
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]

# Language to words: {ru: "Да", en: "Yes"}.
Words = dict[str, str]


def in_language(words: Words, language: str, first: str) -> str:
    """The words in the wanted language, else in the process's first, else in any."""
    for wanted in (language, language.partition("-")[0], first):
        if wanted in words:
            return words[wanted]
    return next(iter(words.values()), "")
