"""What a summary learns from surveys: those that opened and run, and results that were published."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten import clock, sdk
from baukasten.plugin import DigestKind, DigestStretch
from baukasten.projects import publishing
from baukasten.projects.placing import place_module
from baukasten_survey.models import Survey
from baukasten_survey.outward import digests
from baukasten_survey.surveys import lookup
from tests.statements import Statements
from tests.survey.conftest import publish
from tests.survey.outward.conftest import ASKED, DAY, NOW, PATH


def items(session, since=NOW - 2 * DAY, **more):
    return digests.items(session, DigestStretch(since, NOW + DAY, **more))


def test_an_opened_survey_is_told_with_its_end(session, place):
    module = place(closes_at=NOW + 3 * DAY)
    survey = lookup.of_module(session, module.id)
    with sdk.speaking(sdk.translator_for("de", "Europe/Berlin")):
        [told] = items(session)
    assert (told.key, told.kind, told.due) == (f"survey.news:open:{survey.id}", DigestKind.NEW, None)
    assert (told.title, told.path, told.at) == ("Sicher zur Schule", PATH, NOW - DAY)
    assert told.summary == (
        "Dauert etwa 1 Minute. Offen bis 23. März 2035, 09:00. Worum es geht: Kreuzungen."
    )
    assert (told.place, told.project.slug) == ("Umfrage", "schulweg")
    with sdk.speaking(sdk.translator_for("en", "Europe/Berlin")):
        assert items(session)[0].title == "Safe to school"


def test_news_are_told_of_their_stretch_and_found_again_by_their_keys(session, placed, told):
    told(placed, at=NOW - DAY / 2)
    both = items(session)
    assert [one.path for one in both] == [PATH, f"{PATH}ergebnisse"]
    keys = {one.key for one in both}
    assert digests.find(session, keys) == both
    assert digests.find(session, {"survey.news:open:99999", "survey.news:results:x", "survey.news:"}) == []
    assert [one.path for one in items(session, NOW - DAY * 3 / 4)] == [f"{PATH}ergebnisse"]
    assert items(session, NOW) == []
    assert placed.project is not None
    assert items(session, projects=frozenset({placed.project.id})) == both
    assert items(session, projects=frozenset({placed.project.id + 1})) == []


def test_published_results_are_told_until_they_are_taken_back(session, place, told):
    module = place(state="closed", closed_at=NOW)
    publication = told(module)
    [item] = items(session)
    assert (item.kind, item.title, item.at) == (DigestKind.ANSWER, "Zwei Drittel wollen Ampeln", NOW)
    assert (item.summary, item.place) == ("Vor allem am Markt.", "Umfrage")
    publication.published_at = None
    session.flush()
    assert items(session) == digests.find(session, {item.key}) == []
    # Published once more it is the same news, which nobody is told twice.
    publication.published_at = NOW + DAY
    session.flush()
    assert [one.key for one in digests.find(session, {item.key})] == [item.key]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "draft"},
        {"opens_at": NOW + DAY},
        {"closes_at": NOW},
        {"state": "closed", "closed_at": NOW},
        {"opens_at": None},
    ],
    ids=["draft", "early", "over", "closed", "never"],
)
def test_what_cannot_be_answered_now_is_no_news(session, placed, values):
    key = items(session)[0].key
    session.execute(update(Survey).values(**values))
    assert items(session) == digests.find(session, {key}) == []


def test_a_survey_opened_ahead_is_news_when_its_time_comes(session, place):
    opens = NOW + dt.timedelta(hours=5)
    place(opens_at=opens)
    assert items(session) == []
    with clock.turned(opens):
        assert [one.at for one in items(session, NOW)] == [opens]


def test_nothing_is_told_of_what_not_everybody_can_open(session, database, other_town, placed, told):
    told(placed)
    keys = {one.key for one in items(session)}
    assert len(keys) == 2
    with database.session(other_town.id) as there:
        assert items(there) == digests.find(there, keys) == []
    publishing.unpublish(session, None, placed.project.id)
    assert items(session) == digests.find(session, keys) == []


def test_many_news_cost_no_more_statements(session, database, placed, told):
    told(placed)

    def cost():
        session.expire_all()
        with Statements(database.app) as seen:
            found = items(session)
            again = digests.find(session, {one.key for one in found})
        assert {one.key: one for one in again} == {one.key: one for one in found}
        return len(found), len(seen)

    few, statements = cost()
    for number in range(4):
        module = place_module(session, None, "survey", title=f"Mehr {number}", slug=f"mehr-{number}")
        publish(session, lookup.of_module(session, module.id), ASKED, opens_at=NOW)
        told(module)
    # Four and four, and one that names the town.
    assert (few, statements) == (2, 9)
    assert cost() == (10, statements)
