"""What the frame of a page shows: the names that templates may rely on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from baukasten.web.languages import LanguageLink


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a navigation."""

    label: str
    url: str
    current: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class FooterColumn:
    """A column at the end of the page; with links, or a text, or both."""

    title: str
    links: Sequence[Link] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class PageTenant:
    """The town in the head of the page."""

    name: str
    tagline: str = ""
    slug: str = ""
    crest: str = ""


@dataclass(frozen=True, slots=True)
class PageAccount:
    """The person in the head of the page."""

    display_name: str
    is_staff: bool = False
    unread_count: int = 0


@dataclass(slots=True)
class Page:
    """The frame of one page; a view sets the title, the rooms fill the rest."""

    title: str = ""
    tenant: PageTenant | None = None
    lang: str = "de"
    dir: str = "ltr"
    languages: Sequence[LanguageLink] = ()
    alternates: Sequence[tuple[str, str]] = ()
    """For search engines: pairs of ``hreflang`` and absolute address."""
    nav: Sequence[Link] = ()
    account: PageAccount | None = None
    sign_in_url: str = ""
    """Empty where nobody can sign in: on hosts that belong to no town."""
    staff_nav: Sequence[Link] = ()
    footer: Sequence[FooterColumn] = ()
    theme: str = "klar"
    theme_css: Sequence[str] = ()
    scripts: Sequence[str] = ()
    flashes: Sequence[object] = field(default_factory=tuple)
