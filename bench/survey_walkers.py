"""Virtual respondents: each begins with a code, sends its pages one after the other, and the whole at the end."""

import heapq
import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.survey_town import PAGES, answers_of, fields_of

HIDDEN = re.compile(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SEE_OTHER, OK, NO_CONTENT = 303, 200, 204
local = threading.local()


@dataclass
class Walker:
    """One respondent, as far as she has come."""

    port: int
    host: str
    path: str
    code: str
    seed: int
    cookies: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    page: int = 0
    sent: str = ""
    receipt: str = ""
    busy: threading.Lock = field(default_factory=threading.Lock)
    """A page goes out when the one before was answered, however slow."""

    def begin(self) -> None:
        """Open the first page and begin with the code."""
        self.hidden = self._hidden("")
        self._post("", {**self.hidden, "code": self.code})
        self.page = 1

    def send(self) -> None:
        """Send the next page."""
        answers = answers_of(random.Random(self.seed * 100 + self.page), self.page)  # noqa: S311 - answers, no secret
        pairs = [*fields_of(answers), ("go", "next"), ("_token", self.hidden["_token"]), ("_language", "de")]
        self.sent = self._post(f"seite/p{self.page}", pairs)
        self.page += 1

    @property
    def is_through(self) -> bool:
        """Tell whether all pages are sent."""
        return self.page > PAGES

    def look(self) -> None:
        """Open the overview, where the last form is."""
        if not self.sent.endswith("uebersicht"):
            raise RuntimeError(f"after the last page it went to {self.sent}")
        self.hidden = self._hidden("uebersicht")

    def finish(self) -> None:
        """Send everything and keep the receipt."""
        self.receipt = self._post("absenden", self.hidden)
        if not self.receipt.endswith("danke"):
            raise RuntimeError(f"sending led to {self.receipt}")

    def greet(self) -> None:
        """Ask for the page of an application that only says hello."""
        status, _location, _body = self._ask("GET", "", "")
        if status != OK:
            raise RuntimeError(f"hello answered {status}")

    def knock(self) -> None:
        """Send a page without having begun, which leads back to the front."""
        self.hidden = self.hidden or self._hidden("")
        self._post("seite/p1", {"_token": self.hidden["_token"]})

    def store(self, body: str) -> None:
        """Send something as it is to an application that keeps it."""
        status, _location, _body = self._ask("POST", "", body)
        if status != NO_CONTENT:
            raise RuntimeError(f"storing answered {status}")

    def _hidden(self, where: str) -> dict[str, str]:
        status, _location, body = self._ask("GET", where, "")
        if status != OK:
            raise RuntimeError(f"{where or 'front'} answered {status}")
        found = dict(HIDDEN.findall(body))
        if "_token" not in found:
            raise RuntimeError(f"{where or 'front'} shows no form")
        return found

    def _post(self, where: str, values: dict[str, str] | list[tuple[str, str]]) -> str:
        status, location, body = self._ask("POST", where, urlencode(values))
        if status != SEE_OTHER:
            raise RuntimeError(
                f"{where or 'begin'} answered {status}: {re.findall(r'class=.err.*?</p>', body)[:3]}"
            )
        return location

    def _ask(self, method: str, where: str, body: str) -> tuple[int, str, str]:
        """Ask over the thread's kept connection."""
        headers = {"Host": self.host, **(FORM if body else {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = _connection(self.port)
        try:
            connection.request(method, self.path + where, body or None, headers)
            answer = connection.getresponse()
        except (http.client.HTTPException, OSError):
            connection.close()
            connection.request(method, self.path + where, body or None, headers)
            answer = connection.getresponse()
        words = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        return answer.status, answer.headers.get("Location", ""), words


def _connection(port: int) -> http.client.HTTPConnection:
    kept: http.client.HTTPConnection | None = getattr(local, "connection", None)
    if kept is None or kept.port != port:
        kept = local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    return kept


@dataclass
class Pace:
    """Sends pages at a steady pace, whatever the answers take, and notes how long each took from its due moment."""

    rate: float
    """Pages a second."""
    waits: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, walkers: list[Walker], threads: int = 24) -> None:
        """Let all walkers send all their pages; the walkers' starts are spread so that the pace is even."""
        begun = time.monotonic() + 0.2
        count = len(walkers)
        # Page n of walker w is due at (n × walkers + w) / rate: everybody waits while the others send theirs.
        due = [(begun + (page * count + at) / self.rate, at) for at in range(count) for page in range(PAGES)]
        heapq.heapify(due)
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    if not due:
                        return
                    moment, at = heapq.heappop(due)
                time.sleep(max(0.0, moment - time.monotonic()))
                try:
                    with walkers[at].busy:
                        walkers[at].send()
                except (RuntimeError, OSError, http.client.HTTPException) as error:
                    self.failed.append(str(error))
                self.waits.append(time.monotonic() - moment)

        crowd = [threading.Thread(target=work) for _one in range(threads)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        self.seconds = time.monotonic() - begun

    def share(self, part: float) -> float:
        """Give the wait in seconds that this part of all pages stayed below."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
