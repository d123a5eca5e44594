"""What left view after the draft is in no published transcript, nor in what goes on in a forum."""

from sqlalchemy import select

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.projects.placing import place_module
from baukasten_chat.afterwards import publishing, redacting, telling
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.messages import editing
from baukasten_chat.models import Line, Message, Question
from baukasten_forum.models import Post

RULE = "Bleiben Sie beim Thema"


def _id(session, rows, number):
    return session.scalars(select(rows.id).where(rows.number == number)).one()


def _hide(session, moderator, kind, row_id):
    moderation.hide(session, moderator, ContentRef(kind, row_id), rule=RULE, facts="Anderes Verfahren.")
    session.commit()


def test_what_left_view_since_the_draft_leaves_only_its_place(session, said, draft, anna, moderator):
    row, _told = draft()
    editing.withdraw(session, anna, said, _id(session, Message, 1))
    _hide(session, moderator, QUESTION_TYPE, _id(session, Question, 1))
    publishing.publish(session, moderator, said, row.id, publishing.Choice(names=True))
    session.commit()
    shown = redacting.find(session, said, row.id, drafts=False)
    told = telling.lines(session, shown)
    assert [(one.kind, one.who, str(one.html)) for one in told if one.gone] == [
        ("message", "", ""),
        ("question", "", ""),
    ]
    assert [one.kind for one in told if not one.gone] == ["town", "question"]
    assert shown.counts == {RULE: 1}
    assert telling.answered(told) == []
    stored = session.scalars(select(Line).where(Line.gone != "")).all()
    assert {(one.author_id, one.name, one.body_html, one.person) for one in stored} == {(None, "", "", 0)}


def test_the_forum_goes_on_with_what_can_still_be_read(session, said, draft, moderator, hour):
    forum = place_module(session, None, "forum", title="Forum", slug="forum", project_id=hour.project.id)
    row, _told = draft()
    _hide(session, moderator, QUESTION_TYPE, _id(session, Question, 1))
    publishing.publish(
        session, moderator, said, row.id, publishing.Choice(forum_id=forum.id), "https://a.example/"
    )
    session.commit()
    assert "Steg" not in session.scalars(select(Post.body)).one()


def test_what_stayed_in_view_is_published_as_it_was_drafted(session, said, draft, moderator):
    row, before = draft()
    _hide(session, moderator, MESSAGE_TYPE, _id(session, Message, 1))
    moderation.restore(session, moderator, ContentRef(MESSAGE_TYPE, _id(session, Message, 1)))
    publishing.publish(session, moderator, said, row.id, publishing.Choice())
    session.commit()
    shown = redacting.find(session, said, row.id, drafts=False)
    assert [str(one.html) for one in telling.lines(session, shown)] == [str(one.html) for one in before]
    assert shown.counts == {}


def test_what_staff_reworded_since_the_draft_says_that(session, said, draft, moderator):
    row, _told = draft()
    first = _id(session, Message, 1)
    editing.edit(session, moderator, said, first, "Moin zusammen [Nummer entfernt]")
    publishing.publish(session, moderator, said, row.id, publishing.Choice(names=True))
    session.commit()
    told = telling.lines(session, redacting.find(session, said, row.id, drafts=False))
    assert str(told[0].html) == "Moin zusammen [Nummer entfernt]"
    assert "Ben Hafen" not in str(told[0].html)


def test_what_was_redacted_in_the_draft_stays_so(session, said, draft, moderator):
    row, _told = draft()
    redacting.reword(session, moderator, said, row.id, 1, "Gekürzt")
    editing.edit(session, moderator, said, _id(session, Message, 1), "Etwas anderes")
    publishing.publish(session, moderator, said, row.id, publishing.Choice(names=True))
    session.commit()
    told = telling.lines(session, redacting.find(session, said, row.id, drafts=False))
    assert str(told[0].html) == "Gekürzt"
