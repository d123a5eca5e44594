"""Asking a town's plugins what there is to tell in summaries: each by itself, so that a failing one is left out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from baukasten.db.session import Scope
from baukasten.plugin.digests import LONGEST_KEY, DigestItem, DigestSource, DigestStretch
from baukasten.plugin.hooks import Answer, Hooks
from baukasten.tenants import plugins
from baukasten.web import i18n

T = TypeVar("T")
HOOK = "register_digests"


def digest_items(session: Scope, stretch: DigestStretch, language: str = "") -> list[DigestItem]:
    """Give what everybody may be told of a stretch, what is due first, then the newest; without ``language`` as spoken.

    The number of statements depends on the sources, not on items. For jobs: a slow source is waited for.
    """
    with _speaking(language):
        found = [
            item
            for source, hooks in _sources(session)
            for item in _run(hooks, source, _items, session, stretch) or ()
        ]
    return sorted(found, key=_order)


def find_digest_items(session: Scope, keys: Collection[str], language: str = "") -> dict[str, DigestItem]:
    """Give the items of these keys as everybody may read them at this moment; what left view is missing."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        by_source[key.partition(":")[0]].append(key)
    with _speaking(language):
        return {
            item.key: item
            for source, hooks in _sources(session)
            if source.value.key in by_source
            for item in _run(hooks, source, _find, session, by_source[source.value.key]) or ()
        }


def digest_items_for(
    session: Scope, member_ids: Collection[int], since: dt.datetime, language: str = ""
) -> dict[int, list[DigestItem]]:
    """Give members what concerns each of them alone since a moment, newest first; each source asks once for all."""
    found: dict[int, list[DigestItem]] = defaultdict(list)
    with _speaking(language):
        for source, hooks in _sources(session) if member_ids else ():
            if source.value.for_members is not None:
                for member_id, item in _run(hooks, source, _for_members, session, member_ids, since) or ():
                    found[member_id].append(item)
    return {member_id: sorted(items, key=_order) for member_id, items in found.items()}


def _items(session: Scope, source: DigestSource, stretch: DigestStretch) -> list[DigestItem]:
    return _checked(source, source.items(session, stretch))


def _find(session: Scope, source: DigestSource, keys: Collection[str]) -> list[DigestItem]:
    return [item for item in _checked(source, source.find(session, keys)) if item.key in keys]


def _for_members(
    session: Scope, source: DigestSource, member_ids: Collection[int], since: dt.datetime
) -> list[tuple[int, DigestItem]]:
    assert source.for_members is not None  # noqa: S101 - asked by the caller a line before
    given = source.for_members(session, member_ids, since)
    return [(key, item) for key, items in given.items() for item in _checked(source, items)]


def _checked(source: DigestSource, items: Iterable[DigestItem]) -> list[DigestItem]:
    """Refuse what could not be told once for good; raises TypeError and ValueError, which are the source's failure."""
    found = list(items)
    for item in found:
        if not isinstance(item, DigestItem):
            raise TypeError(f"{type(item).__name__} instead of an item of a digest")
        own, plain = item.key.startswith(f"{source.key}:"), item.key.isascii() and item.key.isprintable()
        if not own or not plain or " " in item.key or len(item.key) > LONGEST_KEY:
            raise ValueError(f"{source.key} gave an item with the key {item.key!r}")
    return found


def _run(
    hooks: Hooks, source: Answer[DigestSource], work: Callable[..., list[T]], session: Scope, *args: Any
) -> list[T] | None:
    answer = hooks.run(source, f"{HOOK}.{work.__name__[1:]}", work, session, source.value, *args)
    return None if answer is None else answer.value


def _sources(session: Scope) -> Iterator[tuple[Answer[DigestSource], Hooks]]:
    contract = session.contract
    # The caller's savepoint is not for a plugin to lose: as a job writes, each source gets its own.
    hooks = contract.manager.at(session.tenant_id or 0, plugins.active(session))
    for source in contract.registry.digests.values():
        yield source, hooks


def _speaking(language: str) -> Any:
    speaker = i18n.current()
    zone = speaker.formats.zone.key
    return i18n.speaking(i18n.translator(language, zone) if language else speaker)


def _order(item: DigestItem) -> tuple[bool, float, str]:
    """Sort what is due by its moment, and everything else behind it, the newest first."""
    moment = -item.at.timestamp() if item.due is None else item.due.timestamp()
    return item.due is None, moment, item.key
