"""What PostgreSQL's text cannot hold: NUL, and halves of a character (lone surrogates).

What a client sends is replaced, for nobody can ask them again (the raw bytes keep it); what a
person or a robot of ours sends is refused, and nothing of it is stored.
"""

import re
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError

from models.errors import Refused

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# psycopg refuses a NUL by itself, without an SQLSTATE; in JSON it is the server that does.
SQLSTATES = (None, "22021", "22P05")


def storable(value: Any) -> Any:
    """JSON with a sign in place of each character that cannot be held."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return value


def refusal(error: Exception) -> Refused | None:
    """For a person, when this is what the database, or its driver, said to such a text."""
    said = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(said, psycopg.DataError):
        ours = said.sqlstate in SQLSTATES
    else:
        ours = isinstance(said, UnicodeEncodeError) and said.reason == "surrogates not allowed"
    if not ours:
        return None
    return Refused("The text has characters that cannot be kept: write it without them")
