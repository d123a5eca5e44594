"""The demo's folder: never somebody else's, never used twice, its accounts for its user's eyes alone."""

import stat

import pytest

from baukasten.config import ConfigError
from baukasten.demo import folder
from baukasten.demo.folder import Account

ACCOUNTS = [
    Account("citizen", "Kranichsiel", "Bente", "bente@kranichsiel.example", "http://kranichsiel.localhost")
]


def test_the_accounts_are_made_once_and_readable_by_their_user_alone(tmp_path, kept):
    first = folder.keys(tmp_path, ACCOUNTS)
    assert stat.S_IMODE((tmp_path / folder.ACCOUNTS).stat().st_mode) == 0o600
    assert folder.keys(tmp_path, []) == first
    assert kept()["password"] == first.password
    assert first.accounts == tuple(ACCOUNTS)


def test_every_installation_has_its_own_password(tmp_path):
    made = {folder.password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(password) == 19 and password.count("-") == 3 for password in made)


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds diary\.txt"):
        folder.claim(tmp_path)
    with pytest.raises(ConfigError, match="nothing in it was deleted"):
        folder.clear(tmp_path)
    assert (tmp_path / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_a_demo_is_cleared_whole(tmp_path):
    folder.claim(tmp_path)
    folder.keys(tmp_path, ACCOUNTS)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("letter", encoding="utf-8")
    folder.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    folder.clear(tmp_path)
    folder.claim(tmp_path)


def test_two_demos_do_not_share_a_folder(tmp_path):
    with folder.held(tmp_path), pytest.raises(ConfigError, match="already runs"), folder.held(tmp_path):
        pass
    with folder.held(tmp_path):
        pass
