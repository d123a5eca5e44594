"""The same surveys, and the same two who sort, as for what the pages stand on."""

from tests.survey.texts.conftest import fill, publish, second, sort

__all__ = ["fill", "publish", "second", "sort"]
