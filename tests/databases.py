"""Databases for tests: one migrated template, and quick copies of it."""

from itertools import count

from machine.postgres import Postgres

TEMPLATE = "leadloom_template"
_numbers = count(1)


def sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def make_template(postgres: Postgres) -> None:
    postgres.ensure_database(TEMPLATE)
    url = sqlalchemy_url(postgres.url(TEMPLATE))
    try:
        from models.migrations.run import upgrade
    except ImportError:
        _create_all(url)
    else:
        upgrade(url)


def _create_all(url: str) -> None:
    """Until there are migrations: the tables as the models say."""
    import pkgutil
    from importlib import import_module

    import sqlalchemy
    from sqlmodel import SQLModel

    import models

    for module in pkgutil.walk_packages(models.__path__, "models."):
        import_module(module.name)
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create extension if not exists pg_trgm"))
        SQLModel.metadata.create_all(connection)
    engine.dispose()


def fresh(postgres: Postgres) -> str:
    """The name of a new, migrated and empty database."""
    name = f"test_{next(_numbers)}"
    postgres.clone(TEMPLATE, name)
    return name
