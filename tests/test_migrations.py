"""Migrations and models say the same."""

import sqlalchemy

from machine.postgres import Postgres
from models.migrations.run import mismatches
from tests.databases import TEMPLATE, make_template, sqlalchemy_url


def test_the_migrations_make_what_the_models_say(database_url: str):
    assert mismatches(database_url) is None


def test_a_forgotten_migration_is_noticed(database_url: str):
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("alter table lead drop column epoch"))
    engine.dispose()

    assert "epoch" in (mismatches(database_url) or "")


def test_migrating_twice_changes_nothing(postgres: Postgres):
    make_template(postgres)
    assert mismatches(sqlalchemy_url(postgres.url(TEMPLATE))) is None
