"""A list and a topic page of a forum on the corpus of its peers, beside the bare floor over the same rows."""

import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from baukasten.app import create_app, end
from baukasten.web.platform import EXTENSION
from baukasten.web.visitors import SESSION_COOKIE
from bench.aims import Aims
from bench.corpus import QUICK, Corpus, Size, fill
from bench.ground import Ground, Place, analyse, ground, open_place, say, sign_in
from bench.load import Figures, Server, serving

SECONDS, QUICK_SECONDS = 8.0, 1.0
ROUNDS, QUICK_ROUNDS = 3, 1
TURNS = 30
"""Topics that are asked for in turn: those of the list's first page."""
COLD, QUICK_COLD = 40, 8
KB = 1_000
# Each topic in turn; with a query that never repeats the page cache is passed by, as after each new post.
IN_TURN = """
local paths, n = {{ {paths} }}, 0
local unique = "?n=" .. tostring({{}}):sub(8) .. "-"
request = function()
  n = n + 1
  return wrk.format(nil, paths[n % #paths + 1]{query})
end
"""
PAST_THE_CACHE = " .. unique .. n"
Note = Callable[[str, Callable[[], Figures]], None]


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    aims = Aims()
    with ground() as base:
        say("filling a forum …")
        place = open_place(base, 1)
        corpus = fill(base, place, QUICK if quick else Size())
        cookie = f"{SESSION_COOKIE}={sign_in(base, place)}"
        analyse(base)
        report(aims, measure(base, place, corpus, cookie, quick=quick))
        with _inside(base) as app:
            _report_bytes(aims, app, place, corpus)
            _report_last_page(aims, app, place, corpus, QUICK_COLD if quick else COLD)
            _report_statements(aims, app, place, corpus, cookie)
    return aims.exit_code()


def measure(base: Ground, place: Place, corpus: Corpus, cookie: str, *, quick: bool) -> dict[str, Figures]:
    """Ask both servers for lists and topics, some rounds in turn; gives each page's median by CPU."""
    seconds, rounds = (QUICK_SECONDS, QUICK_ROUNDS) if quick else (SECONDS, ROUNDS)
    topics = corpus.usual[:TURNS]
    found: dict[str, list[Figures]] = {}

    def note(name: str, run: Callable[[], Figures]) -> None:
        figures = run()
        print(figures.line(name), flush=True)
        found.setdefault(name, []).append(figures)

    with (
        tempfile.TemporaryDirectory() as folder,
        serving("bench.floor:make_floor()", _floor_environ(base, place, topics[0].id)) as floor,
        serving("bench.house:make_house()", _house_environ(base)) as house,
    ):
        asked = {"list": [place.path], "topic": [topic.path for topic in topics]}
        bare = {"list": ["/list"], "topic": [f"/topic/{topic.id}" for topic in topics]}
        for _round in range(rounds):
            for page, paths in asked.items():
                plain, unique = (_script(Path(folder), paths, query) for query in ("", PAST_THE_CACHE))
                below = _script(Path(folder), bare[page], "")
                _compare(note, page, (floor, below), house, (plain, unique), (seconds, place.host, cookie))
    return {name: sorted(runs, key=lambda one: one.cpu)[len(runs) // 2] for name, runs in found.items()}


def _compare(
    note: Note,
    page: str,
    floor: tuple[Server, str],
    house: Server,
    scripts: tuple[str, str],
    how: tuple[float, str, str],
) -> None:
    """Measure one kind of page: the floor, kept, made anew, for a citizen."""
    (seconds, host, cookie), (plain, unique) = how, scripts
    note(f"floor {page}", lambda: floor[0].measure("/", seconds=seconds, script=floor[1]))
    note(f"cached {page}", lambda: house.measure("/", seconds=seconds, host=host, script=plain))
    note(f"uncached {page}", lambda: house.measure("/", seconds=seconds, host=host, script=unique))
    note(
        f"signed-in {page}",
        lambda: house.measure("/", seconds=seconds, host=host, script=plain, cookie=cookie),
    )


def report(aims: Aims, measured: dict[str, Figures]) -> None:
    """Print the ratios of CPU a request, the worse page of both."""
    pages = ("list", "topic")
    for name, wanted in (("uncached", 2.5), ("cached", 0.35), ("signed-in", 4.0)):
        ratios = {page: measured[f"{name} {page}"].cpu / measured[f"floor {page}"].cpu for page in pages}
        print(f"{name}: " + ", ".join(f"{page} {ratio:.2f} × floor" for page, ratio in ratios.items()))
        aims.at_most(f"forum-{name}", max(ratios.values()), wanted, " × floor")


def _report_bytes(aims: Aims, app: Flask, place: Place, corpus: Corpus) -> None:
    client = app.test_client(use_cookies=False)
    packed = [len(gzip.compress(_get(client, place, topic.path), 6)) for topic in corpus.usual[:TURNS]]
    print(f"bytes of {len(packed)} topic pages, packed: {min(packed)} to {max(packed)}")
    aims.at_most("forum-bytes", max(packed) / KB, 25, " KB")


def _report_last_page(aims: Aims, app: Flask, place: Place, corpus: Corpus, times: int) -> None:
    """Compare the time of the first and the last page of the longest topic, nothing kept, database included."""
    huge = corpus.huge
    paths = {"first": huge.path, "last": f"{huge.path}?nach={huge.posts - 50}"}
    platform, client = app.extensions[EXTENSION], app.test_client(use_cookies=False)
    spent: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(2 * times):
        name = ("first", "last")[number % 2]
        # As after a change in the town: nothing that was kept is true any more.
        platform.generations.forget(place.id)
        begun = time.perf_counter()
        _get(client, place, paths[name])
        spent[name].append(time.perf_counter() - begun)
    middle = {name: median(seconds) for name, seconds in spent.items()}
    print(", ".join(f"cold {name} page {seconds * 1000:.1f} ms" for name, seconds in middle.items()))
    aims.at_most("forum-last-page", middle["last"] / middle["first"], 1.1, " × first")


def _report_statements(aims: Aims, app: Flask, place: Place, corpus: Corpus, cookie: str) -> None:
    huge = corpus.huge
    paths = {
        "list": place.path,
        "topic": corpus.usual[0].path,
        "last page": f"{huge.path}?nach={huge.posts - 50}",
    }
    counts = {}
    for name, path in paths.items():
        for who, headers in (("guest", {}), ("citizen", {"Cookie": cookie})):
            counts[f"{name}, {who}"] = _statements(
                app, place, f"{path}{'&' if '?' in path else '?'}n=", headers
            )
    for name, number in counts.items():
        print(f"statements of {name}: {number}")
    aims.at_most("forum-statements", max(counts.values()), 6)


def _statements(app: Flask, place: Place, path: str, headers: dict[str, str]) -> int:
    """Count the statements of a page made anew, the one that sets the tenant included."""
    client, seen = app.test_client(use_cookies=False), list[str]()

    def hear(*call: object) -> None:
        seen.append(str(call[2]))

    for attempt in range(2):
        app.extensions[EXTENSION].generations.refresh()
        seen.clear()
        event.listen(Engine, "before_cursor_execute", hear)
        _get(client, place, f"{path}{len(headers)}-{attempt}", headers)
        event.remove(Engine, "before_cursor_execute", hear)
    return len(seen)


@contextmanager
def _inside(base: Ground) -> Iterator[Flask]:
    """Give the application in this very process, for what needs no load."""
    app = create_app(base.config, base.database)
    app.extensions[EXTENSION].generations.refresh()
    yield app
    end(app)


def _get(client: FlaskClient, place: Place, path: str, headers: dict[str, str] | None = None) -> bytes:
    answer = client.get(path, headers={"Host": place.host, **(headers or {})})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return answer.get_data()


def _script(folder: Path, paths: Sequence[str], query: str) -> str:
    path = Path(tempfile.mkstemp(dir=folder, suffix=".lua")[1])
    quoted = ", ".join(f'"{one}"' for one in paths)
    path.write_text(IN_TURN.format(paths=quoted, query=query), encoding="ascii")
    return str(path)


def _house_environ(base: Ground) -> dict[str, str]:
    return {
        "BENCH_APP_URL": base.urls.app,
        "BENCH_OPERATOR_URL": base.urls.operator,
        "BENCH_DATA": str(base.config.data_dir),
    }


def _floor_environ(base: Ground, place: Place, topic_id: int) -> dict[str, str]:
    return {
        "BENCH_URL": base.urls.owner,
        "BENCH_TENANT": str(place.id),
        "BENCH_MODULE": str(place.module_id),
        "BENCH_TOPIC": str(topic_id),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
