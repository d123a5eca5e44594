"""What a summary learns about projects: new ones, what ends soon, results; drafts never."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.plugin.digests import DigestKind, DigestStretch
from baukasten.projects import digests, publishing
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, change_project, create_project
from baukasten.tenants import settings

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)
WORDS = {"question": "Was soll entstehen?", "contact": "Bauamt"}


@pytest.fixture
def monday():
    with clock.turned(NOW) as moment:
        yield moment


@pytest.fixture
def open_project(session, monday):
    """Publishes a project whose first phase began yesterday and opens something for so many days."""
    settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})

    def do(title="Platz", days=3.0, **words):
        project = create_project(session, None, ProjectDraft(title, **{**WORDS, **words}))
        first = PhaseDraft("Ideen", monday - DAY, monday + days * DAY, "", ("stall.write",))
        second = PhaseDraft("Auswertung", monday + days * DAY, monday + 40 * DAY)
        set_phases(session, None, project.id, [first, second])
        publishing.publish(session, None, project.id)
        return project

    return do


def told(session, since=NOW - DAY, days=7, projects=None):
    found = digests.items(session, DigestStretch(since, clock.now() + days * DAY, projects))
    return [(one.kind, one.title, one.summary) for one in found]


NEW = (DigestKind.NEW, "Platz", "Was soll entstehen?")
CLOSING = (DigestKind.CLOSING, "Platz", "“Ideen” lasts until May 7, 2026, 12:00\u202fPM.")


def test_a_new_project_and_what_ends_soon_are_told(session, open_project):
    project = open_project()
    assert told(session) == [NEW, CLOSING]
    assert told(session, days=3) == [NEW]
    assert told(session, projects=frozenset({project.id + 1})) == []
    assert told(session, projects=frozenset({project.id})) == [NEW, CLOSING]
    with clock.turned(NOW + 2 * DAY):
        assert told(session, NOW + DAY) == [CLOSING]
    with clock.turned(NOW + 3 * DAY):
        assert told(session, NOW + DAY) == []


def test_a_phase_that_opens_nothing_does_not_close_anything(session, open_project):
    open_project()
    with clock.turned(NOW + 35 * DAY):
        assert told(session, NOW + 30 * DAY) == []


def test_a_result_is_told_once_it_is_said_and_not_again_when_reworded(session, open_project):
    project = open_project(days=60.0 / 2)
    with clock.turned(NOW + 2 * DAY):
        change_project(session, None, project.id, ProjectDraft("Platz", result="Es werden Bänke.", **WORDS))
        assert told(session, NOW + DAY) == [(DigestKind.ANSWER, "Platz", "Es werden Bänke.")]
    with clock.turned(NOW + 5 * DAY):
        change_project(
            session, None, project.id, ProjectDraft("Platz", result="Es werden zwei Bänke.", **WORDS)
        )
        assert told(session, NOW + 4 * DAY) == []
        change_project(session, None, project.id, ProjectDraft("Platz", **WORDS))
        change_project(session, None, project.id, ProjectDraft("Platz", result="Es wird ein Baum.", **WORDS))
        assert told(session, NOW + 4 * DAY) == [(DigestKind.ANSWER, "Platz", "Es wird ein Baum.")]


def test_items_are_found_again_while_everybody_may_read_them(session, open_project):
    project = open_project(result="Es werden Bänke.")
    before = digests.items(session, DigestStretch(NOW - DAY, NOW + 7 * DAY))
    keys = {one.key for one in before}
    assert len(keys) == 3
    assert {
        one.key for one in digests.find(session, {*keys, "projects.news:new:99999", "projects.news:x"})
    } == keys
    moved = PhaseDraft("Ideen", NOW - DAY, NOW + 5 * DAY, "", ("stall.write",))
    set_phases(session, None, project.id, [moved])
    left = {one.kind for one in digests.find(session, keys)}
    assert left == {DigestKind.NEW, DigestKind.ANSWER}
    publishing.unpublish(session, None, project.id)
    assert digests.find(session, keys) == []
    assert told(session) == []


def test_what_is_put_away_is_no_longer_new_and_closes_nothing(session, open_project):
    project = open_project(result="Es werden Bänke.")
    publishing.archive(session, None, project.id)
    assert told(session) == [(DigestKind.ANSWER, "Platz", "Es werden Bänke.")]


def test_another_town_tells_its_own(session, database, other_town, open_project):
    open_project()
    session.commit()
    with database.session(other_town.id) as there:
        assert told(there) == []
