"""Files on their way from a form to a post: kept while the text is refused, described, limited, taken out."""

import io

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict

from baukasten.media.models import Media
from baukasten.plugin import ContentRef
from baukasten.sdk import MAX_PICTURES, Invalid, media_of
from baukasten_forum.attaching import basket
from tests.core.content import traced


@pytest.fixture
def post(topic):
    return ContentRef("forum.post", topic.post_id)


def brought(name="Kai.jpg", data=None):
    return FileStorage(io.BytesIO(data or traced.jpeg()), name)


def form(*ids, **more):
    return MultiDict([*(("medien", str(number)) for number in ids), *more.items()])


def words(**by_id):
    return {f"bild-{key[1:]}": text for key, text in by_id.items()}


def collect(session, actor, *files, sent=None, content=None):
    return basket.collect(session, actor, sent if sent is not None else form(), list(files), content)


def shown(session, post):
    return [one.id for one in media_of(session, post.type, [post.id]).get(post.id, ())]


def test_what_is_brought_stays_whatever_becomes_of_the_text(session, anna):
    found = collect(session, anna, brought(), brought("Plan.pdf", traced.pdf()))
    assert [one.name for one in found.files] == ["Kai.webp", "Plan.pdf"]
    session.rollback()
    again = collect(session, anna, sent=form(*(one.id for one in found.files)))
    assert again.files == found.files


def test_a_picture_waits_for_its_words(session, anna, post):
    (photo,) = collect(session, anna, brought()).files
    with pytest.raises(Invalid) as refused:
        collect(session, anna, sent=form(photo.id)).check()
    assert "what it shows" in refused.value.errors[""]
    said = collect(session, anna, sent=form(photo.id, **{f"bild-{photo.id}": "Die Treppe"}))
    said.check()
    basket.publish(session, anna, said, post)
    assert [one.alt for one in media_of(session, post.type, [post.id])[post.id]] == ["Die Treppe"]


def test_decoration_is_a_choice_and_words_win(session, anna):
    (photo,) = collect(session, anna, brought()).files
    plain = collect(session, anna, sent=form(photo.id, **{f"deko-{photo.id}": "1"}))
    assert plain.files[0].alt == ""
    plain.check()
    both = collect(
        session, anna, sent=form(photo.id, **{f"deko-{photo.id}": "1", f"bild-{photo.id}": "Treppe"})
    )
    assert both.files[0].alt == "Treppe"
    neither = collect(session, anna, sent=form(photo.id))
    assert neither.files[0].alt is None


def test_words_that_are_too_long_are_said_beside_the_picture(session, anna):
    (photo,) = collect(session, anna, brought()).files
    wrong = collect(session, anna, sent=form(photo.id, **{f"bild-{photo.id}": "x" * 501}))
    assert set(wrong.errors) == {photo.id}
    with pytest.raises(Invalid):
        wrong.check()


def test_what_cannot_be_taken_is_named_and_the_rest_is_taken(session, anna):
    found = collect(session, anna, brought("Virus.exe", b"MZ\0\1"), brought(), brought("", b"x"))
    assert [one.name for one in found.files] == ["Kai.webp"]
    (problem,) = found.problems
    assert problem.startswith("Virus.exe: ")
    with pytest.raises(Invalid):
        found.check()


def test_what_is_taken_out_of_the_form_is_out_of_the_post(session, anna, post):
    first, second = collect(session, anna, brought(), brought("a.txt", b"Ein Satz.")).files
    everything = form(first.id, second.id, **{f"deko-{first.id}": "1"})
    basket.publish(session, anna, collect(session, anna, sent=everything), post)
    session.commit()
    fewer = form(first.id, second.id, **{f"deko-{first.id}": "1", f"weg-{second.id}": "1"})
    changed = collect(session, anna, sent=fewer, content=post)
    assert shown(session, post) == [first.id, second.id]
    basket.publish(session, anna, changed, post)
    assert shown(session, post) == [first.id]
    assert session.scalar(select(func.count()).select_from(Media)) == 1


def test_the_same_form_twice_is_the_same_post(session, anna, post):
    (photo,) = collect(session, anna, brought()).files
    sent = form(photo.id, **{f"bild-{photo.id}": "Die Treppe"})
    for _ in range(2):
        basket.publish(session, anna, collect(session, anna, sent=sent), post)
        session.commit()
    assert shown(session, post) == [photo.id]


def test_limits_are_said_before_anything_is_stored(session, anna):
    found = collect(session, anna, *(brought("a.png", traced.png()) for _ in range(MAX_PICTURES + 1)))
    sent = form(*(one.id for one in found.files), **{f"deko-{one.id}": "1" for one in found.files})
    with pytest.raises(Invalid) as refused:
        collect(session, anna, sent=sent).check()
    assert "six pictures" in refused.value.errors[""]


def test_other_peoples_numbers_are_nothing(session, anna, ben, post):
    (photo,) = collect(session, anna, brought()).files
    assert collect(session, ben, sent=form(photo.id, 4711)).files == []
    assert collect(session, ben, sent=form("x", "-1", "9" * 30, "\u0663")).files == []


def test_staff_who_change_a_post_keep_or_take_out_its_files(session, anna, moderator, post):
    photo, paper = collect(session, anna, brought(), brought("a.txt", b"Ein Satz.")).files
    sent = form(photo.id, paper.id, **{f"bild-{photo.id}": "Die Treppe"})
    basket.publish(session, anna, collect(session, anna, sent=sent), post)
    session.commit()
    sent = form(photo.id, paper.id, **{f"weg-{paper.id}": "1", f"bild-{photo.id}": "Anders"})
    changed = collect(session, moderator, sent=sent, content=post)
    changed.check()
    basket.publish(session, moderator, changed, post)
    assert [(one.id, one.alt) for one in media_of(session, post.type, [post.id])[post.id]] == [
        (photo.id, "Die Treppe")
    ]
