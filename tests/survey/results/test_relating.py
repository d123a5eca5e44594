"""What whole cross-tables say of two questions, in plain words."""

import pytest

from baukasten.web import i18n
from baukasten_survey.cells import crossed, single
from baukasten_survey.cells.shown import MISSING
from baukasten_survey.results import relating

MARGIN = {"old": 40, "young": 40, MISSING: 10}


@pytest.fixture(autouse=True)
def german():
    with i18n.speaking(i18n.translator("de")):
        yield


def _crossing(old, young):
    counts = {
        ("old", "yes"): old,
        ("old", "no"): 40 - old,
        ("young", "yes"): young,
        ("young", "no"): 40 - young,
    }
    counts[MISSING, "no"] = 10
    yes = old + young
    found = crossed.protect(
        counts, single.protect(MARGIN), single.protect({"yes": yes, "no": 90 - yes, MISSING: 0})
    )
    assert found is not None
    return found


def test_those_who_did_not_say_are_not_compared():
    found = relating.related(_crossing(30, 10))
    assert found is not None
    assert found.statistic == pytest.approx(20)
    assert (found.freedom, found.cells) == (1, 4)
    assert relating.sentence(found) == (
        "Die Gruppen unterscheiden sich stark. Allein durch Zufall käme so ein Unterschied in weniger als 1 von 100 "
        "Fällen zustande. (χ² = 20, Freiheitsgrade: 1, Cramérs V = 0,5)"
    )


def test_small_differences_may_be_chance():
    found = relating.related(_crossing(21, 20))
    assert found is not None
    assert relating.sentence(found).startswith(
        "Die Gruppen unterscheiden sich kaum. So ein Unterschied kann gut Zufall sein."
    )


def test_nothing_comes_of_tables_that_hold_something_back():
    hidden = _crossing(38, 20)
    assert relating.related(hidden) is None
    assert "Nicht gewichtet" in relating.weighed_line(
        relating.weighed(hidden, {"old": 1, "young": 1}), "Alter", {}
    )


def test_weighted_shares_stand_beside_the_counted_ones():
    found = relating.weighed(_crossing(30, 10), {"old": 3, "young": 1})
    line = relating.weighed_line(found, "Alter", {"yes": "ja", "no": "nein"})
    assert line == (
        "Gewichtet nach „Alter“: „ja“ 62\xa0%, „nein“ 38\xa0%. So genau wie 64 ungewichtete Antworten."
    )
    alone = relating.weighed(_crossing(30, 10), {"old": 3})
    assert alone == (
        "Nicht gewichtet: Nicht alle Gruppen der Bevölkerung sind unter denen, die geantwortet haben."
    )
