"""What a path of the site tells about itself, to everybody alike."""

import datetime as dt

import pytest
from sqlalchemy import event, update

from baukasten import clock
from baukasten.plugin.declarations import SearchDocument
from baukasten.projects.models import ARCHIVED, DRAFT, Module, Project
from baukasten.search import index
from baukasten.search.preview import Preview, preview_of, previews_of
from baukasten.tenants import plugins
from tests.forum.conftest import NOW, open_forum

PROJECT = "/beteiligung/torfhafen/"
FORUM = "/beteiligung/torfhafen/forum/"
TOPIC = f"{FORUM}thema/1-treppe"


@pytest.fixture
def forum(database, town):
    with clock.turned(NOW):
        yield open_forum(database, town)


@pytest.fixture
def topic(session, forum):
    index.put(
        session,
        SearchDocument("forum.post", 1, "Treppe ins Wasser", "Breite Stufen.", TOPIC, module_id=forum.id),
    )
    session.flush()


def ends(session):
    return session.query(Project).one().ends_at


def test_a_project_a_module_and_a_contribution_tell_their_titles(session, topic):
    until = ends(session)
    assert previews_of(session, [PROJECT, FORUM, TOPIC]) == {
        PROJECT: Preview(PROJECT, "Der Alte Torfhafen", "Was soll entstehen?", "project", until),
        FORUM: Preview(FORUM, "Ideen-Forum", "Der Alte Torfhafen", "forum", until),
        TOPIC: Preview(TOPIC, "Treppe ins Wasser", "Breite Stufen.", "forum.post"),
    }


def test_what_is_over_has_no_deadline_but_its_result(session, topic):
    session.execute(update(Project).values(result="Die Treppe kommt."))
    with clock.turned(ends(session) + dt.timedelta(seconds=1)):
        shown = previews_of(session, [PROJECT, FORUM])
    assert (shown[PROJECT].until, shown[PROJECT].result) == (None, "Die Treppe kommt.")
    assert shown[FORUM].until is None


def test_an_archived_project_has_no_deadline(session, topic):
    session.execute(update(Project).values(state=ARCHIVED))
    shown = previews_of(session, [PROJECT, FORUM])
    assert (shown[PROJECT].until, shown[FORUM].until) == (None, None)


@pytest.mark.parametrize(
    "change",
    [update(Project).values(state=DRAFT), update(Module).values(visible=False)],
    ids=["draft", "hidden"],
)
def test_what_is_not_public_is_not_there(session, topic, change):
    session.execute(change)
    shown = previews_of(session, [PROJECT, FORUM, TOPIC])
    assert shown.keys() <= {PROJECT}
    assert (PROJECT in shown) == (session.query(Project).one().state != DRAFT)


def test_a_plugin_that_is_off_tells_nothing(session, topic, town):
    plugins.switch_off(session, town, "forum")
    assert previews_of(session, [FORUM, TOPIC]) == {}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "x",
        "/beteiligung/",
        "/beteiligung/nirgends/",
        "/gibt-es-nicht/",
        "\0",
        "/\0/",
        "//x.example/",
    ],
)
def test_what_does_not_exist_is_left_out(session, topic, path):
    assert preview_of(session, path) is None


def test_another_town_tells_nothing(database, other_town, topic, session):
    session.commit()
    with database.session(other_town.id) as elsewhere:
        assert previews_of(elsewhere, [PROJECT, FORUM, TOPIC]) == {}


def test_many_paths_cost_no_more_than_one_of_each(database, session, topic):
    seen = []
    event.listen(database.app, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
    try:
        previews_of(session, [PROJECT, FORUM, TOPIC, *(f"/beteiligung/p{n}/m{n}/" for n in range(50))])
    finally:
        event.remove(database.app, "before_cursor_execute", note)
    assert len(seen) <= 6
