"""What the tests of a file build once, because it takes long and they only look at it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.tree import tree_of


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    """Forget a file's syntax trees after it, for they take much room."""
    yield
    tree_of.cache_clear()


@pytest.fixture(scope="module")
def once() -> dict[str, Any]:
    """Keep by name what fixtures of a single test make for all tests of the file."""
    return {}
