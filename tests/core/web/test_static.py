"""Files come under addresses that change with them, packed, and never from outside their folders."""

import gzip
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

import baukasten
from baukasten.web.static import MissingFileError, StaticFiles, StaticLayer
from baukasten.web.theming import Theme, Themes

CORE = Path(baukasten.__file__).parent / "static"
SHAPE = re.compile(r"/static/[0-9a-f]{16}/icons\.svg")


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    core, forum, theme = tmp_path / "core", tmp_path / "forum", tmp_path / "klar"
    for name, text in {
        "core/icons.svg": "<svg/>" * 200,
        "core/css/ORDER": "b.css\na.css\n../vendor/fonts.css\n",
        "core/css/a.css": "a{background:url(../icons.svg)}",
        "core/css/b.css": "b{background:url('https://elsewhere.example/x.png')}",
        "core/js/live.js": "1;",
        "core/.secret": "no",
        "secret.txt": "no",
        "forum/forum.js": "2;",
        "klar/hero.webp": "picture",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (core / "link.txt").symlink_to(tmp_path / "secret.txt")
    return {"": core, "forum": forum, "theme/klar": theme, "gone": tmp_path / "gone"}


def behind(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("418 TEAPOT", [])
    return ()


def client_of(files: StaticFiles, themes: Themes | None = None) -> Client:
    return Client(StaticLayer(behind, files, themes or Themes(())), Response)


def test_addresses_carry_owner_hash_and_name(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    assert SHAPE.fullmatch(files.url("icons.svg"))
    assert re.fullmatch(r"/static/forum/[0-9a-f]{16}/forum\.js", files.url("forum.js", "forum"))
    assert re.fullmatch(r"/static/theme/klar/[0-9a-f]{16}/hero\.webp", files.url("hero.webp", "theme/klar"))
    before = files.url("js/live.js")
    (folders[""] / "js/live.js").write_text("3;", encoding="utf-8")
    assert StaticFiles(folders).url("js/live.js") != before


def test_a_missing_file_is_a_mistake_unless_a_vendor_brings_it(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    with pytest.raises(MissingFileError, match="forum\\.css"):
        files.url("forum.css", "forum")
    assert (files.url("vendor/socket.io.js"), files.has("vendor/socket.io.js")) == ("", False)
    assert files.has("js/live.js")


def test_one_sheet_in_order_with_addresses_that_carry_hashes(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    sent = client_of(files).get(files.url("css/baukasten.css"))
    assert sent.text == (
        "b{background:url('https://elsewhere.example/x.png')}\n"
        f'a{{background:url("{files.url("icons.svg")}")}}'
    )  # fmt: skip
    (folders[""] / "css/ORDER").write_text("missing.css", encoding="utf-8")
    with pytest.raises(MissingFileError, match="missing"):
        StaticFiles(folders)


def test_a_file_is_kept_forever_and_typed(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    sent = client_of(files).get(files.url("js/live.js"))
    assert (sent.status_code, sent.text) == (200, "1;")
    assert sent.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_an_older_address_gives_the_new_file_without_keeping_it(folders: dict[str, Path]) -> None:
    sent = client_of(StaticFiles(folders)).get("/static/0123456789abcdef/js/live.js")
    assert (sent.status_code, sent.text, sent.headers["Cache-Control"]) == (200, "1;", "no-cache")


def test_what_packs_well_is_packed_for_those_who_take_it(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    client, address = client_of(files), files.url("icons.svg")
    packed = client.get(address, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.data)) == ("gzip", b"<svg/>" * 200)
    plain = client.get(address, headers={"Accept-Encoding": "gzip;q=0, br"})
    assert ("Content-Encoding" in plain.headers, plain.data) == (False, b"<svg/>" * 200)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_what_the_browser_has_is_not_sent_again(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    client, address = client_of(files), files.url("icons.svg")
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/0123456789abcdef/../secret.txt",
        "/static/0123456789abcdef/%2e%2e/secret.txt",
        "/static/0123456789abcdef/..%2fsecret.txt",
        "/static/0123456789abcdef/link.txt",
        "/static/0123456789abcdef/.secret",
        "/static/0123456789abcdef//etc/passwd",
        "/static/gone/0123456789abcdef/x",
        "/static/forum/../0123456789abcdef/icons.svg",
        "/static/",
        "/static/icons.svg",
        "/theme/0123456789abcdef.css",
        "/theme/",
        "/favicon.ico",
    ],
)
def test_nothing_else_is_found(folders: dict[str, Path], path: str) -> None:
    sent = client_of(StaticFiles(folders)).get(path)
    assert (sent.status_code, sent.text) == (404, "Not found")


def test_methods_and_other_paths(folders: dict[str, Path]) -> None:
    files = StaticFiles(folders)
    client, address = client_of(files), files.url("js/live.js")
    head = client.head(address)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "2")
    posted = client.post(address)
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD")
    assert client.get("/statics/x").status_code == 418


def test_a_themes_tokens_have_an_address(folders: dict[str, Path], tmp_path: Path) -> None:
    themes = Themes([Theme("klar", "Klar", tmp_path, tokens=":root{--a:1}")])
    client = client_of(StaticFiles(folders), themes)
    sent = client.get(themes.css_url("klar"))
    assert (sent.status_code, sent.text, sent.headers["Content-Type"]) == (
        200, ":root{--a:1}", "text/css; charset=utf-8",
    )  # fmt: skip
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_core_has_its_sheet_its_icons_and_its_mark() -> None:
    files = StaticFiles({"": CORE})
    sent = client_of(files).get(files.url("css/baukasten.css"))
    assert sent.text.count("{") > 500
    assert [name for name in ("icons.svg", "mark.svg") if not files.has(name)] == []
    assert client_of(files).get("/favicon.ico").headers["Content-Type"] == "image/svg+xml; charset=utf-8"
