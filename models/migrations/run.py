"""Bringing a database to the newest shape, and asking whether the models still match it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

HERE = Path(__file__).parent


def upgrade(url: str) -> None:
    """`url` in SQLAlchemy's form. Safe to run at every start."""
    command.upgrade(_config(url), "head")


def mismatches(url: str) -> str | None:
    """What autogenerate would add; None when models and migrations say the same."""
    try:
        command.check(_config(url))
    except CommandError as difference:
        return str(difference)
    return None


def revision(url: str, message: str) -> None:
    command.revision(_config(url), message, autogenerate=True)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
