"""XLSForm workbooks through pyxform: types, conditions, texts, and what is said about the rest."""

import io

import pytest
from openpyxl import Workbook

from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.reports import Refused

HEAD = ["type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "required", "calculation",
        "appearance", "default", "parameters", "choice_filter"]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label", "state"],
    ["yn", "yes", "Yes", ""],
    ["yn", "no", "No", ""],
    ["fr", "apple", "Apple", ""],
    ["fr", "1", "One", ""],
    ["town", "a", "A", "north"],
    ["town", "b", "B", "south"],
    ["state", "north", "North", ""],
    ["state", "south", "South", ""],
]
BASE = [
    {"type": "integer", "name": "age", "label": "Age"},
    {"type": "text", "name": "who", "label": "Name"},
    {"type": "select_one yn", "name": "kid", "label": "Kid?"},
    {"type": "select_multiple fr", "name": "fruit", "label": "Fruit"},
    {"type": "date", "name": "day", "label": "Day"},
    {"type": "select_one state", "name": "state", "label": "State"},
]


def _book(rows, choices=CHOICES, head=HEAD, title="A form"):
    book = Workbook()
    sheets = {"survey": [head, *([row.get(name, "") for name in head] for row in rows)], "choices": choices,
              "settings": [["form_title", "form_id"], [title, "f"]]}  # fmt: skip
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _questions(found):
    groups = [group for page in found.definition["pages"] for group in page["groups"]]
    return {one["code"]: one for group in groups for one in group["questions"]}


KINDS = {
    "text": "short", "integer": "number", "decimal": "number", "range": "slider", "select_one yn": "single",
    "select_multiple yn": "multiple", "rank yn": "ranking", "note": "info", "date": "date", "time": "time",
    "geopoint": "map", "geotrace": "map", "geoshape": "map", "image": "file", "audio": "file", "file": "file",
    "barcode": "short", "acknowledge": "consent", "hidden": "hidden",
}  # fmt: skip


def test_each_type_has_its_kind():
    rows = [{"type": type_, "name": f"n{at}", "label": "L"} for at, type_ in enumerate(KINDS)]
    rows += [{"type": "start", "name": "start"}, {"type": "deviceid", "name": "device"}]
    found = read_survey("f.xlsx", _book(rows))
    assert [one["kind"] for one in _questions(found).values()] == list(KINDS.values())
    assert (found.notes, found.definition["title"]) == ((), {"en": "A form"})


@pytest.mark.parametrize(
    ("relevant", "ours"),
    [
        ("${age} > 18", "age > 18"),
        ("${kid} = 'yes'", 'kid == "yes"'),
        ("${kid} != 'yes'", 'not (answered(kid) and (kid == "yes"))'),
        ("selected(${fruit}, 'apple') or selected(${fruit}, '1')", '("apple" in fruit) or ("a1" in fruit)'),
        ("not(selected(${kid}, 'no'))", 'not (answered(kid) and (kid == "no"))'),
        ("count-selected(${fruit}) >= 2", "count(fruit) >= 2"),
        ("string-length(${who}) div 2 > 1", "(length(who) / 2) > 1"),
        ("${who} = ''", "not answered(who)"),
        ("${day} < today() and ${age} mod 2 = 0", "(day < today()) and (mod(age, 2) == 0)"),
        ("${day} >= date('2024-01-01')", 'day >= date("2024-01-01")'),
        ("regex(${who}, '^[A-Z].*$')", 'matches(who, "[A-Z].*")'),
        ("coalesce(${age}, 3) > 2", "default(age, 3) > 2"),
        ("if(${age} > 3, 'a', 'b') = 'a'", 'if(answered(age) and (age > 3), "a", "b") == "a"'),
        ("true()", None),
        ("${gone} = 1", "refused"),
        ("position(..) = 1", "lost"),
    ],
)
def test_conditions_become_expressions(relevant, ours):
    book = _book([*BASE, {"type": "text", "name": "asked", "label": "L", "relevant": relevant}])
    if ours == "refused":
        with pytest.raises(Refused, match="gone"):
            read_survey("f.xlsx", book)
        return
    found = read_survey("f.xlsx", book)
    assert _questions(found)["asked"].get("relevance") == (None if ours == "lost" else ours)
    assert bool(found.notes) is (ours == "lost")


def test_constraints_filters_texts_and_calculations():
    found = read_survey(
        "f.xlsx",
        _book(
            [
                *BASE,
                {"type": "begin_group", "name": "g", "label": "Group", "relevant": "${age} > 3"},
                {"type": "integer", "name": "n", "label": "For ${who}", "required": "yes",
                 "constraint": ". >= 0 and . < ${age}", "constraint_message": "No"},
                {"type": "select_one town", "name": "town", "label": "Town", "choice_filter": "state = ${state}"},
                {"type": "calculate", "name": "c", "calculation": "${age} * 2"},
                {"type": "end_group"},
                {"type": "begin_repeat", "name": "rep", "label": "Again"},
                {"type": "text", "name": "inner", "label": "I", "relevant": "${c} > 4"},
                {"type": "end_repeat"},
            ]
        ),
    )  # fmt: skip
    asked = _questions(found)
    assert asked["n"]["title"] == {"en": "For {who}"}
    assert asked["n"]["rules"] == [{"expression": "(n >= 0) and (n < age)", "message": {"en": "No"}}]
    assert asked["n"]["required"] is True
    assert [one["relevance"] for one in asked["town"]["options"]] == ['state == "north"', 'state == "south"']
    assert (asked["c"]["expression"], asked["inner"]["relevance"]) == ("age * 2", "c > 4")
    pages = found.definition["pages"]
    assert [page["groups"][0].get("relevance") for page in pages] == [None, "age > 3", None]
    assert [note.place for note in found.notes] == ["rep"]


def test_languages_are_read_from_their_names():
    head = ["type", "name", "label::English (en)", "label::Deutsch"]
    rows = [{"type": "text", "name": "a", "label::English (en)": "Hello", "label::Deutsch": "Hallo"}]
    found = read_survey("f.xlsx", _book(rows, choices=[["list_name", "name"]], head=head))
    assert _questions(found)["a"]["title"] == {"en": "Hello", "de": "Hallo"}
    assert sorted(found.definition["languages"]) == ["de", "en"]


def test_a_form_that_is_wrong_is_refused_with_the_reason():
    with pytest.raises(Refused, match="no XLSForm"):
        read_survey("f.xlsx", _book([{"type": "select_one gone", "name": "a", "label": "A"}]))
    found = read_survey("f.xlsx", _book([{"type": "nonsense", "name": "a", "label": "A"}]))
    assert [note.level.value for note in found.notes] == ["lost"]
