"""Uploads belong to their uploader until a contribution takes them, with words for every picture."""

import io

import pytest
from sqlalchemy import event, select

from baukasten.audit.models import AuditEntry
from baukasten.errors import Invalid, NotFound
from baukasten.media import service
from baukasten.media.models import MODULE
from baukasten.plugin.refs import ContentRef
from tests.core.content import traced


def told(session, actor, *uploads, words="Die Treppe"):
    for one in uploads:
        service.set_alt(session, actor, one.id, words)
    return [one.id for one in uploads]


def shown(session, post):
    return [one.id for one in service.media_of(session, post.type, [post.id]).get(post.id, ())]


def test_files_are_shown_in_the_order_that_was_asked_for(session, anna, upload, post):
    first, second = upload(anna), upload(anna)
    paper = upload(anna, "Plan.pdf", traced.pdf())
    told(session, anna, first, second)
    service.attach(session, anna, [second.id, paper.id, first.id], post)
    assert shown(session, post) == [second.id, paper.id, first.id]
    (found,) = {
        ref.alt for ref in service.media_of(session, post.type, [post.id])[post.id] if ref.kind == "picture"
    }
    assert found == "Die Treppe"


def test_one_statement_for_a_whole_page(session, anna, upload, post, database, town):
    told(session, anna, one := upload(anna))
    service.attach(session, anna, [one.id], post)
    session.commit()
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(database.app, "before_cursor_execute", note)
    try:
        found = service.media_of(session, post.type, [post.id, 4711, 4712])
    finally:
        event.remove(database.app, "before_cursor_execute", note)
    assert {key: [ref.id for ref in refs] for key, refs in found.items()} == {post.id: [one.id]}
    assert len([statement for statement in seen if "FROM media" in statement]) == 1
    assert service.media_of(session, post.type, []) == {}


def test_a_picture_without_words_is_not_published(session, anna, upload, post):
    photo = upload(anna)
    with pytest.raises(Invalid) as refused:
        service.attach(session, anna, [photo.id], post)
    assert set(refused.value.errors) == {"files"}
    session.rollback()


def test_mere_decoration_needs_a_clear_word(session, anna, upload, post):
    photo = upload(anna)
    service.set_alt(session, anna, photo.id, "  ")
    service.attach(session, anna, [photo.id], post)
    assert service.own_uploads(session, anna, [photo.id])[0].alt == ""


def test_words_are_bounded_and_cleaned(session, anna, upload):
    photo = upload(anna)
    for wrong in ("x" * 501, "a\0b"):
        with pytest.raises(Invalid):
            service.set_alt(session, anna, photo.id, wrong)
    service.set_alt(session, anna, photo.id, " Die\n Treppe ")
    assert service.own_uploads(session, anna, [photo.id])[0].alt == "Die Treppe"


@pytest.mark.parametrize(
    ("make", "most"), [(traced.png, service.MAX_PICTURES), (traced.pdf, service.MAX_PAPERS)]
)
def test_contributions_take_only_so_many(session, anna, upload, post, make, most):
    uploads = [upload(anna, "x", make()) for _ in range(most + 1)]
    ids = told(session, anna, *uploads, words="")
    service.attach(session, anna, ids[:most], post)
    session.commit()
    with pytest.raises(Invalid):
        service.attach(session, anna, ids[most:], post)
    session.rollback()
    assert shown(session, post) == ids[:most]


def test_nobody_takes_what_is_not_theirs_or_belongs_elsewhere(session, anna, ben, upload, post):
    photo = upload(anna)
    told(session, anna, photo)
    for attempt in (
        lambda: service.attach(session, ben, [photo.id], post),
        lambda: service.set_alt(session, ben, photo.id, "Meins"),
        lambda: service.detach(session, ben, [photo.id]),
        lambda: service.attach(session, anna, [photo.id, 4711], post),
        lambda: service.detach(session, anna, [4711]),
    ):
        session.commit()
        with pytest.raises(NotFound):
            attempt()
        session.rollback()
    assert service.own_uploads(session, ben, [photo.id]) == []
    service.attach(session, anna, [photo.id], post)
    with pytest.raises(NotFound):
        service.attach(session, anna, [photo.id], ContentRef(post.type, post.id + 1))


def test_another_towns_uploads_do_not_exist(database, session, anna, upload, post, other_town, new_member):
    photo = upload(anna)
    session.commit()
    other = new_member(where=other_town)
    with database.session(other_town.id) as there:
        assert service.own_uploads(there, other, [photo.id]) == []
        assert service.media_of(there, post.type, [post.id]) == {}
        for attempt in (service.attach, service.detach):
            arguments = (there, other, [photo.id], *([post] if attempt is service.attach else []))
            with pytest.raises(NotFound):
                attempt(*arguments)


def test_attaching_again_changes_the_order_only(session, anna, upload, post):
    first, second = upload(anna), upload(anna)
    told(session, anna, first, second)
    service.attach(session, anna, [first.id, second.id], post)
    service.attach(session, anna, [second.id, first.id], post)
    assert shown(session, post) == [second.id, first.id]


def test_moderators_take_away_and_the_log_knows_it(session, anna, moderator, upload, post):
    photo = upload(anna)
    told(session, anna, photo)
    service.attach(session, anna, [photo.id], post)
    session.commit()
    service.detach(session, moderator, [photo.id])
    assert shown(session, post) == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "media.file.remove")).one()
    assert (entry.actor_member_id, entry.target, entry.facts) == (
        moderator.id,
        f"media:{photo.id}",
        {"content": f"forum.post:{post.id}"},
    )


def test_ones_own_deeds_are_not_in_the_log(session, anna, upload):
    photo = upload(anna)
    service.detach(session, anna, [photo.id])
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "media.file.remove")).all() == []


def test_what_a_contribution_had_goes_with_it(session, town, anna, upload, post, stored, mailbox):
    photo, other = upload(anna), upload(anna)
    told(session, anna, photo)
    service.attach(session, anna, [photo.id], post)
    service.forget_media(session, post)
    session.commit()
    mailbox.deliver()
    assert len(stored(town)) == 2
    assert service.own_uploads(session, anna, [photo.id, other.id]) == [other]


def test_only_what_people_see_makes_pages_stale(session, anna, upload, post):
    photo = upload(anna)
    service.set_alt(session, anna, photo.id, "Die Treppe")
    assert not session.written
    service.attach(session, anna, [photo.id], post)
    assert session.written
    session.commit()
    service.set_alt(session, anna, photo.id, "Eine Treppe")
    assert session.written
    session.commit()
    service.detach(session, anna, [photo.id])
    assert session.written


def test_archives_read_the_files_themselves(session, anna, upload):
    photo, paper = upload(anna), upload(anna, "a.txt", b"Ein Satz.")
    assert service.read_media(session, paper.id) == service.read_media(session, paper.id, small=True)
    assert service.read_media(session, paper.id) == b"Ein Satz."
    assert len(service.read_media(session, photo.id)) == photo.bytes
    assert service.read_media(session, photo.id, small=True) != service.read_media(session, photo.id)
    with pytest.raises(NotFound):
        service.read_media(session, 4711)


def test_an_import_adds_what_nobody_uploaded(session, post):
    photo = service.add_media(session, post, "Alt.jpg", io.BytesIO(traced.jpeg()), alt="Die alte Treppe")
    paper = service.add_media(session, post, "Plan.pdf", io.BytesIO(traced.pdf()))
    assert [(one.id, one.alt) for one in service.media_of(session, post.type, [post.id])[post.id]] == [
        (photo.id, "Die alte Treppe"),
        (paper.id, None),
    ]
    assert service.media_by_id(session, [paper.id, 4711]) == {paper.id: paper}
    with pytest.raises(Invalid):
        service.add_media(session, post, "Virus.exe", io.BytesIO(b"MZ\0"))


def test_a_module_takes_any_number_and_words_all_the_same(session, anna, upload, forum):
    module = ContentRef(MODULE, forum.id)
    uploads = [upload(anna, "x", traced.png()) for _ in range(service.MAX_PICTURES + 1)]
    service.attach(session, anna, told(session, anna, *uploads), module)
    assert len(shown(session, module)) == service.MAX_PICTURES + 1
    with pytest.raises(Invalid):
        service.attach(session, anna, [upload(anna).id], module)
