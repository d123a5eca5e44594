"""Statements of both roles, for pages that look across towns."""

import pytest

from tests.statements import Statements


@pytest.fixture
def statements(database):
    """Gives, for a block, the list of what app and operator ask the database."""
    return lambda: Statements(database.app, database.operator)
