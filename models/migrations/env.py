"""Alembic's entry: migrates the database whose address `upgrade` handed over."""

from alembic import context
from sqlalchemy import String, create_engine, pool
from sqlmodel import AutoString

from models.tables import metadata

# Partitions and what a migration makes by hand are not in the models.
BY_HAND = ("message_search",)


def ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    return not (kind == "table" and reflected and (name or "").startswith(BY_HAND))


def differs(
    about: object, ours: object, theirs: object, found: object, asked: object
) -> bool | None:
    """Every string of a model is `text` here; everything else is Alembic's to compare."""
    return False if isinstance(found, String) and isinstance(asked, String | AutoString) else None


engine = create_engine(
    context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, include_object=ours, compare_type=differs
    )
    with context.begin_transaction():
        context.run_migrations()
