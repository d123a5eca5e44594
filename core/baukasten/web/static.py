"""Static files under addresses that carry their content's hash, answered from memory before the application."""

import gzip
import hashlib
import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baukasten.errors import BaukastenError
from baukasten.web.theming import Themes

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SHEET = "css/baukasten.css"
ORDER = "css/ORDER"
VENDOR = "vendor/"
FOR_MAIL = "image/png"
"""What letters show, also in browsers whose page is that of a mail service; pages have their own pictures as SVG."""
FOREVER = "public, max-age=31536000, immutable"
SOON = "no-cache"
"""For an address of an older version: what comes is new, and must not be kept under the old name."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_REFERENCE = re.compile(r"url\(\s*(['\"]?)(?!data:|https?:|/|#)([^'\")\s]+)\1\s*\)")
_ADDRESS = re.compile(r"/static/(?:((?:theme/)?[a-z][a-z0-9_-]*)/)?([0-9a-f]{16})/(.+)")
_PACKED = ("text/", "application/json", "image/svg+xml", "image/x-icon")


class MissingFileError(BaukastenError):
    """A template names a static file that does not exist."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file ready to be sent."""

    body: bytes
    packed: bytes | None
    content_type: str
    digest: str


@dataclass(slots=True)
class StaticFiles:
    """Every static file of core, plugins and themes, read once at start."""

    folders: Mapping[str, Path]
    """By owner: "" for the core, a plugin's name, ``theme/<name>``; missing folders hold nothing."""
    _assets: dict[tuple[str, str], Asset] = field(default_factory=dict)
    _urls: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for owner, folder in self.folders.items():
            if folder.is_dir():
                self._collect(owner, folder)

    def url(self, path: str, plugin: str | None = None) -> str:
        """Give the address of a file; raises MissingFileError, and gives "" for a vendor's part not built."""
        found = self._urls.get((plugin or "", path))
        if found is not None:
            return found
        if path.startswith(VENDOR):
            return ""
        raise MissingFileError(f"there is no static file {path} of {plugin or 'the core'}")

    def has(self, path: str, plugin: str | None = None) -> bool:
        """Tell whether a file exists, such as a part that npm brings."""
        return (plugin or "", path) in self._urls

    def at(self, address: str) -> tuple[Asset, str] | None:
        """Give the file behind an address, and how long it may be kept under that very address."""
        parts = _ADDRESS.fullmatch(address)
        if parts is None:
            return None
        asset = self._assets.get((parts[1] or "", parts[3]))
        return None if asset is None else (asset, FOREVER if asset.digest == parts[2] else SOON)

    def get(self, path: str, plugin: str = "") -> Asset | None:
        """Give a file by its name."""
        return self._assets.get((plugin, path))

    def _collect(self, owner: str, folder: Path) -> None:
        files = {name: path for path in sorted(folder.rglob("*")) if (name := _name(path, folder))}
        sheets = [name for name in files if name.endswith(".css")]
        # Sheets come last, for their text carries the addresses of what they show.
        for name in (one for one in files if one not in sheets):
            self._add(owner, name, files[name].read_bytes())
        for name in sheets:
            self._add(owner, name, self._linked(owner, name, files[name].read_text(encoding="utf-8")))
        if ORDER in files:
            self._add(owner, SHEET, b"\n".join(self._ordered(owner, files)))

    def _ordered(self, owner: str, files: Mapping[str, Path]) -> Iterator[bytes]:
        """Give the sheets in the order that a file names; what a vendor's part would bring may be missing."""
        for one in files[ORDER].read_text(encoding="utf-8").split():
            name = posixpath.normpath(f"css/{one}")
            if name in files:
                yield self._linked(owner, name, files[name].read_text(encoding="utf-8"))
            elif not name.startswith(VENDOR):
                raise MissingFileError(f"{ORDER} names {one}, which does not exist")

    def _add(self, owner: str, name: str, body: bytes) -> None:
        suffix = posixpath.splitext(name)[1].lower()
        kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        asset = self._assets[owner, name] = asset_of(body, kind)
        self._urls[owner, name] = f"/static/{owner}{'/' if owner else ''}{asset.digest}/{name}"

    def _linked(self, owner: str, name: str, css: str) -> bytes:
        """Replace relative addresses in a sheet by those that carry a hash; unknown ones stay."""

        def replace(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[2]))
            url = self._urls.get((owner, target))
            return found[0] if url is None else f'url("{url}")'

        return _REFERENCE.sub(replace, css).encode()


class StaticLayer:
    """Answers for files and themes before the application is asked."""

    def __init__(self, app: WSGIApp, files: StaticFiles, themes: Themes) -> None:
        """Stand outermost."""
        self._app = app
        self._files = files
        self._themes = themes
        self._sheets: dict[str, Asset] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Send a file, or pass the request on."""
        path: str = environ.get("PATH_INFO", "")
        if not path.startswith(("/static/", "/theme/")) and path != "/favicon.ico":
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _plain(start_response, "405 METHOD NOT ALLOWED", ("Allow", "GET, HEAD"))
        found = self._find(path)
        if found is None:
            return _plain(start_response, "404 NOT FOUND")
        return _send(environ, start_response, *found)

    def _find(self, path: str) -> tuple[Asset, str] | None:
        if path == "/favicon.ico":
            mark = self._files.get("favicon.ico") or self._files.get("mark.svg")
            return None if mark is None else (mark, SOON)
        if path.startswith("/static/"):
            return self._files.at(path)
        digest, suffix = posixpath.splitext(path.removeprefix("/theme/"))
        if suffix != ".css":
            return None
        if digest not in self._sheets:
            css = self._themes.css_at(digest)
            if css is None:
                return None
            self._sheets[digest] = asset_of(css.encode(), _TYPES[".css"])
        return self._sheets[digest], FOREVER


def asset_of(body: bytes, content_type: str) -> Asset:
    """Make a file ready: its hash, and a packed form where packing pays."""
    worth_it = content_type.startswith(_PACKED) and len(body) > 500
    packed = gzip.compress(body, 9, mtime=0) if worth_it else None
    return Asset(body, packed, content_type, hashlib.sha256(body).hexdigest()[:16])


def _name(path: Path, folder: Path) -> str:
    """Give a file's name below its folder; nothing for hidden files and for links that lead outside."""
    name = path.relative_to(folder).as_posix()
    hidden = any(part.startswith(".") for part in name.split("/"))
    if hidden or not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return ""
    return name


def _send(
    environ: Mapping[str, Any], start_response: Callable[..., Any], asset: Asset, keep: str
) -> Iterable[bytes]:
    packed = asset.packed if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else None
    etag = f'"{asset.digest}{"-gz" if packed else ""}"'
    headers = [
        ("ETag", etag),
        ("Cache-Control", keep),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "cross-origin" if asset.content_type == FOR_MAIL else "same-origin"),
        # A picture opened by itself is a document: it may run and load nothing.
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ]
    if environ.get("HTTP_IF_NONE_MATCH") == etag:
        start_response("304 NOT MODIFIED", headers)
        return ()
    body = asset.body if packed is None else packed
    headers += [("Content-Type", asset.content_type), ("Content-Length", str(len(body)))]
    if packed is not None:
        headers.append(("Content-Encoding", "gzip"))
    start_response("200 OK", headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def _takes_gzip(accepted: str) -> bool:
    parts = (part.partition(";") for part in accepted.lower().replace(" ", "").split(","))
    return any(name == "gzip" and quality not in ("q=0", "q=0.0") for name, _, quality in parts)


def _plain(start_response: Callable[..., Any], status: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = status[4:].capitalize().encode()
    basics = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, [*basics, *headers])
    return (body,)
