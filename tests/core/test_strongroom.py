"""Secrets lie in files for one user alone, are on the disk before anybody relies on them, and go when destroyed."""

import dataclasses
import os
import stat
from pathlib import Path

import pytest

from baukasten.errors import Unavailable
from baukasten.sdk import strongroom
from baukasten.strongroom import FOLDER, TAG, Strongroom


@pytest.fixture
def room(tmp_path: Path) -> Strongroom:
    return Strongroom.of(tmp_path, 7)


def test_a_secret_is_read_as_it_was_kept_until_it_is_destroyed(room):
    assert room.names() == []
    room.keep("a1", b"secret of one")
    room.keep("b2", b"secret of two")
    assert (room.read("a1"), room.read("b2")) == (b"secret of one", b"secret of two")
    assert [name for name, _ in room.names()] == ["a1", "b2"]
    room.destroy("a1")
    room.destroy("a1")
    with pytest.raises(LookupError, match="no secret a1"):
        room.read("a1")
    assert [name for name, _ in room.names()] == ["b2"]


def test_towns_have_rooms_of_their_own(room, tmp_path):
    room.keep("a1", b"ours")
    other = Strongroom.of(tmp_path, 8)
    with pytest.raises(LookupError):
        other.read("a1")
    other.keep("a1", b"theirs")
    other.destroy("a1")
    assert room.read("a1") == b"ours"


def test_only_the_process_s_user_may_read_and_backups_are_asked_to_stay_away(room, tmp_path):
    before = os.umask(0)
    try:
        room.keep("a1", b"secret")
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (room.folder.parent, room.folder)}
    assert modes == {FOLDER: 0o700, "7": 0o700}
    assert stat.S_IMODE((room.folder / "a1").stat().st_mode) == 0o600
    tag = (tmp_path / FOLDER / TAG).read_bytes()
    # The first bytes are what backup programs look for (bford.info/cachedir).
    assert tag.startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../8/a1", "a/b", "A1", "a\0", "-a", "ä", "a" * 129, "a1\n", ".a"]
)
def test_a_name_leads_nowhere_else(room, name):
    for call in (lambda: room.keep(name, b""), lambda: room.read(name), lambda: room.destroy(name)):
        with pytest.raises(ValueError, match="no name for a secret"):
            call()
    assert room.names() == []


def test_a_name_in_use_is_not_written_over(room):
    room.keep("a1", b"first")
    with pytest.raises(FileExistsError):
        room.keep("a1", b"second")
    assert room.read("a1") == b"first"


def test_a_link_in_the_way_is_not_followed(room, tmp_path):
    room.keep("a1", b"secret")
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (room.folder / "b2").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        room.destroy("b2")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_file_and_folder_are_synced_before_anybody_relies_on_them(room, monkeypatch):
    """What is synced is read off the handles, in the order of the calls."""
    synced, real = [], os.fsync

    def noting(handle: int) -> None:
        synced.append((Path(f"/proc/self/fd/{handle}").readlink(), os.fstat(handle).st_size))
        real(handle)

    monkeypatch.setattr(os, "fsync", noting)
    room.keep("a1", b"secret")
    assert [path for path, _ in synced] == [
        room.folder.parents[1],
        room.folder.parent,
        room.folder / "a1",
        room.folder,
    ]
    assert synced[2][1] == 6
    del synced[:]
    room.destroy("a1")
    assert [path for path, _ in synced] == [room.folder / "a1", room.folder]


def test_a_destroyed_secret_is_overwritten_where_it_lay(room):
    room.keep("a1", b"a secret of some length")
    with (room.folder / "a1").open("rb") as still_open:
        room.destroy("a1")
        left = still_open.read()
    assert (len(left), left == b"a secret of some length") == (23, False)


def test_nothing_lies_there_where_the_disk_refused(room, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    room.keep("a1", b"first")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        room.keep("b2", b"second")
    assert [name for name, _ in room.names()] == ["a1"]


def test_a_plugin_reaches_its_town_s_room_alone(session, other_town, database, contract):
    strongroom(session).keep("forum-a1", b"secret")
    assert Strongroom.of(contract.data_dir, session.tenant_id).read("forum-a1") == b"secret"
    with database.session(other_town.id) as other:
        assert strongroom(other).names() == []
    strongroom(session).destroy("forum-a1")


def test_without_a_town_or_a_data_folder_there_is_no_room(session, database):
    with database.session(None) as nobody, pytest.raises(LookupError, match="no town is set"):
        strongroom(nobody)
    session.contract = dataclasses.replace(session.contract, data_dir=None)
    with pytest.raises(Unavailable, match="keeps no files"):
        strongroom(session)
