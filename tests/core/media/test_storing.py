"""Uploads: made anew, counted, gone with their rows, and never left over."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Invalid, TooMany
from baukasten.media import service, storing
from baukasten.media.models import Media
from tests.core.content import test_pictures, traced

PHOTOS: dict[str, Callable[[], bytes]] = {
    "Foto.jpg": traced.jpeg,
    "Foto.png": traced.png,
    "Foto.webp": traced.webp,
    "Foto.heic": traced.heic,
    "Foto.pdf": traced.pdf,
}


def everything(base_config, town):
    folder = base_config.data_dir / "files" / str(town.id)
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_with_a_place_leaves_nothing_in_any_stored_file(
    session, town, anna, upload, base_config, name
):
    source = PHOTOS[name]()
    assert {b"GPS", b"Geheimkamera"} & set(traced.left(source))
    upload(anna, name, source)
    session.commit()
    files = everything(base_config, town)
    assert len(files) == (1 if name.endswith("pdf") else 2)
    assert [traced.left(data) for data in files] == [[] for _ in files]


def test_what_is_stored_says_what_it_is(session, anna, upload):
    photo = upload(anna, "Foto vom Kai.JPG")
    assert (photo.kind, photo.name, photo.media_type) == ("picture", "Foto vom Kai.webp", "image/webp")
    assert (photo.width, photo.height, photo.alt) == (640, 480, None)
    assert photo.url == f"/medien/{photo.id}/gross/foto-vom-kai.webp"
    assert photo.url_small == f"/medien/{photo.id}/klein/foto-vom-kai.webp"
    paper = upload(anna, "Plan.exe", traced.pdf())
    assert (paper.kind, paper.name, paper.media_type) == ("paper", "Plan.pdf", "application/pdf")
    assert paper.url == paper.url_small == f"/medien/{paper.id}/datei/plan.pdf"
    table = upload(anna, "Zahlen.CSV", b"Ort;Zahl\nKai;5\n")
    assert (table.name, table.media_type, table.bytes) == ("Zahlen.csv", "text/csv; charset=utf-8", 15)
    assert session.scalar(select(Media.uploader_id).where(Media.id == table.id)) == anna.id


def test_names_decide_nothing(session, anna, upload):
    assert upload(anna, "Plan.pdf", traced.png()).kind == "picture"
    with pytest.raises(Invalid):
        upload(anna, "Foto.jpg", test_pictures.SVG + b"\0")


def test_what_was_not_committed_leaves_no_file(session, town, anna, upload, stored):
    upload(anna)
    assert len(stored(town)) == 2
    session.rollback()
    assert stored(town) == []
    upload(anna)
    session.close()
    assert stored(town) == []
    upload(anna)
    session.commit()
    session.close()
    assert len(stored(town)) == 2


def test_a_refused_upload_among_others_leaves_the_others(session, town, anna, upload, stored):
    upload(anna)
    with pytest.raises(Invalid):
        upload(anna, "kaputt.jpg", b"\xff\xd8\xff kaputt")
    session.commit()
    assert len(stored(town)) == 2


def test_files_go_after_their_rows_and_not_before(session, town, anna, upload, stored, mailbox):
    photo, paper = upload(anna), upload(anna, "Plan.pdf", traced.pdf())
    session.commit()
    service.detach(session, anna, [photo.id])
    assert len(stored(town)) == 3
    session.rollback()
    mailbox.deliver()
    assert len(stored(town)) == 3
    service.detach(session, anna, [photo.id])
    session.commit()
    mailbox.deliver()
    assert len(stored(town)) == 1
    assert session.scalars(select(Media.id)).all() == [paper.id]


def test_what_nobody_attached_goes_after_a_week(session, town, anna, upload, post, stored, mailbox):
    with clock.turned(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)):
        loose, kept = upload(anna), upload(anna)
        service.set_alt(session, anna, kept.id, "Die Treppe")
        service.attach(session, anna, [kept.id], post)
        clock.forward(dt.timedelta(days=7))
        young = upload(anna)
        storing.remove_loose(session)
        assert len(session.scalars(select(Media.id)).all()) == 3
        clock.forward(dt.timedelta(seconds=1))
        storing.remove_loose(session)
        session.commit()
    assert sorted(session.scalars(select(Media.id))) == [kept.id, young.id]
    assert loose.id not in (kept.id, young.id)
    mailbox.deliver()
    assert len(stored(town)) == 4


def test_too_many_uploads_are_too_many(session, anna, ben, monkeypatch):
    monkeypatch.setattr(storing, "MAX_LOOSE", 2)
    for _ in range(2):
        storing.store_upload(session, anna, "a.txt", io.BytesIO(b"Ein Satz."))
    with pytest.raises(TooMany):
        storing.store_upload(session, anna, "a.txt", io.BytesIO(b"Ein Satz."))
    storing.store_upload(session, ben, "a.txt", io.BytesIO(b"Ein Satz."))


def test_the_limit_of_a_day_counts_what_is_attached_too(session, anna, post, monkeypatch):
    monkeypatch.setattr(storing, "MAX_A_DAY", 1)
    with clock.turned(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)):
        paper = storing.store_upload(session, anna, "a.txt", io.BytesIO(b"Ein Satz."))
        service.attach(session, anna, [paper.id], post)
        with pytest.raises(TooMany):
            storing.store_upload(session, anna, "a.txt", io.BytesIO(b"Ein Satz."))
        clock.forward(dt.timedelta(days=1))
        storing.store_upload(session, anna, "a.txt", io.BytesIO(b"Ein Satz."))


def test_no_more_is_read_than_may_be_stored(session, anna):
    class Endless(io.BytesIO):
        read_bytes = 0

        def read(self, size=-1):
            self.read_bytes += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(Invalid) as refused:
        storing.store_upload(session, anna, "a.txt", stream)
    assert "10 MB" in refused.value.errors["files"]
    assert stream.read_bytes == storing.MAX_BYTES + 1
