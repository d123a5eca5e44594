"""People who answer over HTTP, one after the other in some threads, and who try again when the server dies."""

import http.client
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)"')
SEE_OTHER, OK = 303, 200
PATIENCE = 60
ERRORS = (OSError, http.client.HTTPException)


@dataclass
class Person:
    """One respondent: what she answers tells her apart, and her cookies are kept over all tries."""

    path: str
    number: int
    cookies: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    """The last form, once it is filled in."""
    receipt: str = ""


class Crowd:
    """Answers as long as it is let; ``told`` has who was told that the answer is in."""

    def __init__(self, host: str, people: Iterator[Person], threads: int = 2) -> None:
        self.host, self.people, self.threads = host, people, threads
        self.port = 0
        """Where the server is now; nothing while it is down."""
        self.told: dict[int, Person] = {}
        self.wrong: list[str] = []
        self.tries = 0
        """Forms that were sent again because nobody had answered."""
        self._done, self._lock = threading.Event(), threading.Lock()
        self._running: list[threading.Thread] = []

    def begin(self) -> None:
        """Let them come."""
        self._running = [threading.Thread(target=self._work) for _one in range(self.threads)]
        for one in self._running:
            one.start()

    def end(self) -> None:
        """Let those who have begun come to their end, and nobody else."""
        self._done.set()
        for one in self._running:
            one.join(PATIENCE)
            assert not one.is_alive(), "somebody waits for an answer that never comes"

    def _work(self) -> None:
        while not self._done.is_set():
            with self._lock:
                person = next(self.people, None)
            if person is None:
                return
            try:
                self._answer(person)
            except (AssertionError, KeyError) as error:
                self.wrong.append(f"{person.number}: {error}")
                return

    def _answer(self, person: Person) -> None:
        """Begin, answer and send; whatever breaks off is done again, with the same cookies."""
        until = time.monotonic() + PATIENCE
        for step in (self._begin, self._fill, self._send):
            while not self._tried(step, person):
                assert time.monotonic() < until, "the server stays away"
                time.sleep(0.05)
        self.told[person.number] = person

    def _tried(self, step: Callable[[Person], None], person: Person) -> bool:
        try:
            step(person)
        except ERRORS:
            self.tries += step == self._send
            return False
        return True

    def _begin(self, person: Person) -> None:
        values = self._hidden(person, person.path)
        assert "_token" in values, "the front shows no form"
        answer = self._ask(person, "POST", person.path, urlencode(values))
        assert answer == SEE_OTHER, f"beginning: {answer}"

    def _fill(self, person: Person) -> None:
        person.sent = {**self._hidden(person, f"{person.path}seite/p1"), "q1": str(person.number)}
        assert "_form" in person.sent, "the page shows no form to send"

    def _send(self, person: Person) -> None:
        answer = self._ask(person, "POST", f"{person.path}seite/p1", urlencode(person.sent))
        assert answer == SEE_OTHER, f"sending: {answer}"
        kept = [name for name in person.cookies if name.startswith("__Host-survey-receipt-")]
        assert kept, "no receipt"
        person.receipt = person.cookies[kept[0]]

    def _hidden(self, person: Person, path: str) -> dict[str, str]:
        self._ask(person, "GET", path, "")
        return dict(HIDDEN.findall(self._body))

    _local = threading.local()

    @property
    def _body(self) -> str:
        body: str = self._local.body
        return body

    def _ask(self, person: Person, method: str, path: str, body: str) -> int:
        if not self.port:
            raise ConnectionRefusedError
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        # Each from a network of its own, so that the limit for one network is not what stops them.
        network = f"10.{person.number >> 16 & 255}.{person.number >> 8 & 255}.{person.number & 255}"
        headers = {"Host": self.host, "X-Forwarded-For": network, "Cookie": _written(person.cookies)}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            self._local.body = answer.read().decode()
        finally:
            connection.close()
        if answer.status == 503:
            raise ConnectionAbortedError
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, one in SimpleCookie(line).items():
                person.cookies[name] = one.value
        return answer.status


def _written(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items() if value)


def numbers(path: str, first: int) -> Iterator[Person]:
    """Give guests without end."""
    return (Person(path, number) for number in itertools.count(first))
