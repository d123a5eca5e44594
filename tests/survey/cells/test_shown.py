"""Tables that show everything."""

from baukasten_survey.cells.shown import MISSING, openly


def test_open_tables_for_those_who_may_see_everything():
    table = openly({"a": 1, MISSING: 0}, 1)
    assert (table.whole, table.share("a")) == (True, 1)
