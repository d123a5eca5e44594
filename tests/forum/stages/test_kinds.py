"""Which kinds of topic a forum takes."""

import pytest

from baukasten.errors import Invalid
from baukasten_forum import service
from baukasten_forum.keys import TopicKind
from baukasten_forum.models import Topic
from baukasten_forum.stages import kinds

IDEA, DISCUSSION, QUESTION = TopicKind.IDEA, TopicKind.DISCUSSION, TopicKind.QUESTION


@pytest.fixture
def forum_for(place):
    """Places a forum with these kinds."""
    return lambda *chosen: place(
        "forum",
        slug="-".join(chosen) or "usual",
        title="Forum",
        settings={"kinds": list(chosen)} if chosen else {},
    )


@pytest.mark.parametrize(
    ("chosen", "expected", "usual", "words"),
    [
        ((), (IDEA, DISCUSSION), DISCUSSION, "Write a contribution"),
        (("idea",), (IDEA,), IDEA, "Bring in an idea"),
        (("question",), (QUESTION,), QUESTION, "Ask a question"),
        (("question", "idea"), (IDEA, QUESTION), IDEA, "Write a contribution"),
    ],
)
def test_a_town_chooses_the_kinds(forum_for, chosen, expected, usual, words):
    module = forum_for(*chosen)
    assert kinds.allowed(module) == expected
    assert kinds.checked(module, None) == usual
    assert str(kinds.invitation(module)) == words
    field = kinds.field(module)
    offered = [] if field is None else [value for value, _label in field.choices]
    assert offered == (list(expected) if len(expected) > 1 else [])


def test_a_forum_takes_at_least_one_kind(forum_for, place):
    with pytest.raises(Invalid):
        place("forum", slug="leer", title="Forum", settings={"kinds": []})


@pytest.mark.parametrize("kind", ["question", "remark", "REMARK", "x" * 1000, "\0"])
def test_other_kinds_are_refused(forum_for, session, anna, kind):
    module = forum_for("idea")
    with pytest.raises(Invalid) as refused:
        service.open_topic(session, anna, module, title="Kran", body="Drehen.", kind=kind)
    assert list(refused.value.errors) == ["kind"]
    assert session.query(Topic).count() == 0


def test_a_topic_keeps_the_kind_that_was_chosen(forum_for, session, anna):
    module = forum_for("idea", "question")
    written = service.open_topic(session, anna, module, title="Wann?", body="Sagen Sie es.", kind="question")
    assert session.query(Topic.kind).filter_by(id=written.topic_id).scalar() == QUESTION
