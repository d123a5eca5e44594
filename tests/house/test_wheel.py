"""A wheel built here and installed into an empty place serves a town that looks as it should."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from urllib.parse import urljoin

import pytest

from tests.house.tree import ROOT

SOURCES = ("core", "plugins", "themes", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
TOWN = "kranichsiel.localhost"
LINKED = re.compile(r'<(?:link|script|img|use|source)\b[^>]*?\b(?:href|src)="([^"#]+)')
NAMED = re.compile(r"url\(\s*['\"]?([^'\")]+)")
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ico": "image/vnd.microsoft.icon",
    ".png": "image/png",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Build the wheel from a copy, so that the checkout stays as it is, and install it alone."""
    copy, target = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("place")
    skip = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=skip)
        else:
            shutil.copy(source, copy)
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "build", "--wheel", "--no-isolation", "--outdir", "out", "."],
        cwd=copy, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (wheel,) = copy.glob("out/*.whl")
    subprocess.run(
        [
            *python,
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(target),
            str(wheel),
        ],
        check=True,
    )
    return target


@pytest.fixture(scope="module")
def served(place, tmp_path_factory):
    """Serve the demo from the wheel; gives its port, and ends it cleanly."""
    folder = tmp_path_factory.mktemp("demo")
    # Without `site` nobody reads the editable install's path file; the dependencies are named by hand.
    path = os.pathsep.join((str(place), sysconfig.get_path("purelib")))
    process = subprocess.Popen(
        [
            sys.executable,
            "-S",
            "-u",
            "-m",
            "baukasten",
            "demo",
            "--data",
            str(folder / "data"),
            "--port",
            "0",
        ],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said, port = "", None
    for line in process.stdout:
        said += line
        port = port or re.search(r"http://demo\.localhost:(\d+)/", line)
        if "Password" in line:
            break
    assert port is not None, said
    yield int(port[1])
    process.send_signal(signal.SIGINT)
    rest, _nothing = process.communicate(timeout=60)
    assert (process.returncode, rest.splitlines()[-1:]) == (0, ["The demo has stopped; its data stay."]), (
        said + rest
    )


@pytest.fixture(scope="module")
def fetch(served):
    """Ask the town for an address; gives the type without parameters, and the body."""

    def ask(path):
        connection = http.client.HTTPConnection("127.0.0.1", served, timeout=60)
        connection.request("GET", path, headers={"Host": f"{TOWN}:{served}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert (path, answer.status) == (path, 200)
        return answer.headers.get_content_type(), body

    return ask


def test_the_page_and_all_that_it_links_come_out_of_the_wheel(fetch):
    kind, body = fetch("/")
    page = body.decode()
    assert (kind, "Kranichsiel" in page) == ("text/html", True)
    parts = {path: fetch(path) for path in LINKED.findall(page) if path.startswith(("/static/", "/theme/"))}
    sheets = {path: body.decode() for path, (_kind, body) in parts.items() if path.endswith(".css")}
    for base, text in sheets.items():
        for name in NAMED.findall(text):
            if not name.startswith("data:"):
                address = urljoin(base, name)
                parts[address] = fetch(address)
    for path, (kind, content) in parts.items():
        ending = path[path.rindex(".") :]
        assert (path, kind, len(content) > 100) == (path, TYPES[ending], True)
    endings = {path[path.rindex(".") :] for path in parts}
    assert {".css", ".woff2", ".svg"} <= endings
    styles = "".join(sheets.values())
    assert ("@font-face" in styles, "--" in styles, ".btn" in styles) == (True, True, True)
    (theme,) = (text for path, text in sheets.items() if path.startswith("/theme/"))
    assert theme.count("--") > 50


def test_it_speaks_german_from_its_compiled_catalogues(fetch, place):
    assert 'lang="de"' in fetch("/")[1].decode()
    assert "Anmelden" in fetch("/konto/anmelden")[1].decode()
    assert list(place.glob("baukasten*/translations/de/LC_MESSAGES/*.mo"))


def test_the_wheel_holds_what_runs_and_no_tests(place):
    tops = {path.name for path in place.iterdir() if not path.name.endswith(".dist-info")}
    assert tops == {
        "baukasten",
        "baukasten_chat",
        "baukasten_forum",
        "baukasten_newsletter",
        "baukasten_survey",
        "bin",
    }
