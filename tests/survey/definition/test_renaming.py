"""Answers under the codes of a newer version."""

from baukasten_survey.definition.renaming import Names, renamed

GIVEN = {
    "q1": "a1",
    "q1.other": "Boot",
    "q2": ["b1", "b2"],
    "q3": {"r1": "c1", "r2": ["c2"]},
    "q4": 7,
    "text": "a1",
}


def test_what_no_mapping_names_stays():
    assert renamed(GIVEN, []) == GIVEN
    assert renamed(GIVEN, [{}, {"x": "y", "x/a1": "y/a2"}]) == GIVEN


def test_questions_options_and_rows_get_their_new_codes():
    mapping = {
        "q1": "way",
        "q1/a1": "way/foot",
        "q2/b2": "q2/b9",
        "q3": "m",
        "q3/r1": "m/school",
        "q3/c2": "m/good",
    }
    assert renamed(GIVEN, [mapping]) == {
        "way": "foot",
        "way.other": "Boot",
        "q2": ["b1", "b9"],
        "m": {"school": "c1", "r2": ["good"]},
        "q4": 7,
        "text": "a1",
    }


def test_versions_follow_each_other():
    chain = [{"q1": "x", "q1/a1": "x/a2"}, {"x": "y", "x/a2": "y/a3"}]
    assert renamed({"q1": "a1"}, chain) == {"y": "a3"}


def test_codes_are_known_by_their_newest_names():
    names = Names([(1, {}), (2, {"q1": "x", "q1/a1": "x/a2"}), (3, {"x": "y", "x/a2": "y/a3"})])
    assert (names.code("q1"), names.code("x", 2), names.code("q1", 2)) == ("y", "y", "q1")
    assert (names.part("q1", "a1"), names.part("x", "a2", 2), names.part("q1", "_missing")) == (
        "a3",
        "a3",
        "_missing",
    )
    assert names.since(3) == []
    assert Names([(1, {}), (2, {})]).since(1) == []
