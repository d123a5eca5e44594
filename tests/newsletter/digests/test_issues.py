"""Letters as items of digests: in the reader's language, while everybody may read them."""

import pytest
from sqlalchemy import update

from baukasten.projects.links import module_path
from baukasten.projects.models import Module
from baukasten.web import i18n
from baukasten_newsletter.digests import issues
from baukasten_newsletter.keys import IssueState
from tests.newsletter.conftest import DAY, NOW, add_topic
from tests.newsletter.sending.conftest import add_issue, add_rendering


@pytest.fixture
def sent(session, letters, morning):
    """A letter that went out an hour ago in two languages, and its topic."""
    topic = add_topic(session, letters)
    issue = add_issue(session, letters, topic, state=IssueState.SENT, number=1, started_at=NOW)
    add_rendering(session, issue, "en", "Twelve days left")
    return issue, topic


def titles(session, issue, language="de"):
    with i18n.speaking(i18n.translator(language)):
        found = issues.find(
            session, {f"newsletter.issue:{issue.id}", "newsletter.issue:x", "forum.news:topic:1"}
        )
    return {key: (one.title, one.path, one.place) for key, one in found.items()}


def test_a_letter_is_told_in_the_language_of_its_reader_or_its_first(session, letters, sent):
    issue, topic = sent
    key = f"newsletter.issue:{issue.id}"
    known = titles(session, issue)
    assert {one: said[0] for one, said in known.items()} == {key: "Noch zwölf Tage"}
    assert known[key][2] == "Stadtbrief"
    assert known[key][1] == module_path(session.contract, letters, "archived", number=1)
    assert titles(session, issue, "en")[key][0] == "Twelve days left"
    assert titles(session, issue, "fr")[key][0] == "Noch zwölf Tage"
    told = issues.sent_since(session, NOW - DAY)
    assert [(one.key, one.at, one.topics) for one in told] == [(key, NOW, (topic,))]
    assert issues.sent_since(session, NOW + DAY) == []
    assert issues.find(session, set()) == {}


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.PAUSED, IssueState.CANCELLED])
def test_one_that_does_not_go_out_is_not_told(session, sent, state):
    issue, _topic = sent
    issue.state = state
    session.flush()
    assert titles(session, issue) == {}
    assert issues.sent_since(session, NOW - DAY) == []


def test_a_hidden_list_tells_nothing(session, letters, sent):
    issue, _topic = sent
    session.execute(update(Module).where(Module.id == letters.id).values(visible=False))
    assert titles(session, issue) == {}
    assert issues.sent_since(session, NOW - DAY) == []


def test_another_town_finds_nothing(session, database, other_town, sent):
    session.commit()
    with database.session(other_town.id) as there:
        assert titles(there, sent[0]) == {}
        assert issues.sent_since(there, NOW - DAY) == []
