"""A town's files lie apart from other towns', are whole or not there, and a plugin may keep them elsewhere."""

import dataclasses
import io
import types

import pytest

from baukasten.errors import NotFound, Unavailable
from baukasten.plugin import Manifest, hookimpl
from baukasten.plugin import registry as registries
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin, discover
from baukasten.plugin.manager import PluginManager
from baukasten.rooms import HOOKS
from baukasten.tenants import files, plugins


def test_a_file_comes_back_as_it_was_and_goes_for_good(session):
    store, name = files.files_of(session), files.new_name("webp")
    store.write(name, b"\0\xffBild")
    assert store.read(name) == b"\0\xffBild"
    store.write(name, io.BytesIO(b"anders"))
    assert store.read(name) == b"anders"
    store.delete(name)
    store.delete(name)
    with pytest.raises(NotFound):
        store.read(name)


def test_another_town_finds_nothing_under_the_same_name(database, session, other_town):
    name = files.new_name("webp")
    files.files_of(session).write(name, b"hier")
    with database.session(other_town.id) as there, pytest.raises(NotFound):
        files.files_of(there).read(name)


def test_names_lead_nowhere_else(session, base_config):
    store = files.files_of(session)
    for name in ("../secret", "..", "a/b", "/etc/hostname", "", "secret\0.txt", ".hidden", "x" * 200):
        with pytest.raises(NotFound):
            store.read(name)
        with pytest.raises(NotFound):
            store.write(name, b"x")
    assert not (base_config.data_dir / "files" / "secret").exists()


def test_made_names_differ_and_can_be_stored():
    names = {files.new_name("pdf") for _ in range(100)}
    assert len(names) == 100
    assert all(files.NAME.fullmatch(name) for name in names)


@pytest.fixture
def folder(tmp_path):
    return files.FolderStorage(tmp_path / "7")


def test_a_write_that_fails_leaves_nothing(folder, monkeypatch):
    store, name = folder, files.new_name("webp")
    monkeypatch.setattr("os.fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(Unavailable):
        store.write(name, b"halb")
    with pytest.raises(NotFound):
        store.read(name)
    assert [path.name for path in store.folder.rglob("*") if path.name.endswith(".part")] == []


def test_files_are_for_the_processes_user_alone(folder):
    store, name = folder, files.new_name("webp")
    store.write(name, b"x")
    assert (store.folder / name[:2] / name).stat().st_mode & 0o777 == 0o600


class Shelf(dict[str, bytes]):
    """A store in memory, as a plugin might bring one."""

    write, read, delete = dict.__setitem__, dict.__getitem__, dict.pop


@pytest.fixture
def shelved(database, town):
    shelves: dict[str, Shelf] = {}

    @hookimpl
    def open_storage(tenant):
        return shelves.setdefault(tenant.slug, Shelf())

    module = types.ModuleType("shelf")
    vars(module).update(
        manifest=Manifest(name="shelf", title="Shelf", version="1", core=">=0"), open_storage=open_storage
    )
    manager = PluginManager([*discover(), Plugin.of(module)], HOOKS)
    return dataclasses.replace(database, contract=Contract(manager, registries.build(manager))), shelves


def test_a_plugins_store_is_asked_first_and_only_where_it_works(shelved, town):
    opened, shelves = shelved
    with opened.session(town.id) as session, pytest.raises(Unavailable):
        files.files_of(session)
    with opened.operator_session() as session:
        plugins.grant(session, town.id, "shelf")
        session.commit()
    with opened.session(town.id) as session:
        plugins.switch_on(session, town, "shelf")
        files.files_of(session).write("abcdefgh.pdf", b"x")
    assert shelves == {town.slug: {"abcdefgh.pdf": b"x"}}
