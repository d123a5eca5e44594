"""The stranger uses nearly every hook, and its declarations stand in the registry under its name."""

import inspect
from pathlib import Path

import baukasten_stranger
import pytest
from babel.messages.pofile import read_po
from baukasten_stranger import declares
from sqlalchemy import text

from baukasten.db import embedded
from baukasten.db.base import Base
from baukasten.db.session import Database
from baukasten.plugin import hookspecs
from baukasten.plugin.contract import Contract
from baukasten.plugin.hooks import Answer
from baukasten.testing.contract import CHECKS, Case, Check
from baukasten.web.assets.messages import messages

PACKAGE = Path(inspect.getfile(baukasten_stranger)).parent


def test_all_hooks_but_the_two_with_one_answer_are_used(contract: Contract) -> None:
    used = {
        name
        for name in contract.manager.specs
        if "stranger" in contract.manager.implementers(getattr(hookspecs, name))
    }
    assert contract.manager.specs.keys() - used == {"send_message", "open_storage"}


def test_what_it_declares_is_registered_under_its_name(contract: Contract) -> None:
    registry = contract.registry
    assert registry.kinds["stranger"] == Answer("stranger", declares.KIND)
    assert registry.settings["stranger"] == Answer("stranger", declares.SETTINGS)
    assert registry.content_types["stranger.signup"] == Answer("stranger", declares.TYPE)
    assert registry.mounts["stranger"] == tuple(declares.MOUNTS)
    assert {key for key, one in registry.permissions.items() if one.plugin == "stranger"} == {
        "stranger.signup.create",
        "stranger.slot.manage",
    }


def test_its_tables_bear_its_name_and_point_to_the_core_or_itself() -> None:
    tables = {name: table for name, table in Base.metadata.tables.items() if name.startswith("stranger_")}
    targets = {
        key.referred_table.fullname for table in tables.values() for key in table.foreign_key_constraints
    }
    assert set(tables) == {"stranger_slot", "stranger_signup"}
    assert targets == {"platform.tenant", "module", "membership", "stranger_slot"}


def test_every_column_that_points_to_a_person_is_declared() -> None:
    pointing = {
        f"{table.name}.{element.parent.name}"
        for table in Base.metadata.tables.values()
        if table.name.startswith("stranger_")
        for key in table.foreign_key_constraints
        if key.referred_table.name == "membership"
        for element in key.elements
        if element.parent.name != "tenant_id"
    }
    assert pointing == {"stranger_slot.host_id", "stranger_signup.member_id"}
    assert pointing <= set(declares.DATA.columns)


def test_its_migrations_have_a_version_table_of_their_own(database: Database) -> None:
    with database.operator.connect() as connection:
        tables = set(
            connection.scalars(
                text(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'platform' AND tablename LIKE 'alembic%'"
                )
            )
        )
    assert {"alembic_version_core", "alembic_version_stranger"} <= tables
    assert "alembic_version_twin" not in tables


def test_every_text_is_translated_into_german() -> None:
    with (PACKAGE / "translations/de/LC_MESSAGES/stranger.po").open("rb") as stream:
        given = {message.id: message.string for message in read_po(stream) if message.id}
    assert {message.id for message in messages(PACKAGE) if message.id} == {
        key for key, value in given.items() if value
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_the_kit_for_authors_finds_nothing(check: Check, contract: Contract, server: embedded.Server) -> None:
    assert check.find(Case(contract, "stranger", server)) == []
