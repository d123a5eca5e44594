"""What all tests share: the fixtures that authors of plugins get too, and which tests begin."""

import pytest

pytest_plugins = ["baukasten.testing.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walk through all pages: whoever starts late would walk it a second time."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)
