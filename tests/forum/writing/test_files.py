"""Files in the forms of the forum, without script: uploaded, described, published, changed, refused."""

import io
import re

import pytest
from sqlalchemy import select

from baukasten.media.models import Media
from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.projects import placing
from baukasten_forum.models import Post
from tests.core.content import traced


def fields(page):
    """All inputs of the writer's form as a browser would send them back."""
    form = page[page.index('class="form above-3 writer"') :]
    form = form[: form.index("</form>")]
    found = []
    for tag in re.findall(r"<input [^>]*>", form):
        name, kind = re.search(r' name="([^"]+)"', tag), re.search(r' type="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and kind and kind[1] != "file" and (kind[1] != "checkbox" or " checked" in tag):
            found.append((name[1], value[1] if value else ""))
    return found + re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form)


def send(client, url, *files, page=None, **values):
    """Send the form of a page, or of the page that came back before, with files chosen in it."""
    page = page or client.get(url).get_data(as_text=True)
    data: dict[str, list[object]] = {}
    for name, value in [*fields(page), *((key.replace("_", "-", 1), value) for key, value in values.items())]:
        data.setdefault(name, []).append(value)
    data |= {key.replace("_", "-", 1): [value] for key, value in values.items()}
    data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post(url, data=data, content_type="multipart/form-data")


@pytest.fixture
def new(forum):
    return f"{forum.path}neu"


@pytest.fixture
def thread_url(forum, topic):
    return f"{forum.path}{topic.topic_id}-{topic.slug}"


def topic_of(address):
    """The number of the topic in an address."""
    return address.rpartition("/")[2].partition("-")[0]


def uploads(session):
    session.rollback()
    return session.scalars(select(Media).order_by(Media.id)).all()


TEXT = {"title": "Bänke am Kai", "body": "Drei Bänke."}
PHOTO = ("Kai.jpg", traced.jpeg())


def test_uploading_brings_the_form_back_with_everything(session, browse, anna, new):
    client = browse(anna)
    back = send(client, new, PHOTO, ("Plan.pdf", traced.pdf()), upload="1", body="Noch nicht fertig")
    assert back.status_code == 200
    page = back.get_data(as_text=True)
    photo, paper = uploads(session)
    assert f'name="medien" value="{photo.id}"' in page
    assert f"/medien/{photo.id}/klein/kai.webp" in page
    assert "Plan.pdf" in page
    assert "Noch nicht fertig" in page
    assert 'role="alert"' not in page
    assert client.get(f"/medien/{photo.id}/klein/kai.webp").status_code == 200
    assert paper.content_id is None


def test_a_topic_is_published_with_its_files(session, browse, anna, new):
    client = browse(anna)
    back = send(client, new, PHOTO, upload="1", **TEXT).get_data(as_text=True)
    (photo,) = uploads(session)
    done = send(client, new, ("Plan.pdf", traced.pdf()), page=back, **{f"bild_{photo.id}": "Die Kaimauer"})
    assert done.status_code == 303
    photo, paper = uploads(session)
    post_id = session.scalar(select(Post.id))
    assert (photo.content_id, photo.alt, photo.position) == (post_id, "Die Kaimauer", 1)
    assert (paper.content_id, paper.content_type, paper.position) == (post_id, "forum.post", 2)
    page = browse().get(done.headers["Location"]).get_data(as_text=True)
    assert f'<img src="/medien/{photo.id}/klein/kai.webp" alt="Die Kaimauer" width="480" height="360"' in page
    assert f'<a href="/medien/{paper.id}/datei/plan.pdf">Plan.pdf</a>' in page
    assert browse().get(f"/medien/{paper.id}/datei/plan.pdf").status_code == 200


def test_publishing_with_a_picture_asks_for_words_and_keeps_all(session, browse, anna, new):
    client = browse(anna)
    refused = send(client, new, PHOTO, **TEXT)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    (photo,) = uploads(session)
    assert session.scalar(select(Post.id)) is None
    assert f'id="bild-{photo.id}-err"' in page
    assert 'value="Bänke am Kai"' in page
    done = send(client, new, page=page, **{f"deko_{photo.id}": "1"})
    assert done.status_code == 303
    assert uploads(session)[0].alt == ""


def test_a_file_that_cannot_be_taken_is_named(session, browse, anna, new):
    client = browse(anna)
    for values in ({"upload": "1"}, TEXT):
        back = send(client, new, ("Virus.exe", b"MZ\0\1"), PHOTO, **values)
        assert back.status_code == 422
        assert "Virus.exe: " in back.get_data(as_text=True)
    assert session.scalar(select(Post.id)) is None
    assert len(uploads(session)) == 2


def test_a_preview_does_not_lose_what_was_chosen(session, browse, anna, new):
    back = send(browse(anna), new, PHOTO, preview="1", **TEXT)
    assert back.status_code == 200
    (photo,) = uploads(session)
    assert f'name="medien" value="{photo.id}"' in back.get_data(as_text=True)


def test_a_reply_carries_files_too(session, browse, ben, thread_url):
    client = browse(ben)
    back = send(client, thread_url, PHOTO, upload="1", body="Schaut:").get_data(as_text=True)
    (photo,) = uploads(session)
    done = send(client, thread_url, page=back, **{f"bild_{photo.id}": "So sieht es aus"})
    assert done.status_code == 303
    assert 'alt="So sieht es aus"' in browse().get(thread_url).get_data(as_text=True)


def test_pictures_of_a_change_come_and_go(session, browse, anna, forum, new):
    client = browse(anna)
    back = send(client, new, PHOTO, ("a.txt", b"Ein Satz."), upload="1", **TEXT).get_data(as_text=True)
    photo, paper = uploads(session)
    address = send(client, new, page=back, **{f"bild_{photo.id}": "Die Kaimauer"}).headers["Location"]
    edit = f"{forum.path}{topic_of(address)}/1/bearbeiten"
    form = client.get(edit).get_data(as_text=True)
    assert 'value="Die Kaimauer"' in form
    done = send(client, edit, ("Neu.png", traced.png()), page=form, **{f"weg_{paper.id}": "1", "upload": "1"})
    assert [one.id for one in uploads(session)][:2] == [photo.id, paper.id]
    new_photo = uploads(session)[2]
    done = send(client, edit, page=done.get_data(as_text=True), **{f"bild_{new_photo.id}": "Im Winter"})
    assert done.status_code == 303
    assert [(one.id, one.alt) for one in uploads(session)] == [
        (photo.id, "Die Kaimauer"),
        (new_photo.id, "Im Winter"),
    ]
    assert {one.content_id for one in uploads(session)} == {session.scalar(select(Post.id))}


def test_a_post_taken_back_takes_its_files_along(session, browse, anna, ben, forum, thread_url):
    client = browse(ben)
    back = send(client, thread_url, ("a.txt", b"Ein Satz."), upload="1", body="Schaut:").get_data(
        as_text=True
    )
    send(client, thread_url, page=back)
    (paper,) = uploads(session)
    assert paper.content_id is not None
    form_url = f"{forum.path}{topic_of(thread_url)}/2/zurueckziehen"
    token = client.token(form_url)
    assert client.post(form_url, data={"_token": token}).status_code == 303
    assert uploads(session) == []


def test_hidden_posts_show_no_files(session, browse, anna, moderator, new):
    client = browse(anna)
    back = send(client, new, ("a.txt", b"Ein Satz."), upload="1", **TEXT).get_data(as_text=True)
    address = send(client, new, page=back).headers["Location"]
    (paper,) = uploads(session)
    assert "/datei/a.txt" in browse().get(address).get_data(as_text=True)
    ref = ContentRef("forum.post", session.scalar(select(Post.id)))
    moderation.hide(session, moderator, ref, rule="Regel 1", facts="Grund")
    session.commit()
    assert "/datei/a.txt" not in browse().get(address).get_data(as_text=True)
    assert browse().get(f"/medien/{paper.id}/datei/a.txt").status_code == 404


def test_a_forum_without_files_asks_for_none_and_takes_none(
    session, database, town, browse, anna, forum, new
):
    with database.session(town.id) as changing:
        placing.change_module(changing, None, forum.id, settings={"files": False})
        changing.commit()
    client = browse(anna)
    page = client.get(new).get_data(as_text=True)
    assert 'type="file"' not in page
    assert "multipart/form-data" not in page
    send(client, new, PHOTO, page=page, upload="1", **TEXT)
    assert uploads(session) == []


def test_nobody_who_may_not_write_stores_files(session, browse, new):
    guest = browse()
    assert guest.post(new, data={"files": [(io.BytesIO(PHOTO[1]), "a.jpg")]}).status_code in (303, 403)
    assert uploads(session) == []
