"""Virtual respondents with codes and sealed answers, beside a bare hello and a bare insert of the same JSON."""

import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask, request
from sqlalchemy import create_engine, text

from baukasten_survey.models import Admission, Sealed
from bench.aims import Aims
from bench.ground import Ground, analyse, ground, say
from bench.load import Server, serving
from bench.survey_town import PAGES, Poll, answers_of, open_poll
from bench.survey_walkers import Pace, Walker

CROWD, QUICK_CROWD = 200, 20
"""Respondents of the count by CPU."""
STEADY, QUICK_STEADY = 750, 40
"""Respondents of the steady pace: thirty seconds at 200 pages a second."""
HELLOS = 1000
"""The kernel counts CPU in hundredths of a second, so a short answer is asked for many times."""
PAGES_A_SECOND = 200
WORKERS = 2
INSERT = text("INSERT INTO bench_answer (answers) VALUES (CAST(:answers AS jsonb))")
MILLI = 1000


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    crowd, steady = (QUICK_CROWD, QUICK_STEADY) if quick else (CROWD, STEADY)
    aims = Aims()
    with ground() as base:
        say("handing out codes …")
        poll = open_poll(base, 1, crowd + steady)
        _make_bare_table(base)
        analyse(base)
        with (
            serving("bench.floor:hello", {}) as hello,
            serving("bench.survey:make_bare()", {"BENCH_URL": base.urls.owner}) as bare,
            serving("bench.house:make_house()", _environ(base)) as house,
        ):
            print(hello.measure("/", seconds=1 if quick else 5).line("hello under wrk"))
            greeting = _greet(hello, HELLOS)
            turned_away = _turned_away(house, poll, HELLOS)
            page, submit = _count(house, poll, poll.codes[:crowd])
            insert = _insert(bare, crowd * PAGES)
        aims.at_most("survey-page-vs-hello", page / greeting, 8, " × hello")
        aims.at_most("survey-submit-vs-page", submit / page, 3, " × page")
        print(
            f"CPU: hello {greeting * MILLI:.2f} ms, a post that the platform turns away {turned_away * MILLI:.2f} ms, "
            f"page {page * MILLI:.2f} ms, sending {submit * MILLI:.2f} ms, bare insert {insert * MILLI:.2f} ms"
        )
        with serving("bench.house:make_house()", _environ(base), WORKERS) as house:
            pace = _steady(house, poll, poll.codes[crowd:])
        _check(base, poll, crowd + steady)
        aims.below("survey-p95", pace.share(0.95) * MILLI, 50, " ms")
    return aims.exit_code()


def _environ(base: Ground) -> dict[str, str]:
    return {
        "BENCH_APP_URL": base.urls.app,
        "BENCH_OPERATOR_URL": base.urls.operator,
        "BENCH_DATA": str(base.config.data_dir),
    }


def _walkers(house: Server, poll: Poll, codes: Sequence[str]) -> list[Walker]:
    place = poll.place
    return [Walker(house.port, place.host, place.path, code, at) for at, code in enumerate(codes)]


def _greet(hello: Server, count: int) -> float:
    """Give the seconds of CPU of a hello, asked as the pages are: by the same client, one after the other."""
    walker = Walker(hello.port, "localhost", "/", "", 0)
    return _cost(hello, [walker.greet] * count) / count


def _turned_away(house: Server, poll: Poll, count: int) -> float:
    """Give the seconds of CPU of a page from somebody who has not begun: all that the platform does, and no answer."""
    (walker,) = _walkers(house, poll, poll.codes[:1])
    walker.knock()
    return _cost(house, [walker.knock] * count) / count


def _count(house: Server, poll: Poll, codes: Sequence[str]) -> tuple[float, float]:
    """Give the seconds of CPU that the server takes for a middle page and for the last sending."""
    walkers = _walkers(house, poll, codes)
    for walker in walkers:
        walker.begin()
        walker.send()
    middle = PAGES - 2
    steps = [walker.send for walker in walkers for _page in range(middle)]
    page = _cost(house, steps) / len(steps)
    for walker in walkers:
        walker.send()
        walker.look()
    submit = _cost(house, [walker.finish for walker in walkers]) / len(walkers)
    return page, submit


def _cost(server: Server, steps: Sequence[Callable[[], None]]) -> float:
    before = server.cpu()
    for step in steps:
        step()
    return server.cpu() - before


def _steady(house: Server, poll: Poll, codes: Sequence[str]) -> Pace:
    """Send pages at a steady pace, then everything; says how long they took."""
    walkers = _walkers(house, poll, codes)
    for walker in walkers:
        walker.begin()
    pace = Pace(PAGES_A_SECOND)
    pace.run(walkers)
    if pace.failed:
        raise RuntimeError(f"{len(pace.failed)} pages failed, such as: {pace.failed[0]}")
    for walker in walkers:
        walker.look()
        walker.finish()
    done = len(pace.waits) / pace.seconds
    waits = ", ".join(f"p{round(part * 100)} {pace.share(part) * MILLI:.1f} ms" for part in (0.5, 0.95, 0.99))
    print(f"steady: {done:.0f} pages a second, {waits}, {done / PAGES * 3600:,.0f} complete answers an hour")
    return pace


def _check(base: Ground, poll: Poll, wanted: int) -> None:
    """Make sure that each answer was taken, once."""
    with base.database.session(poll.place.id) as session:
        spent = session.query(Admission).filter(Admission.spent.is_(True)).count()
        sealed = session.query(Sealed).count()
    if (spent, sealed) != (wanted, wanted):
        raise RuntimeError(f"{wanted} have answered, {spent} codes are spent and {sealed} answers are sealed")


def _make_bare_table(base: Ground) -> None:
    engine = create_engine(base.urls.owner)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE bench_answer (id bigserial PRIMARY KEY, answers jsonb NOT NULL)")
        )
    engine.dispose()


def make_bare() -> Flask:
    """Build an application that stores what it is sent and does nothing else."""
    app = Flask("bare", static_folder=None)
    engine = create_engine(os.environ["BENCH_URL"])

    @app.get("/")
    def greet() -> str:
        return "Moin"

    @app.post("/")
    def keep() -> tuple[str, int]:
        with engine.begin() as connection:
            connection.execute(INSERT, {"answers": request.get_data(as_text=True)})
        return "", 204

    return app


def _insert(bare: Server, count: int) -> float:
    """Give the seconds of CPU that a bare insert of a page's answers takes."""
    draw = random.Random(1)  # noqa: S311 - answers, no secret
    body = json.dumps(answers_of(draw, 1))
    walker = Walker(bare.port, "localhost", "/", "", 0)
    return _cost(bare, [partial(walker.store, body)] * count) / count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
