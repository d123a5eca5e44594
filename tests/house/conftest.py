"""What the tests of a file build once, because it takes long and they only look at it."""

from typing import Any

import pytest


@pytest.fixture(scope="module")
def once() -> dict[str, Any]:
    """Keep by name what fixtures of a single test make for all tests of the file."""
    return {}
