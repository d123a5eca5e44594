"""``baukasten mail receive`` speaks to postfix by its exit code alone, and says in one line why."""

import os
import subprocess
import sys

import pytest

from baukasten import config
from baukasten.mail.incoming import addresses

# A purpose of no installed plugin is unknown, a sender who is not the member is refused.
SIGNED = "secret-of-the-test"


@pytest.fixture
def receive(database_urls, tmp_path):
    """Hands a letter to the command and gives its exit code and its words."""

    def do(raw, *words, url=database_urls.app):
        environ = {
            **os.environ,
            "BAUKASTEN_DATA": str(tmp_path),
            "BAUKASTEN_SECRET_KEY": SIGNED,
            "BAUKASTEN_ANSWERS_TO": "towns",
            "BAUKASTEN_DATABASE_URL": url,
            "BAUKASTEN_OPERATOR_DATABASE_URL": database_urls.operator,
        }
        command = [sys.executable, "-m", "baukasten", "mail", "receive", *words]
        ended = subprocess.run(command, input=raw, env=environ, capture_output=True, check=False)
        return ended.returncode, ended.stderr.decode().strip()

    return do


def signed(purpose, town, member, target=1):
    return addresses.local_part(SIGNED, addresses.Signed(purpose, town.id, member, target)) + f"@{town.host}"


def test_each_end_has_its_code(receive, town):
    code, words = receive(
        b"From: a@b.example\n\nx\n", "--to", f"antwort@{town.host}", "--from", "a@b.example"
    )
    assert (code, words) == (65, "Unknown address / Unbekannte Adresse")
    unknown = signed("nobody", town, 1)
    assert receive(b"From: a@b.example\n\nx\n", "--to", unknown)[0] == 65
    gone = "postgresql://nobody@/nothing?host=/tmp/no-such-folder"
    code, words = receive(b"From: a@b.example\n\nx\n", "--to", unknown, url=gone)
    assert (code, words.endswith("try again later")) == (75, True)


def test_settings_are_read(monkeypatch, tmp_path):
    monkeypatch.setenv("BAUKASTEN_ANSWERS_TO", "Antwort.Rechenzentrum.example")
    monkeypatch.setenv("BAUKASTEN_AUTHSERV_ID", "mx.rechenzentrum.example")
    found = config.load(data_dir=tmp_path)
    assert found.answer_domain("a.example:8000") == "antwort.rechenzentrum.example"
    assert found.authserv_id == "mx.rechenzentrum.example"
    monkeypatch.setenv("BAUKASTEN_ANSWERS_TO", "towns")
    assert config.load(data_dir=tmp_path).answer_domain("a.example:8000") == "a.example"
