"""The search finds surveys that were opened and results that are published, and nothing else of them."""

import pytest
from sqlalchemy import update

from baukasten import sdk
from baukasten.projects.models import DRAFT, PUBLISHED, Module, Project
from baukasten.projects.placing import place_module
from baukasten.search import index
from baukasten.tenants import plugins
from baukasten_survey.building import closing, drafts, opening, versions
from baukasten_survey.building.findings import Setting
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Fix, Version
from baukasten_survey.outward.search import SOURCES
from baukasten_survey.results import publishing
from baukasten_survey.results.publishing import Wanted
from baukasten_survey.surveys import lookup
from tests.statements import Statements
from tests.survey.conftest import publish
from tests.survey.outward.conftest import ASKED, NOW, PATH

SURVEYS, RESULTS = SOURCES
SETTING = Setting(Anonymity.PSEUDONYMOUS)


def hits(session, words):
    return [(hit.title, hit.path) for hit in sdk.search(session, words).items]


def survey_of(session, module):
    return lookup.of_module(session, module.id)


def test_a_survey_is_a_document_in_all_its_languages(session, placed):
    survey = survey_of(session, placed)
    found = SURVEYS.document(session, survey.id)
    assert found is not None
    assert (found.content_type, found.id, found.module_id) == ("survey.survey", survey.id, placed.id)
    assert (found.title, found.path, found.language) == ("Sicher zur Schule", PATH, "de")
    assert found.body == "Worum es geht: Kreuzungen.\nIt is about crossings.\nSafe to school"
    assert found.published_at == survey.opens_at
    assert list(SURVEYS.stream(session)) == [found]


def test_results_are_a_document_while_they_are_published(session, placed, told):
    assert list(RESULTS.stream(session)) == []
    publication = told(placed)
    found = RESULTS.document(session, publication.survey_id)
    assert found is not None
    assert (found.title, found.path) == ("Zwei Drittel wollen Ampeln", f"{PATH}ergebnisse")
    assert found.body.split("\n") == [
        "Vor allem am Markt.", "Sicher zur Schule", "Umfrage", "Ampeln zuerst", "Frage q1", "Der Rat",
    ]  # fmt: skip
    assert found.published_at == NOW
    assert list(RESULTS.stream(session)) == [found]
    publication.published_at = None
    session.flush()
    assert RESULTS.document(session, publication.survey_id) is None
    assert list(RESULTS.stream(session)) == []


def test_a_draft_is_in_no_document(session, place, told):
    module = place(state="draft")
    told(module)
    number = survey_of(session, module).id
    assert [*SURVEYS.stream(session), *RESULTS.stream(session)] == []
    assert SURVEYS.document(session, number) is RESULTS.document(session, number) is None


def test_mended_words_are_found_as_they_read_now(session, placed, told):
    survey_id = told(placed).survey_id
    version = session.query(Version).one()
    for path, after in (("title", "Sicher zum Markt"), ("q1/title", "Was hilft?")):
        session.add(Fix(version_id=version.id, path=path, language="de", before="", after=after, at=NOW))
    session.flush()
    [survey], [results] = SURVEYS.stream(session), RESULTS.stream(session)
    assert (survey.id, survey.title) == (survey_id, "Sicher zum Markt")
    assert "Was hilft?" in results.body.split("\n")


def test_another_town_streams_nothing(database, other_town, session, placed, told):
    survey_id = told(placed).survey_id
    with database.session(other_town.id) as elsewhere:
        for source in SOURCES:
            assert list(source.stream(elsewhere)) == []
            assert source.document(elsewhere, survey_id) is None


def test_many_surveys_cost_no_more_statements(session, database, placed, told, place_more):
    told(placed)

    def cost():
        session.expire_all()
        with Statements(database.app) as seen:
            found = [*SURVEYS.stream(session), *RESULTS.stream(session)]
        return len(found), len(seen)

    _few, statements = cost()
    place_more(4)
    assert cost() == (10, statements)


@pytest.fixture
def place_more(session, told):
    """Places surveys with published results on the site itself."""

    def do(count):
        for number in range(count):
            module = place_module(session, None, "survey", title=f"Mehr {number}", slug=f"mehr-{number}")
            publish(session, survey_of(session, module), ASKED, opens_at=NOW)
            told(module)

    return do


def test_what_was_published_is_found_until_it_is_taken_back(session, placed, told, moderator, mailbox):
    told(placed, at=None)
    survey, result = survey_of(session, placed), [("Zwei Drittel wollen Ampeln", f"{PATH}ergebnisse")]

    def change(deed, *args):
        deed(session, moderator, survey, *args)
        session.commit()
        mailbox.deliver()
        return hits(session, "Ampeln")

    assert change(publishing.publish) == result
    wanted = Wanted("Die Ampeln kommen", shown=[("q1", "")])
    assert change(publishing.save, wanted) == [("Die Ampeln kommen", f"{PATH}ergebnisse")]
    assert change(publishing.take_back) == []
    assert change(publishing.publish) == [("Die Ampeln kommen", f"{PATH}ergebnisse")]


def test_a_survey_is_found_once_it_is_opened_and_stays_when_it_closes(
    session, place, moderator, admin, mailbox
):
    module = place(None)
    mailbox.deliver()
    assert hits(session, "Kreuzungen") == []
    opening.open_survey(session, admin, module, survey_of(session, module).revision, SETTING)
    session.commit()
    mailbox.deliver()
    assert hits(session, "Kreuzungen") == hits(session, "crossings") == [("Sicher zur Schule", PATH)]
    revision = drafts.save(session, module, survey_of(session, module).revision, rename).survey.revision
    assert versions.mend(session, moderator, module, revision, SETTING) == 1
    closing.close_by_hand(session, admin, module)
    session.commit()
    mailbox.deliver()
    assert hits(session, "Kreuzungen") == [("Sicher zum Markt", PATH)]


def rename(data):
    data["title"]["de"] = "Sicher zum Markt"
    return ""


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (update(Module).values(visible=False), update(Module).values(visible=True)),
        (update(Project).values(state=DRAFT), update(Project).values(state=PUBLISHED)),
    ],
    ids=["hidden", "unpublished"],
)
def test_what_a_town_takes_back_is_gone_at_once(session, placed, told, change, back):
    told(placed)
    index.rebuild(session)
    shown = {PATH, f"{PATH}ergebnisse"}
    for statement, expected in ((change, set()), (back, shown)):
        session.execute(statement)
        assert {path for _title, path in hits(session, "Schule")} == expected
        assert sdk.previews_of(session, shown).keys() == expected


def test_a_plugin_that_is_off_is_not_found(session, town, placed):
    index.rebuild(session)
    assert hits(session, "Kreuzungen") != []
    plugins.switch_off(session, town, "survey")
    assert hits(session, "Kreuzungen") == []
