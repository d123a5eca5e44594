"""Staff send a file, read the trial, press a second time; nobody else sees or does any of it."""

import io

import pytest

from baukasten.plugin.refs import Role
from baukasten_newsletter.transfer import service
from tests.newsletter.conftest import open_list
from tests.newsletter.transfer.conftest import ORIGIN, table

BASE = "/stadtbrief/menschen/einlesen/"


@pytest.fixture
def page(browse, admin, transfer):
    return browse(admin)


def upload(page, data, name="leute.csv", **values):
    sent = {
        **ORIGIN,
        "language": "de",
        **values,
        "_token": page.token(BASE),
        "file": (io.BytesIO(data), name),
    }
    return page.post(BASE, data=sent, content_type="multipart/form-data")


def test_from_the_file_to_the_people(page, transfer):
    answer = upload(page, table(3, "kaputt;Kaputt"))
    assert answer.status_code == 303
    where = answer.location
    assert "wird geprüft" in page.get(where).text or "being checked" in page.get(where).text
    transfer.work()
    assert transfer.people() == []
    shown = page.get(where).text
    assert shown.count("<tbody>") == 1
    assert f'action="{where}/los"' in shown
    report = page.get(f"{where}/bericht.csv")
    assert report.headers["Content-Type"].startswith("text/csv")
    lines = report.get_data().decode("utf-8-sig").split("\r\n")
    assert [line.split(";")[0] for line in lines[1:-1]] == ["2", "3", "4", "5"]
    assert "post.example" not in report.text
    report.close()
    done = page.post(f"{where}/los", data={"_token": page.token(where)})
    assert (done.status_code, done.location) == (303, where)
    transfer.work()
    assert len(transfer.people()) == 3
    again = page.post(f"{where}/los", data={"_token": page.token(BASE)})
    assert again.status_code == 409
    assert where in page.get(BASE).text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"Farbe;Tier\nblau;Kranich\n", "f-file-err"),
        (b"", "f-file-err"),
        (b"email\0\n", "f-file-err"),
        (b"\xff\xfe" + b"\x00\xd8" * 30, "f-file-err"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "f-file-err"),
    ],
)
def test_what_is_no_table_is_refused(page, data, field):
    answer = upload(page, data)
    assert answer.status_code == 422
    assert f'id="{field}"' in answer.text


def test_without_an_origin_nothing_is_kept(page, transfer):
    answer = upload(page, table(1), agreed="", when=" ")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="Liste auf Papier"' in answer.text
    assert transfer.pieces() == 0


def test_without_a_file_it_says_so(page):
    answer = page.post(BASE, data={**ORIGIN, "language": "de", "_token": page.token(BASE)})
    assert answer.status_code == 422
    assert 'id="f-file-err"' in answer.text


def test_a_file_can_be_thrown_away(page, transfer):
    where = upload(page, table(1)).location
    transfer.work()
    page.post(f"{where}/verwerfen", data={"_token": page.token(where)})
    assert f'action="{where}/los"' not in page.get(where).text
    assert transfer.pieces() == 0


def test_names_of_files_are_only_text(page):
    where = upload(page, table(1), name="<script>alert(1)</script>\u202e.csv").location
    assert "<script>alert" not in page.get(where).text


def test_too_many_files_at_once(page, transfer):
    for _number in range(service.MOST_FILES):
        assert upload(page, table(1)).status_code == 303
    assert upload(page, table(1)).status_code == 409


def test_other_lists_have_no_such_file(page, transfer, database, town):
    where = upload(page, table(1)).location
    number = int(where.rpartition("/")[2])
    transfer.work()
    open_list(database, town, slug="kulturbrief", title="Kulturbrief")
    missing = page.get(f"{BASE}{number + 1}")
    assert missing.status_code == 404
    for path in ("", "/bericht.csv"):
        assert page.get(f"/kulturbrief/menschen/einlesen/{number}{path}").status_code == 404
    token = page.token(where)
    for deed in ("los", "verwerfen"):
        foreign = f"/kulturbrief/menschen/einlesen/{number}/{deed}"
        assert page.post(foreign, data={"_token": token}).status_code == 404
    assert transfer.row(number).state == "checked"


def test_another_town_sees_nothing(page, transfer, database, other_town, client_of, new_member, sign_in):
    where = upload(page, table(1)).location
    open_list(database, other_town)
    stranger = client_of(other_town)
    sign_in(stranger, new_member(Role.ADMIN, where=other_town), other_town)
    assert stranger.get(BASE).status_code == 200
    assert stranger.get(where).status_code == 404
    assert where not in stranger.get(BASE).text
    assert transfer.pieces() == 1


def test_moderators_and_guests_bring_nobody_in(page, browse, moderator):
    where = upload(page, table(1)).location
    for who in (moderator, None):
        assert browse(who).get(where).status_code in (302, 303, 403, 404)
        assert browse(who).get(BASE).status_code in (302, 303, 403, 404)


def test_the_pages_ask_a_constant_number_of_times(page, transfer, statements):
    where = upload(page, table(1)).location
    transfer.work()
    page.get(BASE)
    with statements() as few:
        page.get(BASE)
    upload(page, table(2))
    transfer.work()
    with statements() as many:
        page.get(BASE)
    page.get(where)
    with statements() as one:
        page.get(where)
    # What a page knows of the town is kept for a moment; on a busy machine it may be read anew in between.
    own = [sum("newsletter_" in one for one in asked) for asked in (few, many, one)]
    assert own == [2, 2, 2]
