"""What search engines are told: where they may go, and what there is."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from baukasten.projects import queries
from baukasten.projects.facts import ProjectLine
from baukasten.projects.locate import is_shown
from baukasten.web.here import Here

CLOSED = ("/konto/", "/verwaltung/", "/suche")
"""Nothing secret stands there, but nothing to find either."""
PAGES = ("/", "/beteiligung/", "/regeln", "/impressum", "/datenschutz", "/barrierefreiheit")


def robots(base: str) -> str:
    """Give robots.txt (RFC 9309) for a site whose addresses begin with ``base``."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "Allow: /",
        f"Sitemap: {base}/sitemap.xml",
    ]
    return "\n".join(lines) + "\n"


def sitemap(base: str, place: Here, projects: Sequence[ProjectLine]) -> str:
    """List pages, public projects and visible modules; two statements, whatever their number."""
    session = place.session
    placed = [
        *queries.modules(session, None),
        *queries.modules_of(session, [project.id for project in projects]),
    ]
    dated = [(f"/beteiligung/{project.slug}/", project.changed_at.date().isoformat()) for project in projects]
    plain = [*PAGES, *(module.path for module in placed if is_shown(place, module))]
    entries = [*((path, "") for path in plain), *dated]
    urls = (_entry(base + path, day) for path, day in sorted(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "".join(urls) + "</urlset>\n"
    )


def _entry(address: str, day: str) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(address)}</loc>{changed}</url>\n"
