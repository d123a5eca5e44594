"""``baukasten forum import``: what it says, and that a kill loses and doubles nothing."""

import contextlib
import random
import signal
import time
from collections import Counter

import pytest
from sqlalchemy import select

from baukasten_forum.models import Post, Topic


@pytest.fixture
def table(tmp_path):
    """Writes a table of so many contributions."""

    def write(count, *more):
        path = tmp_path / "beitraege.csv"
        rows = [
            f'A{number},Beitrag {number},"Text **{number}**, mit Wort",https://a.example/{number}'
            for number in range(count)
        ]
        path.write_text("\n".join(["external_id,title,body,source_url", *rows, *more]) + "\n")
        return path

    return write


def stored(database, town):
    """The names of what is there, each with its number of texts."""
    with database.session(town.id) as session:
        query = select(Topic.external_id).join(Post, Post.topic_id == Topic.id)
        return Counter(session.scalars(query))


def said(process):
    out, error = process.communicate(timeout=60)
    return process.returncode, out.splitlines(), error.splitlines()


def test_it_says_how_far_it_is_and_what_it_could_not_take(command, table, forum, database, town):
    path = table(25, "A25,,,", "A26,Kran,Text,title", ",ohne,Namen,")
    assert said(command(path, "--batch", "10")) == (
        0,
        [
            f"28 rows for {town.name}, Ideen-Forum",
            "10 of 28",
            "20 of 28",
            "28 of 28",
            "line 28 (A26): its source is no web address: title",
            "26 new, 0 already there, 2 refused, 1 without a web address",
        ],
        ["line 27 (A25): it has neither title nor body", "line 29: it has no external_id"],
    )
    assert sum(stored(database, town).values()) == 26
    code, lines, _errors = said(command(path))
    assert (code, lines[-1]) == (0, "0 new, 26 already there, 2 refused, 1 without a web address")
    assert sum(stored(database, town).values()) == 26


@pytest.mark.parametrize(
    ("place", "slug", "sentence"),
    [
        (
            "torfhafen/ideen",
            "",
            "baukasten: There is no module torfhafen/ideen. Forums there: torfhafen/forum.",
        ),
        ("torfhafen/forum", "nirgends", "baukasten: There is no town with this short name."),
    ],
)
def test_a_wrong_place_is_one_sentence(command, table, forum, town, place, slug, sentence):
    code, lines, errors = said(command(table(1), place=place, slug=slug or town.slug))
    assert (code, lines, errors) == (1, [], [sentence])


def test_a_wrong_file_is_one_sentence(command, tmp_path, forum):
    path = tmp_path / "falsch.csv"
    path.write_text("a,b\n")
    code, lines, errors = said(command(path))
    assert (code, lines, len(errors)) == (1, [], 1)
    assert errors[0].startswith("baukasten: falsch.csv lacks the columns external_id, title, body;")


def kill(process):
    """End the process at once; tells whether it was at work."""
    at_work = process.poll() is None
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return at_work


def test_a_killed_import_goes_on_where_it_was(command, table, forum, database, town):
    path, acknowledged = table(60), 0
    for _ in range(3):
        process = command(path, "--batch", "4")
        for _line in range(4):
            line = process.stdout.readline()
        acknowledged = int(line.split()[0])
        assert kill(process), "nothing was under way"
        there = stored(database, town)
        assert set(there.values()) == {1}
        assert acknowledged <= sum(there.values()) < 60
    code, lines, _errors = said(command(path, "--batch", "50"))
    assert code == 0
    assert stored(database, town) == Counter(f"A{number}" for number in range(60))
    new, present = (int(part.split()[0]) for part in lines[-1].split(", ")[:2])
    assert new + present == 60
    assert present >= acknowledged


@pytest.mark.soak
def test_ten_kills_at_random_moments(command, table, forum, database, town):
    path, rows, kills, chance = table(4_000), 4_000, 0, random.Random()  # noqa: S311 - moments, not secrets
    acknowledged = 0
    while kills < 10:
        process = command(path, "--batch", "20")
        process.stdout.readline()
        time.sleep(chance.uniform(0.05, 1.0))
        at_work = kill_and_read(process)
        assert at_work is not None, "nothing was under way"
        kills += 1
        there = stored(database, town)
        assert max(there.values(), default=1) == 1
        assert at_work <= sum(there.values())
        assert sum(there.values()) >= acknowledged
        acknowledged = sum(there.values())
    code, _lines, _errors = said(command(path))
    assert code == 0
    assert stored(database, town) == Counter(f"A{number}" for number in range(rows))


def kill_and_read(process):
    """End the process at once; gives how many rows it had said are done, or nothing when it was over already."""
    if process.poll() is not None:
        return None
    process.send_signal(signal.SIGKILL)
    out, _error = process.communicate()
    if process.returncode != -signal.SIGKILL:
        return None
    done = [int(line.split()[0]) for line in out.splitlines() if " of " in line]
    return done[-1] if done else 0
