"""The catalogue of words: English in the code, translations in `locales/<language>`.

`python -m api.catalogue` gathers what the code says into the .po files. They are read at start,
so there is nothing compiled that could be stale.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALES = ("ru", "en")
BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
FOLDER = Path(__file__).parent / "locales"

# Paths inside a source are relative to the folder named: a wrong one finds nothing, silently.
SOURCES = {
    Path(__file__).parent: [("templates/**.html", "jinja2"), ("**.py", "python")],
    Path(__file__).parent.parent / "models": [("**.py", "python")],
}
# The sentence of an error is its message id.
ERRORS = ("Refused", "BrokenInput", "Missing", "Outrun", "NotAllowed", "NotSignedIn", "Away")
KEYWORDS = {**DEFAULT_KEYWORDS, **dict.fromkeys(ERRORS), "problem": (3,)}


@cache
def catalogue(locale: str) -> NullTranslations:
    path = po(locale)
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def po(locale: str) -> Path:
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def spoken() -> Catalog:
    """Every message id in the code and the templates, with the files that say it."""
    found = Catalog(project="leadloom")
    for file, line, message, comments, context in _extracted():
        found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def translated(locale: str) -> Catalog:
    with po(locale).open("rb") as source:
        return read_po(source, locale=locale)


def gather(locale: str = "ru") -> Catalog:
    """Writes the .po anew: what is said now, with the translations it had."""
    kept = translated(locale) if po(locale).exists() else Catalog(locale=locale)
    kept.project, kept.version, kept.last_translator = "leadloom", "", ""
    kept.update(spoken(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    kept.fuzzy = False
    kept.header_comment = f"# Leadloom in {locale}: gathered by `make messages`."
    # no clock in the file: the same words are the same bytes
    kept.creation_date = kept.revision_date = BEGAN
    po(locale).parent.mkdir(parents=True, exist_ok=True)
    with po(locale).open("wb") as target:
        # and no places: two who word different pages do not touch the same lines
        write_po(target, kept, sort_output=True, width=100, omit_header=False, no_location=True)
    return kept


def _extracted() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    for root, methods in SOURCES.items():
        for file, line, message, comments, context in extract_from_dir(
            str(root),
            method_map=methods,
            options_map={"**.html": {"newstyle_gettext": "true", "trimmed": "true"}},
            keywords=KEYWORDS,
            comment_tags=("Words:",),
        ):
            yield f"{root.name}/{file}", line, message, list(comments), context


if __name__ == "__main__":
    for each in gather():
        if each.id and not each.string:
            print(f"not translated: {each.id}")
