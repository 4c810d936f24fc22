"""The words a deal is described with: pipelines and their stages in order, tags.

What is retired is not chosen any more; leads, history and filters that have it still say it.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import defaulting, identity, moment, reference
from models.errors import Missing

FIRST = "main"  # the pipeline that an installation begins with
START = "new"  # the stage that every lead begins on
KINDS = ("open", "won", "lost")


class Named(SQLModel):
    name_ru: str
    name_en: str

    def name(self, locale: str) -> str:
        return self.name_en if locale.startswith("en") else self.name_ru

    @property
    def stamp(self) -> str:
        """What a form showed of it: whoever saves it anew says so, and a colleague's change is not
        written over."""
        return f"{self.name_ru}|{self.name_en}"


class Pipeline(Named, table=True):
    """A way that deals go. A lead is in the one that its stage belongs to."""

    __tablename__ = "pipeline"

    key: str = Field(primary_key=True)
    position: int
    retired_at: datetime | None = moment()

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such pipeline")


class Stage(Named, table=True):
    """A step of the deal. `kind` is open, won or lost; `hue` 1–8 is its colour; `position` is its
    place in its pipeline."""

    __tablename__ = "stage"

    key: str = Field(primary_key=True)
    position: int
    kind: str = "open"
    hue: int = 1
    pipeline_key: str = defaulting(FIRST, foreign_key="pipeline.key", index=True)
    retired_at: datetime | None = moment()

    @classmethod
    def missing(cls) -> Missing:
        return Missing("There is no such stage")

    @property
    def stamp(self) -> str:
        return f"{super().stamp}|{self.kind}|{self.hue}"


class Tag(SQLModel, table=True):
    __tablename__ = "tag"

    id: int = identity()
    name: str = Field(unique=True)
    hue: int = 1
    retired_at: datetime | None = moment()

    @property
    def stamp(self) -> str:
        """See `Named.stamp`."""
        return f"{self.name}|{self.hue}"


class FormerName(SQLModel, table=True):
    """What a tag was called, or another that became part of it: processes that run, and robots,
    may still call it so."""

    __tablename__ = "former_tag_name"

    name: str = Field(primary_key=True)
    tag_id: int = reference("tag.id", nullable=False, index=True)
