"""Whatever arrives at any address, in any part of a request, the answer is never an accident of ours (5xx)."""

import re
from typing import ClassVar
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import create_environ, run_wsgi_app

from baukasten.web import forgery
from baukasten.web.visitors import SESSION_COOKIE
from tests.house.talking import placed
from tests.house.towns import Kit, furnish, token_of
from tests.house.tree import ROOT, modules

HOSTILE = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"-1",
    b"9" * 30,
    b"9" * 5_000,
    "٣٣".encode(),
    b"1e999",
    b"nan~x~1",
    b"1e39~forum.post~" + b"9" * 30,
    b"0001-01-01T00:00",
    b"9999-12-31T23:59",
    b"..%2f..\\..//evil.example",
    b"//evil.example/\r\nSet-Cookie: x=1",
    b"{{ 7 * 7 }} ${7} %(x)s {0} %s",
    b"'\"><script>alert(1)</script>",
    "\u202e\u200b\ufeff".encode(),
    b"forum.post:" + b"9" * 18,
    b"[" * 500 + b">" * 500,
)
SHORT = (b"\x00", b"9" * 30, b"9999-12-31T23:59", b"\xed\xa0\x80x", b"[" * 500)
ROLES = ("guest", "citizen", "admin")
WORDS = {"name": "forum", "wanted": "an", "step": "archivieren", "slug": "x", "rest": ""}
"""What addresses name that is no thing of the town; steps come in their mildest form."""
HEADERS = ("Cookie", "Origin", "Referer", "Authorization", "X-Token", "If-None-Match", "Range", "Accept-Encoding",
           "Accept-Language", "Content-Type", "X-Forwarded-For", "X-Forwarded-Host", "User-Agent")  # fmt: skip
PLACE = re.compile(r"(?:/beteiligung/<\.project>/<\.\w+>)?")
FIELD_TAG = re.compile(r"<(?:input|textarea|select|button|option)\b[^>]*>")


def asked_for(what):
    """Name every value that some view reads by itself, so that a new one is tried without anybody thinking of it."""
    pattern = re.compile(rf"""request\.{what}(?:\.get\(|\[)\s*f?["'](\w+)""")
    return sorted(
        {name for path in modules(ROOT) for name in pattern.findall(path.read_text(encoding="utf-8"))}
    )


QUERY = asked_for("args")
FRAME = {"done"}
POSTED = asked_for("form")


@pytest.fixture
def furnished(request, database, new_member, base_config, new_town, once):
    """Give a town with something of everything; those who only read share it."""
    sends = request.function in (test_forms, test_bodies)
    if sends or "town" not in once:
        town = furnish(Kit(database, new_member, base_config.secret_key), new_town(), "hier")
        if sends:
            return town
        once["town"] = town
    return once["town"]


@pytest.fixture
def browser_as(client_of, sign_in, furnished):
    def make(role):
        browser = client_of(furnished.town)
        if role != "guest":
            sign_in(browser, furnished.members[role], furnished.town)
        return browser

    return make


def addresses(app, contract, method, *, console=False):
    """Give the pattern of every address that takes a method, those of placed modules below their place."""
    found = set()
    for rule in app.url_map.iter_rules():
        mine = rule.rule.startswith("/betrieb") == console and not rule.endpoint.startswith("projects.module")
        if method in rule.methods and mine:
            found.add(bare(rule.rule))
    for kind, answer in contract.registry.kinds.items():
        for route in answer.value.routes.routes.values():
            if method in route.methods and not console:
                found.add(bare(placed(kind, route.rule)))
    return sorted(found)


def bare(rule):
    """Give a rule without its converters, but mark the parts that only take numbers."""
    return re.sub(r"<(?:(int)[^<>]*?:|[^<>]*?:)?(\w+)>", lambda match: f"<{match[1] or ''}.{match[2]}>", rule)


def filled(pattern, values, spare="1"):
    return re.sub(r"<\w*\.(\w+)>", lambda match: values.get(match[1], spare), pattern)


def written(value):
    return quote_from_bytes(value, safe="")


def tried(role):
    """Choose what a role tries: guest and admin everything, who stands between them the worst of it."""
    return SHORT if role == "citizen" else HOSTILE


def wild(pattern, own, values=HOSTILE, *, behind=""):
    """Give addresses with one hostile part each, of those that follow ``behind``.

    Where only numbers belong, all that is none ends in the same way before any view: the worst of it is enough.
    """
    for kind, name in re.findall(r"<(\w*)\.(\w+)>", pattern.removeprefix(behind)):
        for value in values:
            if kind != "int" or value in SHORT or value.decode("utf-8", "replace").lstrip("-").isdigit():
                yield filled(pattern, {**own, name: written(value)})


def asking(browser):
    """Give what asks for an address as the browser would and gives the status and where that leads.

    It does without what the client computes of every address, which for addresses this long is half of all work.
    """
    around = create_environ("/", f"https://{browser.host}")
    browser._add_cookies_to_wsgi(around)

    def ask(path, query=""):
        called = unquote_to_bytes(path).decode("latin-1")
        environ = {**around, "PATH_INFO": called, "QUERY_STRING": query}
        _body, status, headers = run_wsgi_app(browser.application, environ, buffered=True)
        return int(status[:3]), headers.get("Location", "")

    return ask


def shut(status, leads):
    """Tell whether a request ended at a door before any view, as all others at this address will."""
    return status == 403 or (status == 303 and "/konto/anmelden" in leads)


def tried_at(ask, path, values):
    """Choose what is tried at an address: of what ends at a door before any view the worst is enough."""
    closed = shut(*ask(path))
    return tuple(value for value in values if value in SHORT or not closed)


class Noted(ImmutableMultiDict[str, str]):
    """A query that writes down by which names it is read; ``*`` is all of it at once."""

    names: ClassVar[set[str]] = set()

    def __iter__(self):
        self.names.add("*")
        return super().__iter__()

    def items(self, *rest, **options):
        self.names.add("*")
        return super().items(*rest, **options)

    def __getitem__(self, key):
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.names.add(key)
        return super().__contains__(key)

    def getlist(self, key, *rest, **options):
        self.names.add(key)
        return super().getlist(key, *rest, **options)


def accidents(answers):
    return [(what, status) for what, status in answers if status >= 500]


@pytest.mark.parametrize("role", ROLES)
def test_addresses(app, contract, furnished, browser_as, role):
    ask, own, paths, places = asking(browser_as(role)), furnished.arguments, [], {""}
    for pattern in addresses(app, contract, "GET"):
        # One route finds each kind's modules for all others: their places are tried once.
        place = PLACE.findall(pattern)[0]
        values = tried_at(ask, filled(pattern, own), tried(role))
        paths += wild(pattern, own, values, behind=place if place in places else "")
        places.add(place)
    paths += [
        prefix + written(value) + "/" for prefix in ("/", "/en/", "/api/", "/api/v1/") for value in HOSTILE
    ]
    assert accidents((path, ask(path)[0]) for path in paths) == []


@pytest.mark.parametrize("role", ROLES)
def test_queries(app, contract, furnished, browser_as, role, monkeypatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noted)
    ask, own, answers = asking(browser_as(role)), furnished.arguments, []
    for pattern in addresses(app, contract, "GET"):
        Noted.names.clear()
        path = filled(pattern, own)
        values = tried_at(ask, path, tried(role))
        worst = [value for value in values if value in SHORT]
        # Where nothing of the query is read but what the frame of all pages asks for, the worst of it is enough.
        for some in (worst, [value for value in values if value not in SHORT]):
            queries = ["&".join(f"{name}={written(value)}" for name in QUERY) for value in some]
            answers += [((path, query), ask(path, query)[0]) for query in queries]
            if Noted.names <= FRAME:
                break
        if role == "admin":
            # One at a time too, where the page reads several: the first might hide the others.
            alone = [f"{name}={written(SHORT[0])}" for name in sorted(Noted.names.intersection(QUERY))]
            answers += [((path, query), ask(path, query)[0]) for query in alone]
    assert accidents(answers) == []


def sent(browser, path, fields, token):
    parts = [f"{forgery.FIELD}={token}", *(f"{name}={written(value)}" for name, value in fields)]
    form = "application/x-www-form-urlencoded"
    answer = browser.post(path, data="&".join(parts), content_type=form)
    return answer.status_code, answer.headers.get("Location", "")


def fields_of(page):
    """Give the fields of a page's forms: what can be chosen with a good value, what is typed with none."""
    found: dict[str, str | None] = {}
    chooser = ""
    for tag in FIELD_TAG.findall(page):
        has = dict(re.findall(r' ([a-z]+)="([^"]*)"', tag))
        if tag.startswith("<option"):
            found[chooser] = found.get(chooser) or has.get("value")
            continue
        chooser = has.get("name", "")
        chosen = has.get("type") in ("radio", "checkbox", "hidden", "submit") or tag.startswith("<button")
        found.setdefault(chooser, has.get("value") if chosen else None)
    return {name: value for name, value in found.items() if name not in ("", forgery.FIELD)}


@pytest.mark.parametrize("role", ROLES)
def test_forms(app, contract, furnished, browser_as, role):
    answers: list[tuple[tuple[object, ...], int]] = []
    for pattern in addresses(app, contract, "POST"):
        # A browser each, for some forms sign out.
        browser, path = browser_as(role), filled(pattern, {**furnished.arguments, **WORDS})
        shown = browser.get(path)
        page = (
            shown.data.decode("utf-8", "replace") if shown.status_code == 200 else browser.get("/konto/").text
        )
        token = token_of(page) or token_of(browser.get("/konto/anmelden").text)
        fields = {**dict.fromkeys(POSTED), **fields_of(page)}
        everywhere = [(value, dict.fromkeys(fields, value).items()) for value in SHORT]
        # With good choices the services are reached, and what was typed goes as far as the tables.
        typed = [
            (
                ("typed", value),
                [(name, value if good is None else good.encode()) for name, good in fields.items()],
            )
            for value in (HOSTILE[::2] if role == "admin" else SHORT[:2])
        ]
        twice = [("twice", [(name, b"x") for name in fields] * 2)]
        begun = (everywhere[0], typed[0])
        told = [((path, what), *sent(browser, path, values, token)) for what, values in begun]
        answers += [(what, status) for what, status, _leads in told]
        # Whoever is turned away at the door with bad choices and with good ones does not get to any view.
        if role == "admin" or not all(shut(status, leads) for _what, status, leads in told):
            rest = [*everywhere[1:], *typed[1:], *twice]
            answers += [((path, what), sent(browser, path, values, token)[0]) for what, values in rest]
    assert accidents(answers) == []
    # What a forged token would stop proves nothing about what lies behind it; most doors are shut to citizens anyway.
    assert role == "guest" or sum(status != 403 for _what, status in answers) > len(answers) / 4


@pytest.mark.parametrize("role", ["guest", "admin"])
def test_bodies(app, contract, furnished, browser_as, role):
    browser = browser_as(role)
    token = token_of(browser.get("/konto/adresse" if role != "guest" else "/konto/anmelden").text)
    bodies = (
        ("application/json", b'{"a": [[[[' + b"[" * 2_000),
        ("application/json", b"\x00\xff"),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n\x00\r\n",
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 5_000),
        ("application/x-www-form-urlencoded; charset=utf-7", b"+AGE=+AGE"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % one for one in range(3_000))),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 300_000),
        ("x" * 500, b"x"),
    )
    paths = [filled(one, {**furnished.arguments, **WORDS}) for one in addresses(app, contract, "POST")]
    headers = {"X-Token": token}

    def tell(path, kind, body):
        answer = browser.post(path, data=body, content_type=kind, headers=headers)
        return answer.status_code, answer.headers.get("Location", "")

    answers: list[tuple[tuple[object, ...], int]] = []
    for path in paths:
        if "abmelden" not in path:
            told = tell(path, *bodies[0])
            # What a guest sends to a shut door is not read at all.
            rest = bodies[1:2] if role == "guest" and shut(*told) else bodies[1:]
            answers += [((path, bodies[0][0]), told[0])]
            answers += [((path, kind), tell(path, kind, body)[0]) for kind, body in rest]
    assert accidents(answers) == []


@pytest.mark.parametrize("path", ["/suche/?q=x", "/konto/anmelden", "/nirgends"])
def test_headers(client, path):
    values = [value.decode("latin-1") for value in HOSTILE if not {10, 13} & set(value)]
    values += [
        "http://[",
        "null",
        "bytes=9-1",
        f"{SESSION_COOKIE}=\xff\x00",
        "W/",
        "*",
        "Bearer",
        "Bearer \xff",
    ]
    answers = []
    for name in HEADERS:
        for value in values:
            answers.append(((name, value), client.get(path, headers={name: value}).status_code))
            sending = client.post(path, data={"_token": value}, headers={name: value})
            answers.append(((name, value), sending.status_code))
    assert accidents(answers) == []


@pytest.mark.parametrize(
    "host", ["\x00", "[", "[::1", "a b", "x" * 5_000, "xn--\xff", "%00", "..", ":", "evil.example:x"]
)
def test_hosts(client, host):
    assert client.get("/", headers={"Host": host}, base_url="https://nobody.test").status_code < 500


METHODS = ("HEAD", "OPTIONS", "PUT", "QUATSCH")


@pytest.mark.parametrize("role", ["guest", "admin"])
def test_methods(app, contract, furnished, browser_as, role):
    browser = browser_as(role)
    paths = [filled(one, {**furnished.arguments, **WORDS}) for one in addresses(app, contract, "GET")]
    answers = [
        ((name, path), browser.open(path, method=name).status_code) for path in paths for name in METHODS
    ]
    assert accidents(answers) == []


def test_console(app, contract, operator):
    queries = ["&".join(f"{name}={written(value)}" for name in QUERY) for value in HOSTILE]
    seen, ask = addresses(app, contract, "GET", console=True), asking(operator)
    answers: list[tuple[tuple[object, ...], int]] = []
    answers += [((path, ""), ask(path)[0]) for pattern in seen for path in wild(pattern, {})]
    answers += [((path, query), ask(path, query)[0]) for path in seen for query in queries if "<" not in path]
    token = token_of(operator.get("/betrieb/neu").text)
    names = sorted({*fields_of(operator.get("/betrieb/neu").text), *POSTED})
    for pattern in addresses(app, contract, "POST", console=True):
        for path in wild(pattern, {}) if "<" in pattern else [pattern]:
            answers += [
                ((path, value), sent(operator, path, [(name, value) for name in names], token)[0])
                for value in HOSTILE
            ]
    assert accidents(answers) == []
