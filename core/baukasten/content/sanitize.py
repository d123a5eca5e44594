"""The one seam to the HTML sanitisers: bleach first, nh3 behind it, and a type that says both were asked."""

import re
import threading
from dataclasses import dataclass, field

import bleach.sanitizer
import nh3

from baukasten.errors import N_, Invalid

# Stored beside the HTML; raise it whenever a rule below changes, so that older rows can be rendered again.
SANITISER_VERSION = 1

MAX_DEPTH = 100
MAX_HTML = 400_000
# Markdown never mis-nests; for what does, this keeps bleach's square of the siblings under a second.
MAX_TAGS = 16_000

LINK_REL = "nofollow ugc noopener"
SCHEMES = frozenset({"http", "https", "mailto"})

TOO_DEEP = N_("Quotes, lists or brackets are nested too deeply here. Please use fewer levels.")
TOO_LARGE = N_("This text has too much formatting. Please shorten it or split it.")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
# One slash that is not followed by another one, in either direction: "//host" and "/\host" leave the site.
_ON_SITE = re.compile(r"(?:/(?![/\\])|#)[^\s\\]*")


class SafeHtml(str):
    """HTML that came out of this seam; the only text that templates print unescaped.

    Putting it together with other text gives an ordinary str again, which templates escape. Wrap by hand only
    what was stored together with its SANITISER_VERSION.
    """

    __slots__ = ()

    def __html__(self) -> str:
        """Tell Jinja and markupsafe that nothing is left to escape."""
        return str(self)


@dataclass(frozen=True)
class Policy:
    """What may remain of a piece of HTML: tags, whether links may stay on the site, attributes besides links."""

    tags: frozenset[str]
    site_links: bool = False
    attributes: dict[str, frozenset[str]] = field(default_factory=dict, hash=False)


class _Kit(threading.local):
    """Each thread's own cleaners: bleach's parser has state and crashes when two threads share one."""

    def __init__(self) -> None:
        self.first: dict[Policy, bleach.sanitizer.Cleaner] = {}
        self.second: dict[Policy, nh3.Cleaner] = {}


_kit = _Kit()


def is_on_site(url: str) -> bool:
    """Say whether an address has neither scheme nor host: a path from the root, or an anchor."""
    return _ON_SITE.fullmatch(url) is not None


def clean(html: str, policy: Policy) -> SafeHtml:
    """Return what the policy allows of a fragment; whatever else it had is dropped, its text kept.

    Raises Invalid for fragments that are larger or deeper nested than bleach reads in reasonable time.
    """
    tags = [] if len(html) > MAX_HTML else _TAG.findall(html)
    if len(html) > MAX_HTML or len(tags) > MAX_TAGS:
        raise Invalid({"": TOO_LARGE}, TOO_LARGE)
    if _open_at_once(tags) > MAX_DEPTH:
        raise Invalid({"": TOO_DEEP}, TOO_DEEP)
    return SafeHtml(_second(policy).clean(_first(policy).clean(html)))


def _open_at_once(tags: list[tuple[str, str]]) -> int:
    """Return how many of the tags (slash, name) are open at once, an end tag closing only its own name.

    Mis-nested tags that never close are what makes an HTML5 parser quadratic: it opens them again in every block.
    """
    open_now: dict[str, int] = {}
    depth = deepest = 0
    for end, name in tags:
        tag = name.lower()
        if tag in _VOID:
            continue
        if not end:
            open_now[tag] = open_now.get(tag, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
        elif open_now.get(tag, 0):
            open_now[tag] -= 1
            depth -= 1
    return deepest


def _first(policy: Policy) -> bleach.sanitizer.Cleaner:
    """Return this thread's bleach cleaner for a policy."""
    if policy not in _kit.first:
        _kit.first[policy] = bleach.sanitizer.Cleaner(
            tags=policy.tags,
            attributes={"a": ["href"]} | {tag: sorted(names) for tag, names in policy.attributes.items()},
            protocols=SCHEMES,
            strip=True,
        )
    return _kit.first[policy]


def _second(policy: Policy) -> nh3.Cleaner:
    """Return this thread's nh3 cleaner for a policy; it also gives every link its rel."""
    if policy not in _kit.second:
        _kit.second[policy] = nh3.Cleaner(
            tags=set(policy.tags),
            # Scripts lose their content with their tags should one ever come as far as here.
            clean_content_tags={"script", "style"},
            attributes={"a": {"href"}} | {tag: set(names) for tag, names in policy.attributes.items()},
            url_schemes=set(SCHEMES),
            url_relative=_keep_on_site if policy.site_links else "deny",
            link_rel=LINK_REL,
        )
    return _kit.second[policy]


def _keep_on_site(url: str) -> str | None:
    """Return an address of this site unchanged, None for one that leaves it without naming a scheme."""
    return url if is_on_site(url) else None
