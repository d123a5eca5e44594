"""Strangers' files are unpacked in a process that dies alone."""

import contextlib
import io
import os
import subprocess
import sys

import pytest

from baukasten.content import apart, cell, papers, pictures
from baukasten.errors import Invalid
from baukasten.web import i18n
from tests.core.content import test_papers, test_pictures, traced


def test_what_comes_back_is_what_was_made_there():
    source = traced.jpeg()
    assert apart.rework(source) == pictures.rework(source)
    assert apart.clean(b"a;b\n", is_table=True) == papers.clean(b"a;b\n", is_table=True)
    paper = apart.clean(traced.pdf())
    assert paper.suffix == "pdf"
    assert traced.left(paper.data) == []


def test_refusals_come_back_in_the_readers_language(app):
    for speak, words in (("en", "We take pictures"), ("de", "Wir nehmen Bilder")):
        with i18n.speaking(i18n.translator(speak)), pytest.raises(Invalid) as refused:
            apart.rework(test_pictures.SVG)
        assert words in refused.value.errors["files"]


@contextlib.contextmanager
def taking_little():
    """Allow a block two seconds of the processor, its children's included."""
    begun = os.times()
    yield
    assert sum(os.times()[:4]) - sum(begun[:4]) < 2


@pytest.mark.parametrize("make", [lambda: test_pictures.png_bomb(60_000, 60_000), test_pictures.scans])
def test_bombs_are_refused_within_two_seconds_all_told(make):
    data = make()
    with taking_little(), pytest.raises(Invalid):
        apart.rework(data)


def test_a_bomb_in_a_pdf_is_refused_within_two_seconds():
    data = test_papers.bomb()
    with taking_little(), pytest.raises(Invalid):
        apart.clean(data)


def test_a_process_that_runs_out_of_memory_or_time_is_a_refusal(monkeypatch):
    monkeypatch.setattr(cell, "SECONDS", 0.01)
    with pytest.raises(Invalid) as refused:
        apart.rework(traced.jpeg())
    assert "could not read this file" in refused.value.errors["files"]


def test_the_process_knows_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("BAUKASTEN_SECRET_KEY", "only-for-tests")
    seen = {}

    def run(command, **options):
        seen.update(options["env"])
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(Invalid):
        apart.rework(traced.jpeg())
    assert set(seen) == {"PYTHONPATH", "PYTHONUTF8", "MALLOC_ARENA_MAX"}


LOOP = """
from gevent import monkey; monkey.patch_all()
import sys, gevent
from baukasten.content import apart
photo, ticks, sizes = sys.stdin.buffer.read(), [0, 0], []
def tick():
    while len(sizes) < 5:
        gevent.sleep(0.01)
        ticks[bool(sizes)] += 1
def work():
    sizes.append(apart.rework(photo).width)
gevent.joinall([gevent.spawn(tick), *(gevent.spawn(work) for _ in range(5))], raise_error=True)
print(sizes, min(ticks) > 10)
"""


def test_where_one_loop_answers_all_it_goes_on_meanwhile():
    """The demo is such a process; more work than may be done at once waits and locks nobody."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", LOOP]
    done = subprocess.run(
        command, input=traced.jpeg(), capture_output=True, env=environ, check=False, timeout=120
    )
    assert done.stdout.decode().strip() == "[640, 640, 640, 640, 640] True", done.stderr.decode()[-500:]


def test_memory_is_bounded(tmp_path):
    """A child of ours with the same bounds may not take more than they say."""
    script = "from baukasten.content import cell; cell._bound(); bytes(2 * cell.MEMORY)"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environ, check=False)
    assert done.returncode == 1
    assert b"MemoryError" in done.stderr


def test_answers_are_whole():
    out = io.BytesIO()
    cell._pack(out, {"width": 3}, (b"", b"\0\1"))
    out.seek(0)
    assert cell.unpack(out) == ({"width": 3}, [b"", b"\0\1"])
