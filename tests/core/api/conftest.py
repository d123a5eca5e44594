"""A platform with one plugin made for these tests."""

from tests.core.projects.rig import app, contract, database, database_urls, noon

__all__ = ["app", "contract", "database", "database_urls", "noon"]
