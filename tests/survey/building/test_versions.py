"""Changing a survey that is open: words, new versions, and what must never happen to old answers."""

import contextlib
import copy
import datetime as dt

import pytest
from sqlalchemy import select

from baukasten.audit.models import AuditEntry
from baukasten.sdk import Conflict, Invalid
from baukasten_survey.building import drafts, versions
from baukasten_survey.building.comparing import compare
from baukasten_survey.building.findings import Setting
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Batch, Fix, Response, Sealed, Version
from baukasten_survey.surveys import lookup
from tests.survey.conftest import SMALL, definition, open_survey, options, page, question

SETTING = Setting(Anonymity.SEPARATED)


@pytest.fixture
def module(database, town, morning):
    return open_survey(database, town)


def rewrite(session, module, change):
    """Write something anew; gives the revision to publish with."""

    def deed(data):
        change(data)
        return ""

    revision = lookup.of_module(session, module.id).revision
    return drafts.save(session, module, revision, deed).survey.revision


def first(data):
    return data["pages"][0]["groups"][0]["questions"][0]


def changed(change):
    data = copy.deepcopy(SMALL)
    change(data)
    return compare(parse(SMALL), parse(data))


def test_words_are_mended_in_place_and_logged(session, module, admin):
    def mend(data):
        first(data)["options"][1]["title"]["de"] = "Antwort zwei"
        data["title"]["de"] = "Sicher hin"

    revision = rewrite(session, module, mend)
    assert versions.mend(session, admin, module, revision, SETTING) == 2
    survey = lookup.of_module(session, module.id)
    assert survey.version == 1
    now = lookup.asked(session, survey.id, 1).definition
    assert (now.title["de"], now.questions["q1"].options[1].title["de"]) == ("Sicher hin", "Antwort zwei")
    assert session.query(Version.definition).scalar() == SMALL, "what was published stays"
    assert [
        (number, fix.path, fix.before, fix.after) for number, fix in versions.history(session, survey)
    ] == [
        (1, "q1/options/a2/title", "Antwort a2", "Antwort zwei"),
        (1, "title", "Sicher zur Schule", "Sicher hin"),
    ]
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "survey.text.mend")).all()) == 2
    with pytest.raises(Conflict):
        versions.mend(session, admin, module, revision, SETTING)


def test_a_new_option_makes_a_new_version_with_a_queue_of_its_own(session, module, admin):
    revision = rewrite(session, module, lambda data: first(data)["options"].extend(options("a4")))
    with pytest.raises(Conflict):
        versions.mend(session, admin, module, revision, SETTING)
    made = versions.publish(session, admin, module, revision, SETTING, {})
    assert (made.number, made.mapping) == (2, {})
    assert lookup.of_module(session, module.id).version == 2
    assert session.scalars(select(Batch.version)).all() == [2]
    with pytest.raises(Conflict):
        versions.publish(session, admin, module, revision, SETTING, {})


def test_only_words_make_no_version(session, module, admin):
    revision = rewrite(session, module, lambda data: data["title"].update(de="Anders"))
    with pytest.raises(Conflict):
        versions.publish(session, admin, module, revision, SETTING, {})


@pytest.mark.parametrize(
    "change",
    [
        lambda data: first(data).update(kind="multiple"),
        lambda data: first(data)["options"][0].update(value=3),
    ],
)
def test_old_answers_never_mean_something_else(session, module, admin, change):
    revision = rewrite(session, module, change)
    with pytest.raises(Invalid):
        versions.publish(session, admin, module, revision, SETTING, {})
    assert session.query(Version).count() == 1


def test_a_mapping_is_proposed_and_kept(session, module, admin):
    def recode(data):
        first(data)["code"] = "wie"
        first(data)["options"][0]["code"] = "b1"

    found = changed(recode)
    assert found.gone == ("q1", "q1/a1", "q1/a2", "q1/a3")
    assert found.proposed == {"q1": "wie", "q1/a1": "wie/b1", "q1/a2": "wie/a2", "q1/a3": "wie/a3"}
    revision = rewrite(session, module, recode)
    made = versions.publish(session, admin, module, revision, SETTING, found.proposed)
    assert made.mapping == found.proposed


@pytest.mark.parametrize(
    "mapping",
    [
        {"q1": "q2"},
        {"q9": "wie"},
        {"q1": "nowhere"},
        {"q2": "wie"},
        {"q1/a1": "q2"},
        {"q1/a1": "wie/a2", "q1/a2": "wie/a2"},
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(session, module, admin, mapping):
    revision = rewrite(session, module, lambda data: first(data).update(code="wie"))
    with pytest.raises(Invalid) as refused:
        versions.publish(session, admin, module, revision, SETTING, mapping)
    assert refused.value.errors.keys() == {"mapping"}


def test_the_check_stops_a_version_too(session, module, admin):
    revision = rewrite(session, module, lambda data: first(data).update(options=options("a1")))
    with pytest.raises(Invalid):
        versions.publish(session, admin, module, revision, SETTING, {})


def test_what_changed_is_told_apart():
    assert changed(dict).nothing
    assert not changed(lambda data: data["title"].update(de="x")).structural
    for change in (
        lambda data: data["languages"].append("en"),
        lambda data: first(data).update(required=False),
        lambda data: first(data).update(relevance="answered(q2)"),
        lambda data: first(data).update(other={}),
        lambda data: data["pages"].reverse(),
        lambda data: first(data)["options"].reverse(),
        lambda data: first(data).update(rules=[{"expression": "answered(q1)"}]),
    ):
        assert changed(change).structural
    doubtful = changed(lambda data: first(data)["options"][0].update(title={"de": "Weder noch"})).texts
    assert [(one.path, one.doubtful) for one in doubtful] == [("q1/options/a1/title", True)]
    slight = changed(lambda data: first(data)["options"][0].update(title={"de": "Antwort a1."})).texts
    assert [one.doubtful for one in slight] == [False]
    added = changed(lambda data: data["pages"].append(page("p3", question("q3", "long"))))
    assert (added.added, added.gone, added.proposed) == (("q3",), (), {})


def test_a_language_that_gets_its_words_later_is_only_words():
    before = parse(definition(page("p1", question("q1", "short")), languages=("de", "en")))
    data = definition(page("p1", question("q1", "short")), languages=("de", "en"))
    first(data)["title"]["en"] = "Question"
    found = compare(before, parse(data))
    assert (found.structural, [(one.path, one.language) for one in found.texts]) == (
        False,
        [("q1/title", "en")],
    )


def test_fixes_reach_every_text(session, module, admin):
    data = definition(
        page(
            "p1",
            question("q1", "single", options=options("a1", "a2"), other={"de": "Anderes"}, help={"de": "Hilfe"},
                     rules=[{"expression": "answered(q1)", "message": {"de": "Bitte"}}]),
            question("q3", "matrix_single", options=options("a1"), rows=[{"code": "r1", "title": {"de": "Zeile"}}]),
            title={"de": "Seite"}, text={"de": "Text"},
        )
    )  # fmt: skip
    revision = rewrite(session, module, lambda old: (old.clear(), old.update(data)))
    versions.publish(session, admin, module, revision, SETTING, {})

    def shout(part):
        if isinstance(part, dict):
            return {
                key: value.upper() if key == "de" and isinstance(value, str) else shout(value)
                for key, value in part.items()
            }
        return [shout(one) for one in part] if isinstance(part, list) else part

    loud = shout(data)
    revision = rewrite(session, module, lambda old: (old.clear(), old.update(loud)))
    versions.mend(session, admin, module, revision, SETTING)
    survey = lookup.of_module(session, module.id)
    assert lookup.asked(session, survey.id, 2).definition == parse(loud)
    assert session.query(Fix).count() == 12


def test_a_code_of_an_older_version_comes_back_only_as_what_it_was(session, module, admin):
    gone = definition(page("p1", question("q1", "single", options=options("a1", "a2", "a3"), required=True)))
    revision = rewrite(session, module, lambda old: (old.clear(), old.update(gone)))
    versions.publish(session, admin, module, revision, SETTING, {})
    for kind, refused in (("number", True), ("long", False)):
        back = copy.deepcopy(gone)
        back["pages"][0]["groups"][0]["questions"].append(question("q2", kind))
        revision = rewrite(session, module, lambda old, back=back: (old.clear(), old.update(back)))
        with pytest.raises(Invalid) if refused else contextlib.nullcontext():
            versions.publish(session, admin, module, revision, SETTING, {})


@pytest.mark.parametrize(
    ("answers", "sealed", "refused"), [(0, 0, False), (1, 0, True), (12, 12, True), (13, 12, False)]
)
def test_no_version_is_left_behind_with_so_few_answers_that_they_stay_among_themselves(
    session, module, admin, answers, sealed, refused
):
    survey = lookup.of_module(session, module.id)
    day = dt.date(2035, 3, 20)
    session.add_all(
        Response(survey_id=survey.id, version=1, day=day, answers={"q1": "a1"}) for _one in range(answers)
    )
    batch = Batch(survey_id=survey.id, version=1, public_key=b"x" * 32, state="full")
    session.add(batch)
    session.flush()
    session.add_all(Sealed(batch_id=batch.id, blob=b"x") for _one in range(sealed))

    def add(data):
        first(data)["options"].append({"code": "a9", "title": {"de": "Antwort neun"}})

    revision = rewrite(session, module, add)
    expected = pytest.raises(Conflict, match="Fewer than 25") if refused else contextlib.nullcontext()
    with expected:
        versions.publish(session, admin, module, revision, SETTING, {})
    assert survey.version == (1 if refused else 2)
