"""Topics that say much the same as a title that somebody types, so that nothing is asked twice."""

import re
from dataclasses import dataclass

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, module_path, search, site_url
from baukasten_forum.keys import POST_TYPE

_WORD = re.compile(r"\w{4,}")
MAX_WORDS, LOOKED_AT, SHOWN_MOST = 8, 20, 5


@dataclass(frozen=True, slots=True)
class Similar:
    """A topic that may say the same."""

    title: str
    url: str


def similar(session: Scope, module: ModuleRef, title: str) -> list[Similar]:
    """Give at most five topics of the forum in which one of the title's longer words stands, the nearest first."""
    words = list(dict.fromkeys(word.casefold() for word in _WORD.findall(title)))[:MAX_WORDS]
    if not words:
        return []
    base = module_path(session.contract, module, "index")
    topic = re.compile(rf"{re.escape(base)}([0-9]+)")
    found: dict[str, Similar] = {}
    for hit in search(session, " or ".join(words), module_id=module.id, limit=LOOKED_AT).items:
        place = topic.match(hit.path)
        if hit.content_type == POST_TYPE and place:
            # A reply leads to the topic that it stands in; its short address goes on to the whole one.
            path = hit.path if f"{place[1]}-" in hit.path else place[0]
            found.setdefault(place[1], Similar(hit.title, site_url(path)))
    return list(found.values())[:SHOWN_MOST]
