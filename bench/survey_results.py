"""A survey of 40 questions with 100,000 responses: the time and memory of its results page and its files."""

import http.client
import multiprocessing
import random
import resource
import sys
import time
from multiprocessing.queues import Queue

from sqlalchemy import insert, text

from baukasten import clock, house
from baukasten.access import members
from baukasten.config import Config
from baukasten.db.session import Database
from baukasten.exports import service as exports
from baukasten.exports.models import ExportFile
from baukasten.identity import passwords
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten.workshop import make_worker
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Response
from baukasten_survey.results import freezing
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup
from bench.aims import Aims
from bench.ground import Ground, analyse, ground, say
from bench.load import Server, serving
from bench.survey_town import PAGES, Poll, answers_of, open_poll

MANY, QUICK_MANY = 100_000, 2_000
FEW, QUICK_FEW = 10_000, 500
DIFFERENT = 500
"""Responses that are drawn one by one; the others repeat them."""
ROUNDS = 5
REPEAT = text(
    "INSERT INTO survey_response (tenant_id, survey_id, version, day, answers) "
    "SELECT r.tenant_id, r.survey_id, r.version, r.day, r.answers FROM survey_response r "
    "CROSS JOIN generate_series(2, :times) WHERE r.tenant_id = :tenant AND r.survey_id = :survey"
)
FILES = (("survey.responses", "xlsx"), ("survey.spss", "sav"))
MEGA = 1024


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    aims = Aims()
    with ground() as base:
        few = filled(base, 1, QUICK_FEW if quick else FEW)
        many = filled(base, 2, QUICK_MANY if quick else MANY)
        analyse(base)
        seconds, memory = counted(base, many)
        _seconds, less = counted(base, few)
        print(f"counting: {seconds:.1f} s, {memory / MEGA:.0f} MB")
        aims.at_most("survey-results-100k-counting-memory", memory / less, 1.2, " × 10k")
        with serving("bench.house:make_house()", _environ(base)) as server:
            aims.at_most("survey-results-100k", _page(server, many), 1, " s")
        for key, suffix in FILES:
            seconds, memory = exported(base, many, key, suffix)
            _seconds, less = exported(base, few, key, suffix)
            aims.at_most(f"survey-results-100k-{suffix}", seconds, 15, " s")
            aims.at_most(f"survey-results-100k-{suffix}-memory", memory / less, 1.2, " × 10k")
    return aims.exit_code()


def filled(base: Ground, number: int, count: int) -> Poll:
    """Open a town whose survey is over and was answered so often, with all its questions published."""
    say(f"{count} responses …")
    poll, draw = open_poll(base, number, 0), random.Random(number)  # noqa: S311 - answers, no secret
    with base.database.session(poll.place.id) as session:
        survey = lookup.of_module(session, poll.place.module_id)
        survey.state, survey.closed_at = SurveyState.CLOSED, None
        about = {"tenant_id": poll.place.id, "survey_id": survey.id, "version": 1, "day": clock.now().date()}
        different = min(DIFFERENT, count)
        rows = [{**about, "answers": _answers(draw)} for _at in range(different)]
        session.execute(insert(Response), rows)
        session.execute(REPEAT, {"times": count // different, "tenant": poll.place.id, "survey": survey.id})
        codes = [
            f"{name}{page}"
            for page in range(1, PAGES + 1)
            for name in ("wahl", "viele", "orte", "note", "text")
        ]
        shown = [[code, ""] for code in codes]
        words = {"headline": "Befund", "crossings": [["wahl1", "wahl2"]]}
        session.add(Publication(survey_id=survey.id, published_at=clock.now(), shown=shown, **words))
        session.commit()
    return poll


def _answers(draw: random.Random) -> dict[str, object]:
    found: dict[str, object] = {}
    for page in range(1, PAGES + 1):
        found.update(answers_of(draw, page))
    return found


def counted(base: Ground, poll: Poll) -> tuple[float, int]:
    """Freeze the figures in a process of their own; gives seconds and its most memory in KB."""
    return _alone(_count, base.config, poll.place.id, poll.place.module_id)


def exported(base: Ground, poll: Poll, key: str, suffix: str) -> tuple[float, int]:
    """Make a file as the worker does, in a process of its own; gives seconds and its most memory in KB."""
    return _alone(_export, base.config, poll.place.id, poll.place.module_id, key, suffix)


def _alone(work: object, *values: object) -> tuple[float, int]:
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[float, int]] = context.Queue()
    process = context.Process(target=work, args=(told, *values))  # type: ignore[arg-type]
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError("the measured work broke")
    return told.get()


def _count(told: "Queue[tuple[float, int]]", config: Config, town: int, module_id: int) -> None:
    database = _database(config)
    with database.session(town) as session:
        began = time.perf_counter()
        if freezing.freeze(session, lookup.of_module(session, module_id)) != 1:
            raise RuntimeError("nothing was counted")
        _tell(told, began)
    database.close()


def _database(config: Config) -> Database:
    if config.database is None:
        raise RuntimeError("there is no database")
    return house.open_database(config.database, house.load_contract(config))


def _export(
    told: "Queue[tuple[float, int]]", config: Config, town: int, module_id: int, key: str, suffix: str
) -> None:
    database = _database(config)
    worker = make_worker(config, database, concurrency=1)
    with database.session(town) as session:
        module = queries.module_by_id(session, module_id)
        if module is None:
            raise RuntimeError("the survey is gone")
        account = identity.create_account(
            session, f"{suffix}{town}@bench.example", passwords.digest("bench-bench-bench"), "Amt"
        )
        file = exports.ask(
            session, members.appoint(session, account, "Amt", [Role.ADMIN]), module, key, suffix
        ).id
        session.commit()
    began = time.perf_counter()
    worker.run_pending()
    _tell(told, began)
    with database.session(town) as session:
        made = session.get(ExportFile, (town, file))
        if made is None or made.state != "ready":
            raise RuntimeError("the file was not made")
    database.close()


def _tell(told: "Queue[tuple[float, int]]", began: float) -> None:
    told.put((time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _page(server: Server, poll: Poll) -> float:
    """Give the slowest of some answers that pass the page cache by."""
    waits = []
    for number in range(ROUNDS):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        began = time.perf_counter()
        address = f"{poll.place.path}ergebnisse?n={number}"
        connection.request("GET", address, headers={"Host": poll.place.host})
        answer = connection.getresponse()
        body = answer.read()
        waits.append(time.perf_counter() - began)
        if answer.status != http.HTTPStatus.OK or b"ch-bar" not in body:
            raise RuntimeError(f"{address} answers {answer.status} without figures")
        connection.close()
    print(f"results page: {', '.join(f'{wait:.2f}' for wait in waits)} s, {len(body) / MEGA:.0f} KB")
    return max(waits)


def _environ(base: Ground) -> dict[str, str]:
    return {
        "BENCH_APP_URL": base.urls.app,
        "BENCH_OPERATOR_URL": base.urls.operator,
        "BENCH_DATA": str(base.config.data_dir),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
