"""Parcels: whatever is changed in one is named."""

import datetime as dt
import io
import shutil
import zipfile

import pytest

from baukasten.seal import Seal
from baukasten_forum.exporting import parcel

MOMENT = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
FILES = {"index.html": b"<p>eins</p>" * 50, "media/1.webp": bytes(range(256)), "posts.jsonl": b'{"a": 1}\n'}


def packed(session, files):
    out = io.BytesIO()
    made = parcel.Parcel(out, MOMENT)
    for name, data in files.items():
        made.add(name, data)
    made.close(session)
    return out.getvalue()


@pytest.fixture
def genuine(session, tmp_path):
    path = tmp_path / "archive.zip"
    path.write_bytes(packed(session, FILES))
    return path


@pytest.fixture
def key(base_config):
    return Seal.of(base_config.secret_key).public_key


def rewrite(path, **changes):
    """Pack a parcel anew with files replaced, added or, by None, left out."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in changes.items()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in {**entries, **named}.items():
            if data is not None:
                new.writestr(name, data)


def test_a_parcel_is_as_it_was_made(genuine, key, session):
    assert parcel.verify(genuine, key) == parcel.Finding(key, 5, ())
    with zipfile.ZipFile(genuine) as archive:
        assert archive.namelist()[-2:] == ["HASHES", "HASHES.sig"]
        listing = archive.read("HASHES").decode()
    assert [line.split("  ")[1] for line in listing.splitlines()] == [
        "PUBLIC_KEY", "PUBLIC_KEY.pem", "index.html", "media/1.webp", "posts.jsonl",
    ]  # fmt: skip
    assert packed(session, FILES) == genuine.read_bytes()


def test_one_byte_in_any_file_is_found(genuine, key):
    whole = genuine.read_bytes()
    with zipfile.ZipFile(genuine) as archive:
        places = {one.filename: one.header_offset + 30 + len(one.filename) for one in archive.infolist()}
    for name, place in places.items():
        broken = bytearray(whole)
        broken[place + 3] ^= 1
        genuine.write_bytes(broken)
        problems = parcel.verify(genuine, key).problems
        assert problems, name
        if name not in ("HASHES", "HASHES.sig"):
            assert problems == (f"{name}: changed",)
        else:
            assert any("HASHES" in problem for problem in problems)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"index_dot_html": b"<p>zwei</p>"}, "index.html: changed"),
        ({"media__1_dot_webp": None}, "media/1.webp: missing"),
        ({"media__2_dot_webp": b"new"}, "media/2.webp: not in the list, so added later"),
        ({"HASHES_dot_sig": None}, "HASHES or HASHES.sig is missing"),
        ({"HASHES_dot_sig": b"x" * 64}, "HASHES: does not fit its signature: it was changed"),
    ],
)
def test_what_was_changed_is_named(genuine, key, changes, problem):
    rewrite(genuine, **changes)
    assert parcel.verify(genuine, key).problems == (problem,)


def test_somebody_elses_seal_is_not_ours(genuine, key, session, monkeypatch):
    """Whoever changes an archive can sign it again, but not as we do."""
    forger = Seal.of("another house")
    monkeypatch.setattr(parcel, "public_key", lambda _session: forger.public_key)
    monkeypatch.setattr(parcel, "sign", lambda _session, data: forger.sign(data))
    genuine.write_bytes(packed(session, {"index.html": b"lies"}))
    assert parcel.verify(genuine, key).problems == ("HASHES: is signed by somebody else",)
    assert parcel.verify(genuine, forger.public_key).problems == ()


def test_what_is_no_parcel(tmp_path, genuine, key):
    text = tmp_path / "text.zip"
    text.write_bytes(b"no zip")
    assert "no whole zip" in parcel.verify(text, key).problems[0]
    shutil.copy(genuine, text)
    with text.open("r+b") as file:
        file.truncate(300)
    assert "no whole zip" in parcel.verify(text, key).problems[0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_the_same_name_is_found(genuine, key):
    with zipfile.ZipFile(genuine, "a") as archive:
        archive.writestr("index.html", b"<p>lies</p>")
    assert parcel.verify(genuine, key).problems == ("index.html: there twice", "index.html: changed")


def test_a_name_goes_in_once():
    made = parcel.Parcel(io.BytesIO(), MOMENT)
    made.add("a", b"")
    for name in ("a", "HASHES", "HASHES.sig"):
        with pytest.raises(ValueError, match="already"):
            made.add(name, b"")
