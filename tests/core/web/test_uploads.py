"""Only views that take files let large requests in, and only from people who are signed in."""

import pytest
from flask import Blueprint, request

from baukasten.app import create_app, end
from baukasten.testing.fixtures import Browser
from baukasten.web.here import Place
from baukasten.web.marks import public
from baukasten.web.uploads import MAX_UPLOAD, takes_files

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def receiving(base_config, database):
    """The application with one page that takes files and one that does not."""
    blueprint = Blueprint("receiving", __name__)

    @blueprint.post("/taking")
    @takes_files
    @public
    def taking():
        return str(len(request.files["files"].read()))

    @blueprint.post("/refusing")
    @public
    def refusing():
        return str(len(request.files["files"].read()))

    app = create_app(base_config, database, extra=[(blueprint, (Place.TOWN,))])
    app.testing = False
    yield app
    end(app)


def form(token, size):
    """A form with a file as a browser sends it."""
    head = b'--naht\r\nContent-Disposition: form-data; name="'
    file = head + b'files"; filename="Foto.jpg"\r\n\r\n' + bytes(size) + b"\r\n--naht--\r\n"
    return head + b'_token"\r\n\r\n' + token.encode() + b"\r\n" + file


@pytest.fixture
def send(receiving, town, sign_in):
    def do(path, size, member=None):
        client = Browser(receiving, receiving.response_class)
        client.host = town.host
        if member is not None:
            sign_in(client, member)
        token = client.token("/konto/adresse" if member else "/konto/anmelden")
        kind = "multipart/form-data; boundary=naht"
        return client.post(path, data=form(token, size), content_type=kind)

    return do


def test_a_view_that_takes_files_takes_them_from_people_signed_in(send, new_member):
    answer = send("/taking", 3 * MEGABYTE, new_member())
    assert (answer.status_code, answer.text) == (200, str(3 * MEGABYTE))


@pytest.mark.parametrize("signed_in", [True, False])
def test_all_others_stay_small(send, new_member, signed_in):
    member = new_member() if signed_in else None
    refused = [("/refusing", MEGABYTE)]
    refused += [("/taking", MAX_UPLOAD + 1)] if signed_in else [("/taking", MEGABYTE)]
    for path, size in refused:
        answer = send(path, size, member)
        assert answer.status_code == 413
        assert "zu groß" in answer.text


def test_small_files_need_nothing(send):
    assert send("/refusing", 1000).text == "1000"
