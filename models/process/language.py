"""The process language: a definition as a designer writes it in YAML."""

from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from models.process.checks import problems_of
from models.process.moments import Hours, zone_of
from models.process.part import STEP_ID, Part, Words
from models.process.problem import BrokenDefinition, Known, Problem
from models.process.reading import explain, read_yaml
from models.process.scenario import Scenario
from models.process.steps import Arrow, Step, StepId


def _known_zone(name: str) -> str:
    if name not in ("lead", "UTC") and zone_of(name).key == "UTC":
        raise PydanticCustomError("bad_zone", "unknown zone: {written}", {"written": name})
    return name


class Process(Part):
    """A whole definition. Frozen: parse once and keep it by version."""

    process: str = Field(
        pattern=STEP_ID, max_length=64, description="the key, one for all versions"
    )
    title: Words = Field(min_length=1)
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})?$")], ...] = Field(
        min_length=1, description="every text has these; the first one speaks to everybody else"
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "lead", description="zone of all times here: lead (the client's own) or one like Asia/Tokyo"
    )
    working_hours: Hours | None = None
    fields: dict[Annotated[str, Field(pattern=STEP_ID)], Words] = Field(
        {}, description="own fields that this process uses, with their titles"
    )
    values: dict[Literal["link", "offer"], Words] = Field(
        {}, description="what {{ link }} and {{ offer }} are for a lead that brings none"
    )
    start: StepId
    steps: dict[StepId, Step] = Field(min_length=1, max_length=500)
    scenarios: tuple[Scenario, ...] = ()

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Raises BrokenDefinition with all that keeps the text from being read as a process."""
        data = read_yaml(text)
        seen: dict[int, type[Part]] = {}
        try:
            return cls.model_validate(data, context=seen)
        except ValidationError as refused:
            raise BrokenDefinition(explain(refused, data, seen)) from refused

    def to_yaml(self) -> str:
        """YAML that reads back as this very process."""
        data = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return yaml.dump(
            data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
        )

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """For editors and other programs; what `problems` checks is beyond a schema."""
        return TypeAdapter(Process).json_schema(by_alias=True)

    def problems(self, known: Known | None = None) -> list[Problem]:
        """All that is wrong or doubtful, errors first; without errors it may be published."""
        return problems_of(self, known or Known())

    def arrows(self) -> dict[str, tuple[Arrow, ...]]:
        """Every step's ways out, in the order of the steps."""
        return {name: tuple(step.arrows()) for name, step in self.steps.items()}


class _Dumper(yaml.SafeDumper):
    """Long texts in blocks, small mappings and lists in one line."""


LINE = 76


_BREAKS = frozenset("\r\x85\u2028\u2029\ufeff")


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # Rare line breaks survive only in double quotes.
    style = '"' if set(text) & _BREAKS else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping(
        "tag:yaml.org,2002:map", mapping.items(), flow_style=_short(mapping)
    )


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    plain = not any(isinstance(value, dict | list) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=plain)


def _short(value: Any) -> bool:
    """Whether it is read at a glance: words, or a small mapping of them."""
    return len(str(value)) <= LINE and "\\n" not in str(value)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)
