"""Files are handed out with their contribution, and look like nothing at all without it."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import text

from baukasten.media import service
from baukasten.media.models import MODULE
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef
from baukasten.projects import placing
from tests.core.content import traced


@pytest.fixture
def photo(session, anna, upload, post):
    one = upload(anna)
    service.set_alt(session, anna, one.id, "Die Treppe")
    service.attach(session, anna, [one.id], post)
    session.commit()
    return one


@pytest.fixture
def paper(session, anna, upload, post):
    one = upload(anna, "Plan für den Kai.pdf", traced.pdf())
    service.attach(session, anna, [one.id], post)
    session.commit()
    return one


@pytest.fixture
def browse(client_of, town, sign_in):
    def do(member=None, where=None):
        client = client_of(where or town)
        if member is not None:
            sign_in(client, member)
        return client

    return do


def opened(answer):
    return Image.open(io.BytesIO(answer.get_data()))


def plain(answer):
    """An answer without what differs from request to request: its number and the asked address."""
    body = re.sub(r"/medien/[^\"&]*", "<path>", answer.get_data(as_text=True))
    kept = {name: value for name, value in answer.headers if name not in ("X-Request-Id", "Content-Length")}
    return answer.status_code, kept, body


def test_a_picture_of_a_contribution_in_view_is_for_everybody(client, photo):
    large, small = client.get(photo.url), client.get(photo.url_small)
    assert (large.status_code, small.status_code) == (200, 200)
    assert opened(large).size == (640, 480)
    assert opened(small).size == (480, 360)
    assert large.headers["Content-Type"] == "image/webp"
    assert large.headers["X-Content-Type-Options"] == "nosniff"
    assert large.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert large.headers["Cache-Control"] == "no-cache"
    assert large.headers["Content-Disposition"] == (
        "inline; filename=\"foto-vom-kai.webp\"; filename*=UTF-8''Foto%20vom%20Kai.webp"
    )
    assert "Set-Cookie" not in large.headers
    assert traced.left(large.get_data()) == []


def test_a_paper_is_taken_away_and_never_opened_as_a_page(client, paper):
    answer = client.get(paper.url)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"plan-fuer-den-kai.pdf\"; filename*=UTF-8''Plan%20f%C3%BCr%20den%20Kai.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_data().startswith(b"%PDF-")


def test_names_in_any_writing_come_through(session, browse, upload, anna):
    one = upload(anna, "план 海.txt", b"Ein Satz.")
    session.commit()
    answer = browse(anna).get(one.url)
    assert answer.headers["Content-Disposition"].isascii()
    assert (
        "filename*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD%20%E6%B5%B7.txt" in answer.headers["Content-Disposition"]
    )


def test_a_browser_that_has_it_gets_nothing_but_the_word(client, photo):
    etag = client.get(photo.url).headers["ETag"]
    assert not etag.startswith("W/")
    assert etag != client.get(photo.url_small).headers["ETag"]
    again = client.get(photo.url, headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", etag)
    assert client.head(photo.url).get_data() == b""


def test_what_is_hidden_is_gone_at_once_and_comes_back(
    session, client, browse, photo, post, anna, moderator, ben
):
    etag = client.get(photo.url).headers["ETag"]
    moderation.hide(session, moderator, post, rule="Regel 1", facts="Es zeigt Leute.")
    session.commit()
    for answer in (client.get(photo.url), client.get(photo.url, headers={"If-None-Match": etag})):
        assert answer.status_code == 404
    assert browse(ben).get(photo.url).status_code == 404
    for member in (anna, moderator):
        seen = browse(member).get(photo.url)
        assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-cache")
    moderation.restore(session, moderator, post)
    session.commit()
    assert client.get(photo.url).status_code == 200


def test_what_nobody_attached_is_its_uploaders_alone(session, client, browse, upload, anna, ben, moderator):
    loose = upload(anna)
    session.commit()
    assert client.get(loose.url).status_code == 404
    assert browse(ben).get(loose.url).status_code == 404
    assert browse(anna).get(loose.url_small).status_code == 200
    assert browse(moderator).get(loose.url).status_code == 200


def test_a_file_that_one_may_not_see_looks_like_one_that_never_was(
    session, browse, upload, anna, ben, other_town, new_member
):
    loose = upload(anna)
    session.commit()
    never = loose.url.replace(f"/{loose.id}/", "/999999999999/")
    for client in (browse(), browse(ben), browse(where=other_town)):
        assert plain(client.get(loose.url)) == plain(client.get(never))


@pytest.mark.parametrize(
    "path",
    [
        "/medien/{id}/gross/anders.webp",
        "/medien/{id}/datei/foto-vom-kai.webp",
        "/medien/{id}/riesig/foto-vom-kai.webp",
        "/medien/{id}/gross/",
        "/medien/{id}/gross/%00",
        "/medien/{id}/gross/..%2f..%2fsecret",
        "/medien/-1/gross/foto-vom-kai.webp",
        "/medien/99999999999999999999999/gross/foto-vom-kai.webp",
        "/medien/x/gross/foto-vom-kai.webp",
        "/medien/",
    ],
)
def test_made_up_addresses_lead_nowhere(client, photo, path):
    assert client.get(path.format(id=photo.id)).status_code == 404


def test_a_file_that_the_store_lost_is_not_found(client, photo, base_config, town):
    folder = base_config.data_dir / "files" / str(town.id)
    for path in folder.rglob("*.webp"):
        path.unlink()
    assert client.get(photo.url).status_code == 404


def test_one_of_a_project_that_is_not_public_is_for_nobody(session, client, forum, photo):
    session.execute(text("UPDATE project SET state = 'draft'"))
    session.written = True
    session.commit()
    assert client.get(photo.url).status_code == 404


def test_a_picture_of_a_module_is_seen_with_it(session, client, upload, moderator, forum, database, town):
    plan = upload(moderator)
    service.set_alt(session, moderator, plan.id, "Der Plan")
    service.attach(session, moderator, [plan.id], ContentRef(MODULE, forum.id))
    session.commit()
    assert client.get(plan.url).headers["Cache-Control"] == "no-cache"
    with database.session(town.id) as changing:
        placing.change_module(changing, None, forum.id, visible=False)
        changing.commit()
    assert client.get(plan.url).status_code == 404
    with database.session(town.id) as changing:
        placing.change_module(changing, None, forum.id, visible=True)
        changing.execute(text("UPDATE project SET state = 'draft'"))
        changing.written = True
        changing.commit()
    assert client.get(plan.url).status_code == 404
