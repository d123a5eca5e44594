"""Walks through a site as a browser or a search engine would, and keeps all that came back."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from tests.house.bodies import words_of

LINKS = re.compile(r'(?:href|action|src)="([^"#]*)|<loc>([^<]+)</loc>|"url": ?"([^"]+)"|Sitemap: (\S+)')
MOST = 1_000


@dataclass
class Walk:
    """Everything that one person got to see: status, headers and body by address."""

    host: str
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    def pages_with(self, words):
        """Name the addresses whose answer, header lines included, has these words in any case."""
        return sorted(path for path, (_status, text) in self.seen.items() if words.lower() in text.lower())


def walk(browser, *starts, skip=()):
    """Follow every link of this host from the given paths, but for those that begin so; nothing is sent but GET."""
    found, waiting = Walk(browser.host), list(starts)
    while waiting:
        path = waiting.pop()
        if path in found.seen or path.startswith(("/static/", "/theme/", *skip)):
            continue
        assert len(found.seen) < MOST, "the site goes on for ever"
        answer = browser.get(path)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        body = words_of(answer.get_data())
        found.seen[path] = answer.status_code, f"{headers}\n\n{body}"
        location = answer.headers.get("Location", "")
        for link in [location, *(next(filter(None, match), "") for match in LINKS.findall(body))]:
            target = local(unescape(link), browser.host, path)
            if target and target not in found.seen:
                waiting.append(target)
    return found


def local(link, host, page):
    """Give the path of a link that stays at this host, or nothing."""
    parts = urlsplit(link)
    if (
        parts.scheme not in ("", "http", "https")
        or parts.netloc not in ("", host)
        or not (parts.path or parts.query)
    ):
        return ""
    path = parts.path or urlsplit(page).path
    if not path.startswith("/"):
        return ""
    return path + (f"?{parts.query}" if parts.query else "")
