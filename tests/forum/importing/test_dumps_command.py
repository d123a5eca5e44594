"""``baukasten forum import`` with another forum's dump: dry run, sentences for damage, kills, and its pace."""

import sys
import time

import pytest
from sqlalchemy import func, select

from baukasten_forum.importing import discourse, order, storing
from baukasten_forum.importing.staging import staging
from baukasten_forum.models import Permalink, Post, Topic
from tests.forum.importing import dumps
from tests.forum.importing.test_tables_command import kill, said


def forum_of(topics, replies):
    """A dump of so many topics, each with replies of which some quote."""
    rows, number = [], 0
    for topic_id in range(1, topics + 1):
        for place in range(1, replies + 2):
            number += 1
            quote = (
                f'[quote="anna, post:{place - 1}, topic:{topic_id}"]\nWort\n[/quote]\n\n'
                if place % 5 == 0
                else ""
            )
            rows.append(
                dumps.post(number, topic_id, place, f"{quote}Wort **{number}** zum Hafen.\n\n- eins\n- zwei")
            )
    return dumps.discourse(
        topics=[dumps.topic(number, f"Thema {number}") for number in range(1, topics + 1)],
        posts=rows,
        users=[{"id": 1, "username": "anna"}],
    )


def there(database, town):
    """The posts that are stored, by the names they had, with their numbers."""
    with database.session(town.id) as session:
        rows = session.execute(select(Post.external_id, Post.number)).all()
        assert len(rows) == len(set(rows))
        return dict(rows)


def test_a_dry_run_says_all_and_writes_nothing(command, forum, database, town, tmp_path):
    path = tmp_path / "dump.sql"
    path.write_bytes(forum_of(2, 4))
    lines = [
        f"reading dump.sql as a dump of discourse for {town.name}, Ideen-Forum",
        "0 categories, 2 topics, 10 posts, 0 files, 1 names of people",
        "10 would be new, 0 already there; nothing was written",
    ]
    assert said(command(path, "--dry-run")) == (0, lines, [])
    assert there(database, town) == {}
    lines = [lines[0], "4 of 10", "8 of 10", "10 of 10", lines[1], "10 new, 0 already there, 0 files"]
    assert said(command(path, "--batch", "4")) == (0, lines, [])
    whole = there(database, town)
    assert len(whole) == 10
    code, again, _errors = said(command(path, "--from", "discourse"))
    assert (code, again[-1]) == (0, "0 new, 10 already there, 0 files")
    assert there(database, town) == whole
    code, last, _errors = said(command(path, "--dry-run"))
    assert last[-1] == "0 would be new, 10 already there; nothing was written"


def test_a_damaged_file_is_one_sentence(command, forum, database, town, tmp_path):
    path = tmp_path / "dump.sql"
    path.write_bytes(forum_of(2, 4)[:600])
    code, lines, errors = said(command(path))
    assert (code, len(lines), len(errors)) == (1, 1, 1)
    assert errors[0].startswith("baukasten: table posts, line ")
    path.write_bytes(b"INSERT INTO phpbb_posts (post_id) VALUES (1),(2")
    _code, _lines, errors = said(command(path))
    assert errors == ["baukasten: table phpbb_posts, line 1: the file ends in the middle of a statement"]
    assert there(database, town) == {}


def test_a_killed_import_goes_on_where_it_was(command, forum, database, town, tmp_path):
    path = tmp_path / "dump.sql"
    path.write_bytes(forum_of(10, 5))
    process = command(path, "--batch", "4")
    for _line in range(5):
        line = process.stdout.readline()
    acknowledged = int(line.split()[0])
    assert kill(process), "nothing was under way"
    assert acknowledged <= len(there(database, town)) < 60
    code, lines, _errors = said(command(path, "--batch", "50"))
    assert code == 0
    assert int(lines[-1].split()[0]) + int(lines[-1].split(", ")[1].split()[0]) == 60
    found = there(database, town)
    assert found == {f"discourse:post:{number}": (number - 1) % 6 + 1 for number in range(1, 61)}
    with database.session(town.id) as session:
        counted = set(session.execute(select(Topic.replies, Topic.last_number, Topic.next_number)))
        assert counted == {(5, 6, 7)}
        assert session.scalar(select(func.count()).select_from(Permalink)) == 120


@pytest.mark.soak
def test_twenty_thousand_posts_at_a_decent_pace(session, forum, tmp_path, capsys):
    path = tmp_path / "dump.sql"
    path.write_bytes(forum_of(400, 49))
    begin = time.monotonic()
    with staging() as made:
        discourse.sort(made, path, None)
        order.finish(made)
        sorted_in = time.monotonic() - begin
        *_, progress = storing.take_over(session, forum, made, discourse, "discourse")
    lasted = time.monotonic() - begin
    with capsys.disabled():
        pace = 20_000 / (lasted - sorted_in)
        sys.stdout.write(f"\n20,000 posts: sorted in {sorted_in:.1f} s, stored at {pace:.0f} posts/s\n")
    assert progress.new == 20_000
    assert session.scalar(select(func.count()).select_from(Post)) == 20_000
