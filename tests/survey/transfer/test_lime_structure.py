"""What a LimeSurvey structure looks like afterwards: pages, groups, languages, options, what is always hidden."""

import datetime as dt

import pytest

from baukasten_survey.transfer.importing import read_survey
from tests.survey.transfer.lime_files import Made, document, structure, table


def _read(*questions, **more):
    return read_survey("my_survey-file.lss", structure(*questions, **more))


def _questions(found):
    groups = [group for page in found.definition["pages"] for group in page["groups"]]
    return {one["code"]: one for group in groups for one in group["questions"]}


@pytest.mark.parametrize("version", [146, 200, 359, 493])
def test_texts_of_all_languages_come_from_old_and_new_tables(version):
    found = _read(Made("q", "L", answers=["a"]), version=version, languages=["de", "en", "pt-BR"])
    question = _questions(found)["q"]
    assert found.definition["languages"] == ["de", "en", "pt-BR"]
    assert found.definition["title"] == {"de": "Survey de", "en": "Survey en", "pt-BR": "Survey pt-BR"}
    assert question["title"] == dict.fromkeys(["de", "en", "pt-BR"], "Question q")
    assert question["options"][0]["title"] == dict.fromkeys(["de", "en", "pt-BR"], "Option a")


def test_mandatory_soft_other_exclusive_and_order():
    found = _read(
        Made("y", "S", mandatory="Y"),
        Made("s", "S", mandatory="S"),
        Made("m", "M", subs=["a", "b"], other=True,
             attributes={"exclude_all_others": "b", "other_replace_text": "Mine", "random_order": "1",
                         "max_answers": "2"}),
        Made("n", "N", attributes={"min_num_value_n": "1", "max_num_value_n": "9,5", "num_value_int_only": "1",
                                   "suffix": "km"}),
        Made("l", "L", answers=["1", "2"], default="2"),
    )  # fmt: skip
    asked = _questions(found)
    assert (asked["y"].get("required"), asked["y"].get("soft")) == (True, None)
    assert (asked["s"].get("required"), asked["s"].get("soft")) == (None, True)
    several = asked["m"]
    assert ([one.get("exclusive") for one in several["options"]], several["other"]) == (
        [None, True],
        {"en": "Mine"},
    )
    assert (several["random"], several["max_answers"]) == (True, 2)
    number = asked["n"]
    assert (number["minimum"], number["maximum"], number["step"], number["unit"]) == (
        1.0,
        9.5,
        1.0,
        {"en": "km"},
    )
    assert (asked["l"]["default"], [one["value"] for one in asked["l"]["options"]]) == ("a2", [1.0, 2.0])


def test_questions_that_are_shuffled_among_themselves_are_a_group():
    together = {"random_group": "x"}
    found = _read(
        Made("a", "N"),
        Made("b", "N", attributes=together),
        Made("c", "N", attributes=together),
        Made("d", "N"),
    )
    groups = [
        ([one["code"] for one in group["questions"]], group.get("random", False))
        for group in found.definition["pages"][0]["groups"]
    ]
    assert groups == [(["a"], False), (["b", "c"], True), (["d"], False)]


def test_groups_become_pages_with_their_conditions():
    found = _read(Made("a", "N"), group={"grelevance": "0", "description": "<p>One</p><p>Two</p>"})
    (page,) = found.definition["pages"]
    assert (page["title"], page["text"], page["relevance"]) == (
        {"en": "Group"},
        {"en": "One\n\nTwo"},
        "false",
    )
    assert [group.keys() & {"title", "text", "relevance"} for group in page["groups"]] == [set()]


def test_what_was_always_hidden_comes_with_the_address():
    found = _read(
        Made("h", "S", attributes={"hidden": "1"}), Made("l", "L", answers=["a"], attributes={"hidden": "1"})
    )
    asked = _questions(found)
    assert (asked["h"]["kind"], asked["h"]["parameter"]) == ("hidden", "h")
    assert asked["l"]["relevance"] == "false"
    assert [note.place for note in found.notes] == ["l"]


def test_settings_are_only_proposed():
    found = _read(
        Made("q", "N"),
        survey={
            "anonymized": "Y",
            "usetokens": "Y",
            "allowsave": "Y",
            "expires": "2030-01-02 03:04:05",
            "startdate": "nonsense",
        },
    )
    given = found.settings
    assert (given.anonymous, given.codes, given.resumable, given.opens) == (True, True, True, None)
    assert given.closes == dt.datetime(2030, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the file knows no zone


@pytest.mark.parametrize("kind", ["Group", "Question"])
def test_single_groups_and_questions_are_surveys_named_after_their_file(kind):
    rows = [
        {
            "qid": 1,
            "parent_qid": 0,
            "gid": 3,
            "type": "N",
            "title": "n",
            "question": "How many?",
            "language": "de",
        }
    ]
    data = document(kind, 200, table("questions", rows), languages=["de"])
    found = read_survey("folder/my_survey-file.lsq", data)
    assert found.definition["title"] == {"de": "my survey file"}
    assert _questions(found)["n"]["title"] == {"de": "How many?"}


def test_long_questions_have_a_short_title_and_the_rest_below():
    found = _read(Made("q", "S", text="<p>What?</p><p>It is <b>long</b>.</p>", help="Help"))
    assert _questions(found)["q"]["title"] == {"en": "What?"}
    assert _questions(found)["q"]["help"] == {"en": "It is long.\n\nHelp"}


def test_scripts_beside_questions_and_pictures_to_choose_are_named():
    survey = structure(Made("a", "S"), Made("b", "L", answers=["x"]))
    survey = survey.replace(b"<qid>1</qid><language>", b"<qid>1</qid><script>alert(1)</script><language>")
    survey = survey.replace(
        b"<type>L</type>", b"<type>L</type><question_theme_name>image_select-listradio</question_theme_name>"
    )
    found = read_survey("x.lss", survey)
    assert [(note.level.value, note.place) for note in found.notes] == [("changed", "a"), ("changed", "b")]
    assert "alert" not in str(found.definition)


def test_texts_in_another_language_than_the_survey_says_are_better_than_none():
    survey = structure(Made("a", "S", text="Welcher Weg?")).replace(
        b"<language>en</language>", b"<language>de</language>"
    )
    survey = survey.replace(b"<additional_languages>", b"<language>fr</language><additional_languages>")
    question = read_survey("x.lss", survey).definition["pages"][0]["groups"][0]["questions"][0]
    assert set(question["title"].values()) == {"Welcher Weg?"}


def test_what_was_shuffled_across_groups_is_named():
    asked = [Made(code, "S", attributes={"random_group": "mix"}) for code in ("a", "b")]
    survey = structure(*asked)
    assert read_survey("x.lss", survey).notes == ()
    apart = survey.replace(
        b"<sid>4711</sid><gid>7</gid><type>S</type><title>b<",
        b"<sid>4711</sid><gid>8</gid><type>S</type><title>b<",
    )
    apart = apart.replace(
        b"<groups><fields>",
        b"<groups><rows><row><gid>8</gid><group_order>2</group_order></row></rows><fields>",
    )
    assert ["across groups" in note.text for note in read_survey("x.lss", apart).notes] == [True]
