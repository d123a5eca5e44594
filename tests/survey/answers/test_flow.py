"""The way through a survey: what is visible follows from the answers, hidden ones count nowhere."""

import datetime as dt

from baukasten_survey.answers.flow import flow_of
from baukasten_survey.definition.parsing import parse
from tests.survey.conftest import definition, options, page, question

TODAY = dt.date(2035, 3, 20)
ROUTE = definition(
    page("p1", question("way", "single", options=options("foot", "bus", "car"), other={"de": "anders"})),
    page(
        "p2",
        question("stop", "short", relevance='way == "bus"'),
        question("wait", "number", relevance="answered(stop)"),
        relevance='way != "car"',
    ),
    page("p3", question("why", "long", relevance="wait > 10", keep_hidden=True)),
    page("p4", question("rest", "yes_no"), question("sum", "calculated", expression="wait * 2")),
)


def follow(answers, data=ROUTE, seed=""):
    return flow_of(parse(data)).follow(answers, TODAY, seed)


def seen(path):
    return {one.page.code: [each.question.code for each in one.questions] for one in path.pages}


def test_nothing_answered_shows_what_needs_no_answer():
    path = follow({})
    assert seen(path) == {"p1": ["way"], "p4": ["rest"]}
    assert [one.number for one in path.pages] == [1, 2]
    assert path.answers == {}


def test_answers_open_pages_and_questions():
    path = follow({"way": "bus", "stop": "Moortor", "wait": 12})
    assert seen(path) == {"p1": ["way"], "p2": ["stop", "wait"], "p3": ["why"], "p4": ["rest"]}
    assert path.answers == {"way": "bus", "stop": "Moortor", "wait": 12, "sum": 24.0}
    assert dict(path.values) == {"way": "bus", "stop": "Moortor", "wait": 12, "sum": 24.0}


def test_what_became_hidden_is_dropped_or_kept_apart_and_never_counted():
    """A chain: without the bus there is no stop, so no waiting, so no reason, however much was written."""
    given = {"way": "foot", "stop": "Moortor", "wait": 12, "why": "Regen", "rest": True}
    path = follow(given)
    assert path.answers == {"way": "foot", "rest": True, "_kept": {"why": "Regen"}}
    assert path.values.get("wait") is None
    assert seen(path) == {"p1": ["way"], "p4": ["rest"]}
    assert follow(given | {"way": "bus"}).answers["why"] == "Regen"


def test_the_next_and_the_page_before_leave_hidden_ones_out():
    path = follow({"way": "car"})
    assert path.after("p1").page.code == "p4"
    assert path.before("p4").page.code == "p1"
    assert (path.after("p4"), path.before("p1"), path.after("nowhere")) == (None, None, None)
    assert path.after("p2").page.code == "p4"
    assert [path.share("p1"), path.share("p4")] == [0, 0.5]
    assert path.page("p2") is None


def test_circles_hide_what_stands_in_them():
    data = definition(
        page(
            "p1",
            question("a", "short", relevance="answered(b)"),
            question("b", "short", relevance="answered(a)"),
        )
    )
    assert seen(follow({"a": "x", "b": "y"}, data)) == {}


def test_hidden_options_and_rows_take_their_answers_along():
    matrix = question(
        "m",
        "matrix_single",
        options=[{"code": "c1"}, {"code": "c2", "relevance": "yes"}],
        rows=[{"code": "r1"}, {"code": "r2", "relevance": "yes"}],
    )
    many = question("k", "multiple", options=[{"code": "a1"}, {"code": "a2", "relevance": "yes"}])
    data = definition(page("p1", question("yes", "yes_no"), matrix, many))
    given = {"m": {"r1": "c2", "r2": "c1"}, "k": ["a1", "a2"]}
    assert follow({**given, "yes": True}, data).answers == {**given, "yes": True}
    path = follow({**given, "yes": False}, data)
    assert path.answers == {"yes": False, "k": ["a1"]}
    shown = {one.question.code: one for one in path.pages[0].questions}
    assert [row.code for row in shown["m"].rows] == ["r1"]
    assert [option.code for option in shown["k"].options] == ["a1"]


def test_words_beside_other_count_only_while_other_is_chosen():
    assert follow({"way": "_other", "way.other": "Boot"}).answers == {"way": "_other", "way.other": "Boot"}
    assert follow({"way": "foot", "way.other": "Boot"}).answers == {"way": "foot"}


def test_no_answer_said_aloud_is_kept_and_is_missing_to_expressions():
    data = definition(
        page(
            "p1", question("n", "number", no_answer=True), question("b", "short", relevance="n >= 0 or n < 0")
        )
    )
    path = follow({"n": "_none"}, data)
    assert path.answers == {"n": "_none"}
    assert seen(path) == {"p1": ["n"]}


def test_random_order_is_the_same_for_one_seed_and_keeps_fixed_ones_last():
    codes = [f"a{number}" for number in range(8)]
    last = {"code": "z", "fixed": True}
    data = definition(page("p1", question("q", "single", random=True, options=[last, *options(*codes)])))

    def order(seed):
        (shown,) = follow({}, data, seed).pages[0].questions
        return [option.code for option in shown.options]

    orders = [order(str(number)) for number in range(30)]
    assert order("3") == orders[3]
    assert {one[-1] for one in orders} == {"z"}
    assert all(sorted(one) == [*codes, "z"] for one in orders)
    assert len({one[0] for one in orders}) == len(codes)


def test_pages_groups_and_questions_may_be_shuffled_too():
    data = definition(page("p1", *(question(f"q{number}", "short") for number in range(6))))
    data["pages"][0]["groups"][0]["random"] = True
    first = [tuple(seen(follow({}, data, str(seed)))["p1"]) for seed in range(12)]
    assert len(set(first)) > 6
    assert {tuple(sorted(one)) for one in first} == {tuple(f"q{number}" for number in range(6))}


def test_a_long_chain_of_questions_is_followed():
    chain = [question("q0", "yes_no")]
    chain += [question(f"q{n}", "yes_no", relevance=f"q{n - 1}") for n in range(1, 400)]
    path = follow({f"q{n}": True for n in range(400)}, definition(page("p1", *chain)))
    assert len(path.answers) == 400
    backwards = [question(f"q{n}", "yes_no", relevance=f"q{n + 1}") for n in range(399)]
    data = definition(page("p1", *backwards, question("q399", "yes_no")))
    assert len(follow({f"q{n}": True for n in range(400)}, data).answers) == 400
