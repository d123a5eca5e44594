"""LimeSurvey's conditions, checks and filters as expressions of ours, and what they decide."""

import datetime as dt

import pytest

from baukasten_survey.answers.values import flat
from baukasten_survey.definition.parsing import parse as parse_definition
from baukasten_survey.expressions.evaluation import evaluate
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.transfer.importing import read_survey
from tests.survey.transfer.lime_files import Made, structure, table

BASE = [
    Made("list", "L", answers=["A1", "A2", "3"], other=True),
    Made("pts", "5"),
    Made("yes", "Y"),
    Made("num", "N"),
    Made("txt", "S"),
    Made("day", "D"),
    Made("many", "M", subs=["a", "b", "1"], other=True),
    Made("grid", "F", subs=["x", "y"], answers=["1", "2", "3"]),
    Made("nums", "K", subs=["k", "l"]),
    Made("cells", ";", subs=["r"], columns=["c"]),
    Made("two", "1", subs=["x"], answers=["A"], seconds=["B"]),
    Made("later", "N", relevance='list == "A1"'),
]
TODAY = dt.date(2026, 3, 4)


def taken(relevance, *more):
    """Read a survey whose last question has this condition; give its condition and the notes."""
    found = read_survey("s.lss", structure(*BASE, *more, Made("asked", "S", relevance=relevance)))
    return _question(found, "asked").get("relevance", ""), found


def _question(found, code):
    groups = [group for page in found.definition["pages"] for group in page["groups"]]
    return next(one for group in groups for one in group["questions"] if one["code"] == code)


@pytest.mark.parametrize(
    ("relevance", "ours"),
    [
        ("", ""),
        ("1", ""),
        ("0", "false"),
        ('list == "A2"', 'list == "A2"'),
        ('list.NAOK == "-oth-"', 'list == "_other"'),
        ("list == 3", 'list == "a3"'),
        ('list == "A9"', "false"),
        ("pts > 3", 'pts in ["a4", "a5"]'),
        ("pts.NAOK >= 1", "answered(pts)"),
        ('(yes == "Y" and num > 2) or txt eq "b"', '(yes and (num > 2)) or (txt == "b")'),
        ('yes.NAOK != "Y"', "not (answered(yes) and yes)"),
        ("!is_empty(num)", "answered(num)"),
        ("is_empty(num.NAOK)", "not answered(num)"),
        ('txt != ""', "answered(txt)"),
        ("txt > 5", "number(txt) > 5"),
        ('day < "2024-01-01"', 'day < date("2024-01-01")'),
        ('many_a == "Y"', '"a" in many'),
        ('many_1.NAOK == ""', 'not (answered(many) and "a1" in many)'),
        ("4711X7X71.NAOK == 'Y'", '"a1" in many'),
        ('! (many_a == "Y" && many_b == "Y")',
         'not ((answered(many) and ("a" in many)) and (answered(many) and ("b" in many)))'),
        ('many_other == "Y"', "answered(many.other)"),
        ("count(many_a, many_b, many_1, many_other) > 2", "count(many) > 2"),
        ("count(that.grid.NAOK) == 2", "count(grid.x, grid.y) == 2"),
        ('grid_x == "2" || grid_y > 1', '(grid.x == "a2") or (grid.y in ["a2", "a3"])'),
        ("sum(nums_k, nums_l) * 2 - 1 <= 10", "((default(sum(nums.k.value, nums.l.value), 0) * 2) - 1) <= 10"),
        ("sum(that.nums.sq_k) == 4", "default(sum(nums.k.value), 0) == 4"),
        ('cells_r_c == "w"', 'cells.r.c == "w"'),
        ('two_x_1 == "B"', "answered(two_2.x)"),
        ("if(yes == 'Y', num, 3) > 2", "if(answered(yes) and yes, num, 3) > 2"),
        ("countif('2', grid_x, grid_y) == 1",
         'sum(if(answered(grid.x) and (grid.x == "a2"), 1, 0), if(answered(grid.y) and (grid.y == "a2"), 1, 0)) == 1'),
        ("strlen(trim(txt)) > 3", "length(trim(txt)) > 3"),
        ("regexMatch('/^a.c$/i', txt)", 'matches(txt, "[aA].[cC]")'),
        ("date('Y') - num > 18", "(year(today()) - num) > 18"),
        ("num * 3 == 9 and 1", "(num * 3) == 9"),
        ("INSERTANS:4711X7X4 > 1", "num > 1"),
        ('list.shown == "Option A1"', 'list == "A1"'),
        ('later != "5"', '(list == "A1") and ((not answered(later)) or (later != 5))'),
        ('later.NAOK != "5"', "(not answered(later)) or (later != 5)"),
        ("intval(num) == 4", "trunc(num) == 4"),
    ],
)  # fmt: skip
def test_a_condition_becomes_an_expression(relevance, ours):
    written, found = taken(relevance)
    assert (written, [note for note in found.notes if note.place == "asked"]) == (ours, [])


@pytest.mark.parametrize(
    "relevance",
    [
        "unknown == 1",
        "num ==",
        "rand() > 1",
        "num > 1 )",
        "list.qid == 3",
        "12X3X999 == 1",
        "TOKEN:ATTRIBUTE_1 == 'x'",
        "(" * 400,
    ],
)
def test_what_cannot_be_said_is_named_and_the_question_stays(relevance):
    written, found = taken(relevance)
    (note,) = [one for one in found.notes if one.place == "asked"]
    assert (written, note.level, note.place) == ("", "lost", "asked")
    assert note.text.startswith(f"The condition “{relevance[:50]}")


@pytest.mark.parametrize(
    ("relevance", "answers", "shown"),
    [
        ('yes != "Y"', {}, True),
        ('yes != "Y"', {"yes": True}, False),
        ('!(many_a == "Y")', {}, True),
        ('!(many_a == "Y")', {"many": ["a"]}, False),
        ('many_a != "Y" and num > 1', {"num": 2.0}, True),
        ("num > 1", {}, False),
        ("!(num > 1)", {}, True),
        ("is_empty(txt) || num < 0", {"num": 3.0}, True),
        ('list != "A1"', {"list": "_other"}, True),
        ("count(many_a, many_b) == 0", {}, True),
        ("count(many_a, many_b) == 1", {"many": ["b", "a1"]}, True),
        ("sum(nums_k, nums_l) == 0", {}, True),
        ("pts + pts == 8", {"pts": "a4"}, True),
        ("grid_x + grid_y > 4", {"grid": {"x": "a2", "y": "a3"}}, True),
        ("if(num > 3, 1, 0)", {}, False),
        ("list == grid_x", {"list": "a3", "grid": {"x": "a3"}}, True),
    ],
)
def test_missing_answers_decide_as_they_did_there(relevance, answers, shown):
    written, found = taken(relevance)
    values = flat(parse_definition(found.definition), answers)
    value = evaluate(parse(written), values, TODAY)
    assert (value is True) is shown, written


def test_a_guard_keeps_what_a_hidden_question_leaves_open():
    written, _found = taken('later.NAOK == ""', Made("q", "N"))
    assert written == "not answered(later)"
    written, _found = taken("is_empty(later)")
    assert written == '(list == "A1") and (not answered(later))'


def test_conditions_of_old_files_become_alternatives_of_scenarios():
    rows = [
        {
            "cid": 1,
            "qid": 13,
            "cqid": 1,
            "cfieldname": "4711X7X1",
            "method": "==",
            "value": "A1",
            "scenario": 1,
        },
        {
            "cid": 2,
            "qid": 13,
            "cqid": 1,
            "cfieldname": "4711X7X1",
            "method": "==",
            "value": "A2",
            "scenario": 1,
        },
        {
            "cid": 3,
            "qid": 13,
            "cqid": 4,
            "cfieldname": "4711X7X4",
            "method": ">",
            "value": "3",
            "scenario": 1,
        },
        {
            "cid": 4,
            "qid": 13,
            "cqid": 7,
            "cfieldname": "+4711X7X7a",
            "method": "==",
            "value": "Y",
            "scenario": 2,
        },
        {
            "cid": 5,
            "qid": 13,
            "cqid": 7,
            "cfieldname": "4711X7X7",
            "method": "==",
            "value": "b",
            "scenario": 2,
        },
        {
            "cid": 6,
            "qid": 13,
            "cqid": 3,
            "cfieldname": "4711X7X3",
            "method": "==",
            "value": " ",
            "scenario": 3,
        },
    ]
    survey = structure(*BASE, Made("asked", "S", relevance=""), version=146, more=table("conditions", rows))
    found = read_survey("s.lss", survey)
    assert _question(found, "asked")["relevance"] == (
        '(((list == "A1") or (list == "A2")) and (num > 3)) or (("a" in many) or ("b" in many)) or (not answered(yes))'
    )


def test_filters_show_what_was_chosen_and_hide_what_was_excluded():
    subs = ["a", "b", "z"]
    found = read_survey(
        "s.lss",
        structure(
            *BASE,
            Made("shows", "F", subs=subs, answers=["1"], attributes={"array_filter": "many"}),
            Made(
                "hides",
                "M",
                subs=subs,
                attributes={"array_filter_exclude": "many"},
                sub_relevance={"z": "num > 1"},
            ),
            Made("chain", "Q", subs=subs, attributes={"array_filter_exclude": "hides"}),
        ),
    )
    chosen = 'answered({0}) and ("{1}" in {0})'
    rows = {row["code"]: row.get("relevance") for row in _question(found, "shows")["rows"]}
    assert rows == {"a": chosen.format("many", "a"), "b": chosen.format("many", "b"), "z": None}
    options = {one["code"]: one.get("relevance") for one in _question(found, "hides")["options"]}
    assert options["a"] == f"not ({chosen.format('many', 'a')})"
    assert options["z"] == "num > 1"
    lines = {row["code"]: row.get("relevance") for row in _question(found, "chain")["rows"]}
    both = [f"(not ({chosen.format(one, 'a')}))" for one in ("hides", "many")]
    assert lines["a"] == " and ".join(both)


def test_checks_become_rules():
    found = read_survey(
        "s.lss",
        structure(
            *BASE,
            Made("sums", "K", subs=["a", "b"], attributes={"equals_num_value": "100", "em_validation_sq": "this < num",
                 "em_validation_q": "sum(self.NAOK) > 3", "em_validation_q_tip": "More than <b>three</b>"}),
            Made("born", "D", attributes={"date_min": "1900", "date_max": "{today()}"}),
            Made("zip", "S", preg="/^[0-9]{5}$/", attributes={"maximum_chars": "5"}),
        ),
    )  # fmt: skip
    assert _question(found, "sums")["rules"] == [
        {"expression": "sum(sums.a.value, sums.b.value) == 100"},
        {
            "expression": "default(sum(sums.a.value, sums.b.value), 0) > 3",
            "message": {"en": "More than three"},
        },
        {"expression": "(not answered(sums.a.value)) or (sums.a.value < num)"},
        {"expression": "(not answered(sums.b.value)) or (sums.b.value < num)"},
    ]
    rules = [rule["expression"] for rule in _question(found, "born")["rules"]]
    assert rules == ['born >= date("1900-01-01")', "born <= today()"]
    zip_code = _question(found, "zip")
    assert (zip_code["pattern"], zip_code["max_length"]) == ("[0-9]{5}", 5)


def test_texts_repeat_answers_and_calculate():
    text = "You, {txt}, said {if(num > 3, 'much', 'little')} and {list.shown} {many_a.shown} {nums_k} {2,3}"
    found = read_survey("s.lss", structure(*BASE, Made("asked", "X", text=text)))
    made = {
        one["code"]: one["expression"]
        for one in found.definition["pages"][0]["groups"][0]["questions"]
        if one["kind"] == "calculated"
    }
    assert _question(found, "asked")["title"] == {
        "en": "You, {txt}, said {text1} and {list} {text2} {text3} {2,3}"
    }
    assert made == {
        "text1": 'if(answered(num) and (num > 3), "much", "little")',
        "text2": 'if((answered(many) and "a" in many), "Line a", "")',
        "text3": "nums.k.value",
    }


def test_equations_keep_their_sort():
    found = read_survey(
        "s.lss",
        structure(
            *BASE,
            Made("sum", "*", attributes={"equation": "{num + 2}"}),
            Made("says", "*", text="Twice {num} is {num * 2}"),
            Made("asked", "S", relevance="sum > 3 and says == 'x'"),
        ),
    )
    assert _question(found, "sum")["expression"] == "num + 2"
    assert _question(found, "says")["expression"] == 'join("Twice ", text(num), " is ", text(num * 2))'
    assert _question(found, "asked")["relevance"] == '(sum > 3) and (says == "x")'


def test_quotas_count_what_they_counted():
    more = table("quota", [{"id": 1, "sid": 4711, "name": "Half", "qlimit": 50, "active": 1}]) + table(
        "quota_members",
        [{"quota_id": 1, "qid": 1, "code": "A1"}, {"quota_id": 1, "qid": 1, "code": "A2"},
         {"quota_id": 1, "qid": 3, "code": "Y"},
         {"quota_id": 1, "qid": 7, "code": "a"}, {"quota_id": 1, "qid": 8, "code": "x-2"}],
    )  # fmt: skip
    said = {"quotals_quota_id": 1, "quotals_language": "en", "quotals_message": "Full"}
    more += table("quota_languagesettings", [said])
    (quota,) = read_survey("s.lss", structure(*BASE, more=more)).quotas
    assert quota.expression == (
        '((list == "A1") or (list == "A2")) and yes and ("a" in many) and (grid.x == "a2")'
    )
    assert (quota.title, quota.wanted, quota.message) == ("Half", 50, {"en": "Full"})


RANKED = [
    Made("rank", "R", answers=["x", "7"]),
    Made("sizes", "L", answers=["5", "20", "3A"]),
    Made("sizes2", "L", answers=["5", "20"]),
    Made("read", "X"),
]


@pytest.mark.parametrize(
    ("relevance", "ours"),
    [
        ('rank_1 == "x"', 'at(rank, 1) == "x"'),
        ('rank_2.NAOK != ""', "answered(at(rank, 2))"),
        ('rank_1 != "7"', 'not (answered(at(rank, 1)) and (at(rank, 1) == "a7"))'),
        ('Q1.NAOK == "A2"', 'list == "A2"'),
        ('Q7_S700.NAOK == "Y"', '"a" in many'),
        ('Q8_S801.NAOK == "2"', 'grid.y == "a2"'),
        ('Q13_R1.NAOK == "x"', 'at(rank, 1) == "x"'),
        ("count(Q9_S900, Q9_S901) > 1", "count(nums.k.value, nums.l.value) > 1"),
        ("sumifop('gt', 1, that.nums) > 3",
         ("sum(if(answered(nums.k.value) and (nums.k.value > 1), default(nums.k.value, 0), 0), "
          "if(answered(nums.l.value) and (nums.l.value > 1), default(nums.l.value, 0), 0)) > 3")),
    ],
)  # fmt: skip
def test_ranks_and_numbered_names(relevance, ours):
    text, found = taken(relevance.replace("_S700", "_S7000").replace("_S801", "_S8001")
                        .replace("_S900", "_S9000").replace("_S901", "_S9001"), *RANKED)  # fmt: skip
    assert (text, [note.level.value for note in found.notes]) == (ours, ["info"])


def test_two_choices_compare_by_their_own_codes():
    text, found = taken("sizes < sizes2", *RANKED)
    assert [
        evaluate(parse(text), {"sizes": one, "sizes2": two}, TODAY)
        for one, two in (("a5", "a20"), ("a20", "a5"), ("a3A", "a5"), ("a3A", "a20"), (None, "a5"))
    ] == [True, False, True, False, False]
    assert [note.level.value for note in found.notes] == ["info"]


def test_a_single_equals_sign_compares_and_is_named():
    text, found = taken("num = 4")
    assert (text, [note.level.value for note in found.notes]) == ("num == 4", ["info", "changed"])


def test_a_sum_by_pattern_adds_and_does_not_count():
    text, _found = taken('sumifop("RX", "/[13]$/", that.nums) > 3')
    values = {"nums.k.value": 3.0, "nums.l.value": 11.0}
    assert evaluate(parse(text.partition(" >")[0]), values, TODAY) == 14


def test_what_is_only_read_repeats_as_nothing():
    survey = structure(*RANKED, Made("t", "X", text="Read: {read} and {rank_1.shown}"))
    found = read_survey("s.lss", survey)
    assert found.notes == ()
    assert _question(found, "t")["title"] == {"en": "Read:  and {text1}"}
    assert _question(found, "text1")["expression"] == (
        'if(at(rank, 1) == "x", "Option x", if(at(rank, 1) == "a7", "Option 7", ""))'
    )


MOMENTS = [
    Made("born", "D"), Made("sent", "|"), Made("late", "S", relevance="num > 3"), Made("early", "S"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("relevance", "ours"),
    [
        ('date("Y") - date("Y", strtotime(born)) > 17', "(year(today()) - year(born)) > 17"),
        ("(time() - strtotime(born)) / 86400 > 6000", "((days(born, today()) * 86400) / 86400) > 6000"),
        ('strtotime(born) < strtotime("2000-01-01")', 'born < date("2000-01-01")'),
        ("born < mktime(0, 0, 0, 2, 29, 2000)", 'born < date("2000-02-29")'),
        ("unique(nums_k, nums_l)",
         "not (answered(nums.k.value) and answered(nums.l.value) and (nums.k.value == nums.l.value))"),
        ('strcmp(txt, "a") == 0', 'if(txt < "a", -1, if(txt > "a", 1, 0)) == 0'),
        ('strpos(txt, "a") > 0', 'if(contains(txt, "a"), 1, 0) > 0'),
        ("sent_filecount > 1", "count(sent) > 1"),
        ("late.relevanceStatus == 1", "(num > 3)"),
        ("early.relevanceStatus", ""),
    ],
)  # fmt: skip
def test_moments_texts_and_files(relevance, ours):
    text, found = taken(relevance, *MOMENTS)
    assert (text, [note.level.value for note in found.notes]) == (ours, ["info"])


def test_how_far_numbers_lie_around_their_mean():
    text, _found = taken("stddev(that.nums) > 1")
    values = {"nums.k.value": 2.0, "nums.l.value": 6.0}
    assert evaluate(parse(text.rpartition(" >")[0]), values, TODAY) == 2


@pytest.mark.parametrize("wrong", ["mktime(0, 0, 0, 2, 30, 2000)", "strtotime(txt)", 'date("D")', "time(1)"])
def test_moments_that_are_none_are_named(wrong):
    text, found = taken(f"born < {wrong}", *MOMENTS)
    assert (text, [note.level.value for note in found.notes]) == ("", ["info", "lost"])


def test_choices_of_conditions_are_found_whatever_their_columns_are_called():
    rows = [
        {"qid": 13, "cqid": 7, "cfieldname": "Q7", "method": "==", "value": "b", "scenario": 1},
        {"qid": 13, "cqid": 1, "cfieldname": "Q1", "method": "!=", "value": "A2", "scenario": 1},
        {"qid": 13, "cqid": 9, "cfieldname": "Q9_S9000", "method": ">", "value": "4", "scenario": 2},
    ]
    found = read_survey(
        "s.lss", structure(*BASE, Made("asked", "S", relevance=""), more=table("conditions", rows))
    )
    assert _question(found, "asked")["relevance"] == (
        '(("b" in many) and (not (answered(list) and (list == "A2")))) or (nums.k.value > 4)'
    )
    assert [note.level.value for note in found.notes] == ["info"]


def test_quotas_that_were_switched_off_are_named_and_one_line_is_found():
    quotas = [{"id": at, "sid": 1, "name": f"Q{at}", "qlimit": 5, "active": at} for at in (0, 1)]
    members = [{"quota_id": at, "qid": 1, "code": "S-2"} for at in (0, 1)]
    more = table("quota", quotas) + table("quota_members", members)
    found = read_survey("s.lss", structure(Made("one", "A", subs=["S"]), more=more))
    assert [one.expression for one in found.quotas] == ['one.S == "a2"']
    assert [note.text for note in found.notes] == ["The quota “Q0” was switched off and was left out."]


def test_a_check_of_this_is_one_of_each_line_and_columns_have_no_conditions():
    made = Made("k", ":", subs=["s", "t"], columns=["c"], sub_relevance={"c": "c"},
                attributes={"em_validation_q": "(this / 2) == floor(this / 2)", "input_boxes": "1"})  # fmt: skip
    found = read_survey("s.lss", structure(made))
    rules = [rule["expression"] for rule in _question(found, "k")["rules"]]
    assert rules == [
        f"(not answered(k.{row}.c)) or ((k.{row}.c / 2) == floor(k.{row}.c / 2))" for row in ("s", "t")
    ]
    assert found.notes == ()


def test_several_lines_or_columns_are_taken_together():
    made = Made("k", ":", subs=["1", "2"], columns=["A", "B", "C"], attributes={"input_boxes": "1"})
    asked = Made("asked", "S", relevance="sum(that.k.sq_A.sq_B.nosq_2) > 1 && max(that.k.sq_2.sq_C) > 3")
    found = read_survey("s.lss", structure(made, asked))
    assert _question(found, "asked")["relevance"] == (
        "(default(sum(k.r1.A, k.r1.B), 0) > 1) and (max(k.r1.C, k.r2.A, k.r2.B, k.r2.C) > 3)"
    )
