"""The signed archive of a concluded forum: complete, closed in itself, readable by everybody."""

import io
import json
import re
import zipfile

import pytest
from click.testing import CliRunner

from baukasten.errors import Closed
from baukasten.tenants.files import files_of
from baukasten_forum import service
from baukasten_forum.commands import forum as command
from baukasten_forum.exporting import archive, parcel
from tests.forum.exporting.conftest import HIDDEN, RULE, WORDS
from tests.forum.exporting.looking import Links


@pytest.fixture
def packed(conclude, export):
    """The archive's files by name."""

    def make():
        conclude()
        with zipfile.ZipFile(io.BytesIO(export("forum.archive", "zip"))) as found:
            return {name: found.read(name) for name in found.namelist()}

    return make


def text_of(files, start):
    [name] = [name for name in files if name.startswith(start)]
    return files[name].decode()


def test_an_open_forum_has_no_archive(session, forum, furnished, export):
    assert archive.hindrance(session, forum) == "The archive can be made once the forum is concluded."
    with pytest.raises(Closed):
        export("forum.archive", "zip")


def test_it_holds_what_was_in_view(packed, furnished, picture):
    topic, first, _bad, _gone = furnished
    files = packed()
    page = text_of(files, f"topics/{topic.topic_id}-")
    assert re.findall(r'<article id="post-(\d+)"', page) == ["1", "2", "3", "4"]
    assert f"=1+1 ist <em>{WORDS}</em>" in page
    # A hidden post keeps its place with the reason; a hidden topic is not there at all.
    assert f'<h2>#3</h2><p class="small">Vom Moderationsteam ausgeblendet: {RULE}</p>' in page
    assert HIDDEN.encode() not in b"".join(files.values())
    assert files[f"media/{picture.id}.webp"] == b"RIFF picture"
    assert f'<img src="../media/{picture.id}.webp" alt="Der Kai bei Nacht" width="4" height="3"' in page
    # Quotations lead to their source inside of the archive, other links outside stay.
    assert f'href="../topics/{topic.topic_id}-treppe-ins-wasser.html#post-{first.number}"' in page
    assert 'href="https://town.example/"' in page
    lines = [json.loads(line) for line in files["posts.jsonl"].splitlines()]
    assert [(one["topic"], one["number"]) for one in lines] == [
        ("Treppe ins Wasser", 1), ("Treppe ins Wasser", 2), ("Treppe ins Wasser", 4), ("Was daraus wurde", 1),
    ]  # fmt: skip
    assert lines[0]["files"] == [f"media/{picture.id}.webp"]
    index = files["index.html"].decode()
    assert re.search(
        r'<strong>Was daraus wurde:</strong> <a href="topics/\d+-was-daraus-wurde.html#post-1"', index
    )


def test_it_is_closed_in_itself(packed, furnished, picture):
    files = packed()
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".html")}
    assert len(pages) == 3
    for name, page in pages.items():
        seen = Links(page)
        assert seen.scripts == []
        assert "style=" not in page
        for address in seen.addresses:
            if address != "https://town.example/":
                assert seen.leads_to(name, address, pages, files), (name, address)


def test_long_topics_have_several_pages(session, forum, furnished, ben, anna, packed, monkeypatch):
    monkeypatch.setattr(archive, "POSTS_A_PAGE", 2)
    topic = furnished[0]
    for number in range(3):
        service.reply(session, ben, forum, topic.topic_id, body=f"Nr. {number}", nonce=f"x{number}")
    session.commit()
    files = packed()
    name = f"topics/{topic.topic_id}-treppe-ins-wasser"
    pages = [files[f"{name}{leaf}.html"].decode() for leaf in ("", "-2", "-3", "-4")]
    assert [re.findall(r'<article id="post-(\d+)"', page) for page in pages] == [
        ["1", "2"], ["3", "4"], ["5", "6"], ["7"],
    ]  # fmt: skip
    ways = [re.findall(r'<a href="([^"/]+html)">(\w+ \w+)</a>', page) for page in pages]
    own = name.removeprefix("topics/")
    assert ways[0] == [(f"{own}-2.html", "Spätere Beiträge")]
    assert ways[1] == [(f"{own}.html", "Frühere Beiträge"), (f"{own}-3.html", "Spätere Beiträge")]
    assert ways[3] == [(f"{own}-3.html", "Frühere Beiträge")]


class House:
    """What the command asks of the installation."""

    def __init__(self, key):
        self.key = key

    def public_key(self):
        return self.key


def test_verify_names_the_changed_file(conclude, furnished, export, tmp_path, client):
    conclude()
    path = tmp_path / "archive.zip"
    path.write_bytes(export("forum.archive", "zip"))
    key = client.get("/api/v1/signing-key").get_json()["public_key"]
    done = CliRunner().invoke(command, ["verify", str(path)], obj=House(key))
    assert (done.exit_code, done.output) == (0, "8 files, all as they were signed\n")
    assert parcel.verify(path, key).problems == ()
    with zipfile.ZipFile(path) as found:
        entry = found.getinfo("posts.jsonl")
    broken = bytearray(path.read_bytes())
    broken[entry.header_offset + 30 + len(entry.filename) + 20] ^= 1
    path.write_bytes(broken)
    done = CliRunner().invoke(command, ["verify", str(path)], obj=House(key))
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == "posts.jsonl: changed"
    done = CliRunner().invoke(command, ["verify", str(path), "--key", "AAAA"])
    assert "is signed by somebody else" in done.output


def test_a_file_that_is_gone_ends_nothing(session, packed, furnished, picture):
    files_of(session).delete(picture.stored_as)
    files = packed()
    assert [name for name in files if name.startswith("media/")] == []
    assert "<img" not in text_of(files, f"topics/{furnished[0].topic_id}-")
