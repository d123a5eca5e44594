"""Changing what nobody has let into view yet, and what moderators asked to change."""

from typing import Any

import pytest
from sqlalchemy import select

from baukasten.errors import Closed, NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Case, Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Ruling, Standing, Verdict
from baukasten_forum import details, judging, service
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing import editing, resubmitting
from baukasten_forum.writing.editing import Change
from baukasten_forum.writing.models import Revision
from tests.forum.conftest import hidden_fields

LIST = "/beteiligung/torfhafen/forum/"
WHY: dict[str, Any] = {"rule": "Regel 2", "facts": "Bitte ohne die Telefonnummer"}


def hold(monkeypatch, ruling=Ruling.HOLD, note="Zwei Links sind viele."):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(ruling, "links", note))


@pytest.fixture
def waiting(monkeypatch, session, forum, topic, anna):
    """A reply by Anna that waits for the moderators."""
    hold(monkeypatch)
    written = service.reply(session, anna, forum, topic.topic_id, body="Ruf 0815 an")
    session.commit()
    return written


def cases(session, post_id):
    session.flush()
    query = select(Case.closed_at.is_(None)).where(
        Case.content_type == "forum.post", Case.content_id == post_id
    )
    return session.scalars(query.order_by(Case.id)).all()


def text_of(session, post_id):
    session.expire_all()
    return session.execute(select(Post.body, Post.visibility, Post.edits).where(Post.id == post_id)).one()


def ask(session, moderator, post_id):
    return decide_content(session, moderator, ContentRef("forum.post", post_id), Step(Measure.ASK, **WHY))


@pytest.mark.parametrize("ruling", [Ruling.ALLOW, Ruling.HOLD])
def test_what_waits_is_changed_in_place_and_waits_on(monkeypatch, session, forum, waiting, anna, ruling):
    hold(monkeypatch, ruling)
    resubmitting.edit(session, anna, forum, waiting.post_id, Change("Ohne Nummer"))
    assert text_of(session, waiting.post_id) == ("Ohne Nummer", "held", 0)
    assert cases(session, waiting.post_id) == [True]
    assert session.scalars(select(Revision)).all() == []
    detail = details.detail(session, waiting.post_id)
    assert detail is not None
    assert detail.text == "Ohne Nummer"
    assert detail.changed_at is not None


def test_a_held_topic_changes_its_title_too(monkeypatch, session, forum, anna, moderator):
    hold(monkeypatch)
    written = service.open_topic(session, anna, forum, title="Kran", body="Drehen")
    resubmitting.edit(session, anna, forum, written.post_id, Change("Drehen!", "Der Kran"))
    assert session.execute(select(Topic.title, Topic.slug)).one() == ("Der Kran", "der-kran")
    moderation.publish(session, moderator, ContentRef("forum.post", written.post_id))
    assert text_of(session, written.post_id) == ("Drehen!", "published", 0)


def test_only_its_author_changes_it_and_only_while_it_waits(
    session, forum, waiting, anna, ben, moderator, place
):
    for member in (ben, moderator):
        with pytest.raises(NotFound):
            resubmitting.editable(session, member, forum, waiting.post_id)
    elsewhere = place("forum", slug="andere", title="Anderes")
    with pytest.raises(NotFound):
        resubmitting.editable(session, anna, elsewhere, waiting.post_id)
    judging.publish(session, waiting.post_id)
    with pytest.raises(NotFound):
        resubmitting.edit(session, anna, forum, waiting.post_id, Change("Zu spät"))


def test_what_a_screening_refuses_leaves_the_text_as_it_was(monkeypatch, session, forum, waiting, anna):
    hold(monkeypatch, Ruling.REJECT)
    with pytest.raises(moderation.Rejected):
        resubmitting.edit(session, anna, forum, waiting.post_id, Change("Noch schlimmer"))
    assert text_of(session, waiting.post_id)[0] == "Ruf 0815 an"


def test_two_devices_do_not_overwrite_each_other_unseen(session, forum, waiting, anna):
    resubmitting.edit(session, anna, forum, waiting.post_id, Change("Erst so"))
    with pytest.raises(editing.EditConflict) as conflict:
        resubmitting.edit(session, anna, forum, waiting.post_id, Change("Dann so"))
    assert conflict.value.now.body == "Erst so"


def test_a_change_that_was_asked_for_puts_what_waits_before_the_moderators_again(
    session, forum, waiting, anna, moderator
):
    ask(session, moderator, waiting.post_id)
    assert cases(session, waiting.post_id) == [False]
    resubmitting.edit(session, anna, forum, waiting.post_id, Change("Ohne Nummer"))
    assert cases(session, waiting.post_id) == [False, True]


@pytest.fixture
def asked(session, forum, topic, anna, moderator):
    """A reply by Anna that is folded until she changes it."""
    written = service.reply(session, anna, forum, topic.topic_id, body="Ruf 0815 an")
    ask(session, moderator, written.post_id)
    session.commit()
    return written


def change_asked(session, forum, asked, anna):
    return editing.edit(
        session, anna, forum, asked.topic_id, asked.number, Change("Ohne Nummer", reason="Nummer weg")
    )


def test_a_folded_post_that_was_changed_as_asked_stays_folded_until_somebody_looked(
    session, forum, asked, anna, moderator
):
    assert change_asked(session, forum, asked, anna)
    assert text_of(session, asked.post_id) == ("Ohne Nummer", "folded", 1)
    assert cases(session, asked.post_id) == [True]
    # What she was asked to take out is nobody's to read any more.
    assert session.scalars(select(Revision.closed)).all() == [True]
    moderation.restore(session, moderator, ContentRef("forum.post", asked.post_id))
    assert text_of(session, asked.post_id).visibility == "published"
    assert cases(session, asked.post_id) == [False]


def test_a_change_as_asked_that_a_screening_holds_unfolds_the_post_once_it_is_let_in(
    monkeypatch, session, forum, asked, anna, moderator
):
    hold(monkeypatch)
    assert not change_asked(session, forum, asked, anna)
    assert text_of(session, asked.post_id) == ("Ruf 0815 an", "folded", 0)
    moderation.publish(session, moderator, ContentRef(editing.WORDING_TYPE, asked.post_id))
    assert text_of(session, asked.post_id) == ("Ohne Nummer", "published", 1)


def test_a_muted_author_waits(session, forum, waiting, anna):
    silent = type(anna)(anna.id, anna.display_name, anna.roles, Standing.MUTED)
    with pytest.raises(Exception, match=r".") as refused:
        resubmitting.editable(session, silent, forum, waiting.post_id)
    assert not isinstance(refused.value, NotFound | Closed)


def page_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_the_author_reads_why_it_waits_changes_it_and_sees_it_there(
    browse, session, topic, waiting, anna, ben
):
    own, client = f"{LIST}{topic.topic_id}-{topic.slug}", browse(anna)
    page = page_of(client, own)
    form = f"{LIST}beitrag/{waiting.post_id}/bearbeiten"
    assert "Wird geprüft" in page
    assert "Zwei Links sind viele." in page
    assert f'href="{form}"' in page
    answer = client.post(form, data={**hidden_fields(page_of(client, form)), "body": "Ohne Nummer"})
    assert (answer.status_code, answer.location) == (303, f"{own}#held-{waiting.post_id}")
    assert "Ohne Nummer" in page_of(client, own)
    for other in (browse(ben), browse()):
        page = page_of(other, own)
        assert "Ohne Nummer" not in page
        assert "Zwei Links" not in page
    assert browse(ben).get(form).status_code == 404
    assert f"{form.rpartition('/')[0]}" not in page_of(browse(ben), f"{LIST}entwuerfe")


def test_the_author_of_a_folded_post_reads_what_to_change_and_others_that_it_waits(
    browse, topic, asked, anna, ben
):
    own = f"{LIST}{topic.topic_id}-{topic.slug}"
    page = page_of(browse(anna), own)
    assert "Bitte ändern Sie diesen Beitrag:</b> Bitte ohne die Telefonnummer" in page
    assert f'href="{LIST}{topic.topic_id}/2/bearbeiten"' in page
    assert 'href="/konto/entscheidungen/' in page
    for other in (browse(ben), browse()):
        page = page_of(other, own)
        assert "wartet auf eine Änderung durch die Verfasserin" in page
        assert "ohne die Telefonnummer" not in page
        assert "Regel 2" not in page
