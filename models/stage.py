"""The words a deal is described with: stages in their order, tags."""

from sqlmodel import Field, SQLModel

from models.columns import identity


class Stage(SQLModel, table=True):
    """A step of the deal. `kind` is open, won or lost; `hue` 1–8 is its colour."""

    __tablename__ = "stage"

    key: str = Field(primary_key=True)
    position: int
    name_ru: str
    name_en: str
    kind: str = "open"
    hue: int = 1

    def name(self, locale: str) -> str:
        return self.name_en if locale.startswith("en") else self.name_ru


class Tag(SQLModel, table=True):
    __tablename__ = "tag"

    id: int = identity()
    name: str = Field(unique=True)
    hue: int = 1
