"""Databases for tests: one migrated template, and quick copies of it."""

from itertools import count

from machine.postgres import Postgres
from models.migrations.run import upgrade

TEMPLATE = "leadloom_template"
_numbers = count(1)


def sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def make_template(postgres: Postgres) -> None:
    postgres.ensure_database(TEMPLATE)
    upgrade(sqlalchemy_url(postgres.url(TEMPLATE)))


def fresh(postgres: Postgres) -> str:
    """The name of a new, migrated and empty database."""
    name = f"test_{next(_numbers)}"
    postgres.clone(TEMPLATE, name)
    return name
