"""Statements of both roles, for pages that look across towns."""

import pytest
from sqlalchemy import event


@pytest.fixture
def statements(database):
    """Note each statement of app and operator."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    for engine in (database.app, database.operator):
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in (database.app, database.operator):
        event.remove(engine, "before_cursor_execute", note)
