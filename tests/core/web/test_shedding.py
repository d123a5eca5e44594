"""While a process is busy crawlers are sent away; people and kept pages are answered all the time."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from werkzeug.serving import make_server

from baukasten.app import create_app, end
from baukasten.testing.fixtures import Browser
from baukasten.web.here import Place
from baukasten.web.platform import EXTENSION
from baukasten.web.shedding import RETRY_AFTER, SORRY, Shedding
from baukasten.web.visitors import SESSION_COOKIE
from tests.core.plugin.made import Stopwatch
from tests.core.web.conftest import Probe, pages

CRAWLER = {"User-Agent": "Examplebot/1.0"}
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SIGNED_IN = {"Cookie": f"{SESSION_COOKIE}=made-up", **CRAWLER}
THREADS = 4


class SlowHouse:
    """An application whose page ``/slow`` takes as long as the test says, behind a real server with threads."""

    def __init__(self, above=75):
        self.watch = Stopwatch()
        self.shedding = Shedding(THREADS, above, monotonic=self.watch)
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self.server = make_server("127.0.0.1", 0, self.shedding.wrap(self.answer), threaded=True)

    def answer(self, environ, start_response):
        if environ["PATH_INFO"] == "/slow":
            self.begun.release()
            assert self.go_on.wait(60)
        if environ["PATH_INFO"] == "/broken":
            raise ValueError
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    def ask(self, path, headers, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=60)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["Retry-After"], answer.read()
        finally:
            connection.close()

    def __enter__(self):
        self.serving = threading.Thread(target=self.server.serve_forever)
        self.serving.start()
        return self

    def __exit__(self, *_error):
        self.go_on.set()
        self.server.shutdown()
        self.serving.join()
        self.server.server_close()


@pytest.fixture
def house():
    with SlowHouse() as made:
        yield made


FINE = (200, None, b"fine")
LATER = (503, RETRY_AFTER, SORRY)


def test_people_are_answered_all_the_time_and_crawlers_wait_only_while_it_is_busy(house):
    with ThreadPoolExecutor(THREADS) as people:
        assert house.ask("/", CRAWLER) == FINE
        slow = [people.submit(house.ask, "/slow", PERSON) for _number in range(3)]
        for _each in slow:
            house.begun.acquire()
        # A short rush is none: the average has to follow.
        assert house.ask("/", CRAWLER) == FINE
        house.watch.forward(10)
        assert [house.ask("/", headers) for headers in (CRAWLER, PERSON, SIGNED_IN)] == [LATER, FINE, FINE]
        assert house.ask("/", CRAWLER, "HEAD") == (503, RETRY_AFTER, b"")
        assert house.ask("/", CRAWLER, "POST") == FINE
        house.go_on.set()
        assert [one.result() for one in slow] == [FINE] * 3
    assert house.ask("/", CRAWLER) == FINE
    assert (house.shedding.take_refused(), house.shedding.take_refused()) == (2, 0)


def test_crawlers_alone_leave_threads_free(house):
    with ThreadPoolExecutor(THREADS) as crawlers:
        slow = [crawlers.submit(house.ask, "/slow", CRAWLER) for _number in range(3)]
        for _each in slow:
            assert house.begun.acquire(timeout=60)
        house.watch.forward(10)
        assert house.ask("/slow", CRAWLER) == LATER
        house.go_on.set()
        assert [one.result() for one in slow] == [FINE] * 3


def test_what_breaks_is_no_longer_in_progress(house, caplog):
    for _number in range(THREADS):
        assert house.ask("/broken", PERSON)[0] == 500
    house.watch.forward(10)
    assert (house.shedding.is_busy(), house.ask("/", CRAWLER)) == (False, FINE)
    # The server writes its line after the answer, in a thread of its own.
    until = time.monotonic() + 60
    while errors_in(caplog) < THREADS and time.monotonic() < until:
        time.sleep(0.01)
    assert errors_in(caplog) == THREADS


def errors_in(caplog):
    return [one.levelname for one in caplog.records].count("ERROR")


def begin(app):
    """Let an application begin a request, which ends when what it gives is closed."""
    return app({"REQUEST_METHOD": "GET"}, lambda _status, _headers: None)


def test_a_stream_is_in_progress_until_it_is_closed():
    watch = Stopwatch()
    shedding = Shedding(1, 75, monotonic=watch)
    stream = begin(shedding.wrap(lambda _environ, _start: iter([b"a", b"b"])))
    watch.forward(10)
    assert (list(stream), shedding.is_busy()) == ([b"a", b"b"], True)
    stream.close()
    assert not shedding.is_busy()


@pytest.mark.parametrize(("threads", "above"), [(0, 75), (8, 0)])
def test_where_nobody_counts_threads_or_nobody_wants_it_nothing_stands_in_front(threads, above):
    def app(_environ, _start):
        return ()

    assert Shedding(threads, above).wrap(app) is app


def test_the_average_follows_the_load_and_forgets_it():
    watch = Stopwatch()
    shedding = Shedding(4, 75, monotonic=watch, window=1.0)
    app = shedding.wrap(lambda _environ, _start: ())
    held = [begin(app) for _number in range(4)]
    found = []
    for _tenth in range(20):
        watch.forward(0.1)
        found.append(shedding.is_busy())
    # 4 × (1 - 1/e^t) reaches 2.5 after 0.98 seconds.
    assert found.index(True) == 9
    for one in held[:2]:
        one.close()
    assert not shedding.is_busy()


def test_kept_pages_are_shown_to_crawlers_whatever_happens(house_of_threads, town):
    built, platform = house_of_threads
    browser = Browser(built, built.response_class)
    browser.host = town.host
    platform.generations.refresh()
    browser.get("/probe/kept", headers=CRAWLER).close()
    idle = platform.shedding.wrap(lambda _environ, _start: ())
    held = [idle({"REQUEST_METHOD": "GET"}, None) for _number in range(100)]
    while not platform.shedding.is_busy():
        pass
    assert browser.get("/probe/kept", headers=CRAWLER).text.startswith("call 1 ")
    assert browser.get("/probe/kept?other", headers=CRAWLER).status_code == 503
    with closing(browser.get("/probe/kept?other", headers=PERSON)) as page:
        assert page.text.startswith("call 2 ")
    for one in held:
        one.close()
    assert browser.get("/probe/kept?more", headers=CRAWLER).status_code == 200
    assert (Probe.calls, platform.shedding.take_refused()) == (3, 1)


@pytest.fixture
def house_of_threads(base_config, database):
    built = create_app(base_config, database, threads=1, extra=[(pages, (Place.TOWN,))])
    yield built, built.extensions[EXTENSION]
    end(built)
