"""What is wrong with a definition, in a sentence that names the step and says what to do."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


def mark(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when it is shown."""
    return sentence


_ = mark

SENTENCES: dict[str, str] = {
    # Reading
    "not_yaml": _("Line {line}: this is not YAML ({detail}). Check indents, quotes and colons."),
    "too_large": _("The file is larger than {limit} KB. Split the process in two."),
    "not_a_mapping": _("A definition is a mapping that begins with “process:”."),
    "no_aliases": _("Line {line}: YAML anchors and aliases are not used here. Repeat the words."),
    "twice": _("Line {line}: “{key}” stands twice. Keep one of them."),
    "unknown_key": _("There is no key “{key}” in “{where}”. Did you mean “{nearest}”?"),
    "unknown_key_alone": _("There is no key “{key}” in “{where}”. Keys here: {known}."),
    "missing_key": _("“{where}” lacks “{key}”. Add it."),
    "step_kind": _("A step has exactly one of: {known}. Found: {found}."),
    "wait_kind": _("A wait has exactly one of: for, event, duration, until. Found: {found}."),
    "condition_kind": _("A condition has exactly one of: {known}. Found: {found}."),
    "event_kind": _("A scenario's event has exactly one of: {known}. Found: {found}."),
    "empty_condition": _("“{where}” compares with nothing. Add a comparison."),
    "bad_duration": _("“{written}” is not a duration. Write it like 20s, 5m, 2h or 3d."),
    "bad_time": _("“{written}” is not a time. Write 10:00, working_hours or a moment with zone."),
    "bad_days": _("“{written}” is not a day. Write mon-fri or a list of mon … sun."),
    "bad_id": _("“{written}” is not an id. Use small Latin letters, digits and “_”."),
    "bad_zone": _("There is no time zone “{written}”. Write one like Europe/Moscow, or lead."),
    "bad_value": _("“{where}” does not fit: {detail}."),
    "nothing_to_send": _("The message is empty. Add text or media."),
    "button_does_nothing": _("A button has either an id or a url. Give it one of them."),
    "jump_without_limit": _("The jump has no limit. Add “at_most”: how often it may happen."),
    # Structure
    "dead_end": _("Nothing comes after this step. Add “next”, or lead it to a step with “end”."),
    "unknown_step": _("“{arrow}” leads to “{to}”, and there is no such step."),
    "unknown_step_near": _("“{arrow}” leads to “{to}”, and there is no such step. “{nearest}”?"),
    "unreachable": _("No way leads to this step. Lead one there, or delete the step."),
    "cycle_without_wait": _("The lead would go round without a wait: {path}. Add a wait."),
    "endless_reminder": _("A silent client would be written to for ever: {path}. Add a jump."),
    "reserved_step": _("“{step}” has a meaning of its own. Give the step another id."),
    # Words
    "missing_language": _("“{where}” has no words in: {languages}. Add them."),
    "extra_language": _("“{where}” speaks {languages}, which the process does not list."),
    "empty_words": _("“{where}” is empty in: {languages}. Write something, or remove it."),
    "long_text": _("The text ({language}) has {length} of 4096 signs. It will go in parts."),
    "long_caption": _("The caption ({language}) has {length} of 1024 signs. Shorten it."),
    "long_button": _("The button “{text}” has {length} of 64 signs. Shorten it."),
    "bad_macro": _("This macro is not understood: {macro}. Write {{{{ lead.first_name }}}}."),
    "unknown_field": _("There is no field “{field}”. Known: {known}."),
    "bad_pattern": _("The pattern “{pattern}” is not RE2: {detail}."),
    # Things
    "unknown_tag": _("There is no tag “{tag}”. Create it, or choose another."),
    "unknown_stage": _("There is no stage “{stage}”. Known: {known}."),
    "retired_tag": _("The tag “{tag}” is retired. Bring it back, or choose another."),
    "renamed_tag": _("The tag “{tag}” is called “{name}” now. The former name works, too."),
    "retired_stage": _("The stage “{stage}” is retired. Bring it back, or choose another."),
    "unknown_user": _("There is no person “{user}”. Choose one who can sign in."),
    "unknown_team": _("There is no team “{team}”. Choose another, or leave it out."),
    "media_missing": _("There is no file “{file}”. Put it beside the definition."),
    "media_too_big": _("“{file}” has {size} MB, Telegram takes {limit} MB. Make it smaller."),
    "media_outside": _("“{file}” leaves the folder of the definition. Put the file inside."),
    "mixed_album": _("{kinds} do not go into one album. Send them in separate steps."),
    "callback_too_long": _("The button id “{id}” is longer than {limit} bytes. Shorten it."),
    "unknown_button": _("No message has a button “{button}”. Check the id."),
    "buttons_without_text": _("An album has no buttons of its own. Add text to carry them."),
    "no_working_hours": _("The process has no working hours. Add “working_hours” at its top."),
    "never_writes": _("“if_writes” is for other waits: one for a reply goes to “next”."),
    "no_timeout": _("“if_timeout” never happens: the wait has no “timeout”. Add one."),
    "task_without_wait": _(
        "The task is not waited for: these ways out never happen. “wait: true”."
    ),
    # Scenarios
    "few_scenarios": _("The process has no scenarios. Write what must happen, and it is tested."),
}


class Problem(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str
    step: str | None = None
    severity: Literal["error", "warning"] = "error"
    params: dict[str, Any] = Field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """What is wrong and what to do; `translate` is the reader's gettext."""
        return translate(SENTENCES[self.code]).format(**self.params)

    def __str__(self) -> str:
        return f"{self.step}: {self.sentence()}" if self.step else self.sentence()


class BrokenDefinition(ValueError):
    """The definition cannot be read; `problems` has all that is wrong, not the first only."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Known(BaseModel):
    """What there is outside the definition. None means "not looked": nothing is said about it."""

    model_config = ConfigDict(frozen=True)

    tags: frozenset[str] | None = None
    stages: tuple[str, ...] | None = None
    retired: frozenset[str] = Field(frozenset(), description="tags and keys of stages")
    renamed: Mapping[str, str] = Field({}, description="a tag's former name to its name")
    users: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    fields: frozenset[str] | None = Field(None, description="own fields, without `fields.`")
    media: Mapping[str, int] | None = Field(None, description="path to size in bytes")
