"""List and topic page for guests and citizens, beside two floors under the same server in the same run."""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, event

from baukasten.app import create_app, end
from baukasten.web.visitors import SESSION_COOKIE
from bench.aims import Aims
from bench.ground import Ground, Town, analyse, ground, open_town, say, sign_in
from bench.load import UNIQUE, Figures, Server, serving

TOPICS = 1_000
SECONDS, QUICK_SECONDS = 8.0, 1.0
ROUNDS, QUICK_ROUNDS = 3, 1


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    aims = Aims()
    with ground() as base:
        say("filling a town …")
        town = open_town(base, 1, topics=TOPICS)
        cookie = f"{SESSION_COOKIE}={sign_in(base, town)}"
        analyse(base)
        measured = measure(base, town, cookie, quick=quick)
        report(aims, measured)
        counts = count_statements(base, town, cookie)
    for name, number in counts.items():
        print(f"statements of {name}: {number}")
    aims.at_most("page-statements", max(counts.values()), 6)
    return aims.exit_code()


def measure(base: Ground, town: Town, cookie: str, *, quick: bool) -> dict[str, Figures]:
    """Run all pages under all servers, some rounds in turn, and keep each page's median by CPU."""
    seconds, rounds = (QUICK_SECONDS, QUICK_ROUNDS) if quick else (SECONDS, ROUNDS)
    script = Path(tempfile.mkstemp(suffix=".lua")[1])
    script.write_text(UNIQUE, encoding="ascii")
    house_env = {
        "BENCH_APP_URL": base.urls.app,
        "BENCH_OPERATOR_URL": base.urls.operator,
        "BENCH_DATA": str(base.config.data_dir),
    }
    floor_env = {
        "BENCH_URL": base.urls.owner,
        "BENCH_TENANT": str(town.id),
        "BENCH_MODULE": str(town.module_id),
        "BENCH_TOPIC": str(town.topic_id),
    }
    found: dict[str, list[Figures]] = {}

    def note(name: str, run: Callable[[], Figures]) -> None:
        figures = run()
        print(figures.line(name), flush=True)
        found.setdefault(name, []).append(figures)

    with (
        serving("bench.floor:hello", {}) as hello,
        serving("bench.floor:make_floor()", floor_env) as floor,
        serving("bench.house:make_house()", house_env) as house,
    ):
        for _round in range(rounds):
            note("hello", lambda: hello.measure("/", seconds=seconds))
            for page, path in (("list", town.list_path), ("topic", town.topic_path)):
                note(f"floor {page}", partial(floor.measure, f"/{page}", seconds=seconds))
                _pages(house, note, page, path, town, cookie, str(script), seconds)
    script.unlink()
    return {name: sorted(runs, key=lambda one: one.cpu)[len(runs) // 2] for name, runs in found.items()}


def _pages(
    house: Server,
    note: Callable[[str, Callable[[], Figures]], None],
    page: str,
    path: str,
    town: Town,
    cookie: str,
    script: str,
    seconds: float,
) -> None:
    note(f"cached {page}", lambda: house.measure(path, seconds=seconds, host=town.host))
    note(f"uncached {page}", lambda: house.measure(path, seconds=seconds, host=town.host, script=script))
    note(f"signed-in {page}", lambda: house.measure(path, seconds=seconds, host=town.host, cookie=cookie))


def report(aims: Aims, measured: dict[str, Figures]) -> None:
    """Print the ratios of CPU a request, the worse page of both."""
    hello = measured["hello"].cpu
    pages = ("list", "topic")
    aims.at_most("page-cached", max(measured[f"cached {page}"].cpu / hello for page in pages), 2, " × hello")
    for name, wanted in (("uncached", 3.0), ("signed-in", 4.5)):
        ratios = {page: measured[f"{name} {page}"].cpu / measured[f"floor {page}"].cpu for page in pages}
        print(f"{name}: " + ", ".join(f"{page} {ratio:.2f} × floor" for page, ratio in ratios.items()))
        aims.at_most(f"page-{name}", max(ratios.values()), wanted, " × floor")


def count_statements(base: Ground, town: Town, cookie: str) -> dict[str, int]:
    """Count the statements of each page, the one that sets the tenant included."""
    app = create_app(base.config, base.database)
    platform = app.extensions["baukasten"]
    seen: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    counts = {}
    for name, path in (("list", town.list_path), ("topic", town.topic_path)):
        for who, headers in (("guest", {}), ("citizen", {"Cookie": cookie})):
            client = app.test_client(use_cookies=False)
            for attempt in range(2):
                platform.generations.refresh()
                seen.clear()
                answer = client.get(f"{path}?n={who}{attempt}", headers={"Host": town.host, **headers})
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} answered {answer.status_code}")
            counts[f"{name}, {who}"] = len(seen)
    end(app)
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
