"""Dumps as files: every escape, every cut, and sentences that name table and line."""

import gzip
import io
from pathlib import Path

import pytest

from baukasten_forum.importing import copies, inserts, old_addresses, sources
from baukasten_forum.importing.rows import DumpError
from tests.forum.importing import dumps


def read(reader, data, wanted=None):
    return [
        (row.table, row.line, dict(zip(row.columns, row.values, strict=True)))
        for row in reader.rows(io.BytesIO(data), lambda table: wanted is None or table in wanted)
    ]


def test_copy_blocks_are_read_with_their_escapes():
    data = (
        b"SELECT 1;\nCOPY public.posts (id, raw) FROM stdin;\n1\ta\\tb\\nc\\\\d\\x41\\101\n2\t\\N\n\\.\n\n"
        b'COPY public."other" (id) FROM stdin;\n5\n\\.\nCOPY backup.topics (id, "user") FROM stdin;\n7\t\n\\.\n'
    )
    assert read(copies, data, {"posts", "topics"}) == [
        ("posts", 3, {"id": "1", "raw": "a\tb\nc\\dAA"}),
        ("posts", 4, {"id": "2", "raw": None}),
        ("topics", 11, {"id": "7", "user": ""}),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b"COPY posts (id, raw) FROM stdin;\n1\ta\n2\tb",
            "table posts, line 3: the file ends in the middle of a row",
        ),
        (
            b"COPY posts (id, raw) FROM stdin;\n1\ta\n",
            "table posts, line 2: the file ends in the middle of the table",
        ),
        (b"COPY posts (id, raw) FROM stdin;\n1\n\\.\n", "table posts, line 2: 1 cells instead of 2"),
        (
            b"COPY posts (id, raw) FROM stdin;\n1\ta\xff\n\\.\n",
            "table posts, line 2: this is not UTF-8 (byte 0xff); dump the database as UTF-8",
        ),
    ],
)
def test_a_damaged_copy_names_its_place(data, sentence):
    with pytest.raises(DumpError) as refused:
        read(copies, data)
    assert str(refused.value) == sentence


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(copies, "MAX_LINE", 64)
    with pytest.raises(DumpError, match="table posts, line 2: the line is longer than"):
        read(copies, b"COPY posts (id) FROM stdin;\n" + b"x" * 100 + b"\n\\.\n")


def test_inserts_are_read_with_their_escapes():
    data = rb"""-- a comment with 'quotes'
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `x_posts` (`post_id` int(8) NOT NULL DEFAULT '0', `post_text` text, KEY `post_id` (`post_id`));
INSERT INTO `x_posts` VALUES (1,'a\'b''c\\\n),('),(2,NULL),(-3,_binary 'd'),(4,0x65);
INSERT INTO x_other VALUES (1,'; INSERT');
INSERT IGNORE INTO `x_posts` (`post_text`, post_id) VALUES
  ('zwei
Zeilen', 5),
  ("an""ders", 6);
"""
    assert read(inserts, data, {"x_posts"}) == [
        ("x_posts", 4, {"post_id": "1", "post_text": "a'b'c\\\n),("}),
        ("x_posts", 4, {"post_id": "2", "post_text": None}),
        ("x_posts", 4, {"post_id": "-3", "post_text": "d"}),
        ("x_posts", 4, {"post_id": "4", "post_text": "e"}),
        ("x_posts", 7, {"post_text": "zwei\nZeilen", "post_id": "5"}),
        ("x_posts", 9, {"post_text": 'an"ders', "post_id": "6"}),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_pieces_of_any_size_give_the_same_rows(monkeypatch, size):
    data = dumps.phpbb(posts=[dumps.old_post(number, 1, 'it\'s \\ "so"\n/* -- # */') for number in range(5)])
    whole = read(inserts, data)
    monkeypatch.setattr(inserts, "PIECE", size)
    assert read(inserts, data) == whole
    assert len(whole) == 5
    assert whole[3][2]["post_text"] == 'it\'s \\ "so"\n/* -- # */'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b"INSERT INTO posts (a, b) VALUES (1,'x'),(2,'y",
            "table posts, line 1: the file ends in the middle of a statement",
        ),
        (
            b"INSERT INTO posts (a, b) VALUES (1,'x'),\n",
            "table posts, line 2: the file ends in the middle of a statement",
        ),
        (b"INSERT INTO posts (a, b) VALUES\n(1);", "table posts, line 2: 1 values instead of 2"),
        (b"INSERT INTO posts VALUES (1);", "table posts, line 1: 1 values instead of 0"),
        (
            b"INSERT INTO posts (a) VALUES\n('\xe4');",
            "table posts, line 2: this is not UTF-8 (byte 0xe4); dump the database as UTF-8",
        ),
    ],
)
def test_a_damaged_insert_names_its_place(data, sentence):
    with pytest.raises(DumpError) as refused:
        read(inserts, data)
    assert str(refused.value) == sentence


def test_every_cut_is_a_sentence_or_whole_rows():
    postgres, mysql = (
        dumps.discourse(posts=[dumps.post(1, 1, 1, "a")]),
        dumps.phpbb(posts=[dumps.old_post(1, 1, "a'b")]),
    )
    for reader, data in ((copies, postgres), (inserts, mysql)):
        for end in range(len(data)):
            try:
                found = read(reader, data[:end])
            except DumpError:
                continue
            assert len(found) <= 1


def test_files_are_told_apart_by_their_content(tmp_path):
    postgres, mysql = (
        dumps.discourse(posts=[dumps.post(1, 1, 1, "a")]),
        dumps.phpbb(posts=[dumps.old_post(1, 1, "a")]),
    )
    files = {
        "a": (postgres, "discourse"),
        "b": (gzip.compress(postgres), "discourse"),
        "c": (mysql, "phpbb"),
        "d": (gzip.compress(mysql), "phpbb"),
        "e": (b"external_id,title,body\n", "csv"),
    }
    for name, (data, kind) in files.items():
        (tmp_path / name).write_bytes(data)
        assert sources.guess(tmp_path / name) == kind
    assert sources.guess(dumps.backup(tmp_path / "f", postgres)) == "discourse"


def walked(path):
    texts: list[bytes] = []
    files: dict[str, object] = {}
    sources.walk(path, lambda stream: texts.append(stream.read()), files.__setitem__)
    return texts, files


@pytest.mark.parametrize("packed", [True, False])
def test_a_backup_gives_its_dump_and_its_uploads(tmp_path, packed):
    uploads = [
        ("uploads/default/original/1X/a.png", b"a"),
        ("./uploads/default/optimized/1X/a_2.png", b"b"),
        ("../uploads/../../x", b"c"),
    ]
    path = dumps.backup(tmp_path / "a.tar.gz", b"words", uploads, packed=packed)
    texts, files = walked(path)
    assert texts == [b"words"]
    assert files["uploads/default/original/1X/a.png"] == b"a"
    assert "uploads/default/optimized/1X/a_2.png" not in files


def test_damaged_and_foreign_archives_are_sentences(tmp_path):
    whole = dumps.backup(tmp_path / "a.tar.gz", b"w" * 50_000, [("uploads/x", bytes(range(256)) * 400)])
    cut = tmp_path / "b.tar.gz"
    cut.write_bytes(whole.read_bytes()[:900])
    with pytest.raises(DumpError, match="damaged or cut off"):
        walked(cut)
    packed = tmp_path / "c.sql.gz"
    packed.write_bytes(gzip.compress(bytes(range(256)) * 99)[:-9])
    with pytest.raises(DumpError, match=r"^the packed file is damaged or cut off; copy it anew$"):
        walked(packed)
    other = dumps.backup(tmp_path / "d.tar.gz", b"", [("readme", b"x")])
    other_name = Path(other)
    assert walked(other_name) == ([b""], {})


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("/t/kran-am-hafen/12/3?u=anna", "/t/12/3"),
        ("/t/kran-am-hafen/12", "/t/12/1"),
        ("/t/12/3", "/t/12/3"),
        ("/forum/t/12", "/t/12/1"),
        ("/p/77", "/p/77"),
        ("/p/77/5", "/p/77"),
        ("/viewtopic.php?p=77", "/viewtopic.php?p=77"),
        ("/phpbb/viewtopic.php?sid=abc&f=2&t=5&p=77", "/viewtopic.php?p=77"),
        ("/viewtopic.php?t=5", "/viewtopic.php?start=0&t=5"),
        ("/viewtopic.php?f=2&t=5&start=20", "/viewtopic.php?start=20&t=5"),
        ("/alt/seite.html", "/alt/seite.html"),
        ("/seite?b=2&a=1", "/seite?a=1&b=2"),
    ],
)
def test_old_addresses_have_one_way_of_writing(asked, stored):
    assert stored in old_addresses.candidates(asked)
