"""The list of a forum or of one category: topics in an order, narrowed, with what is one reader's own."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import NotFound, here, kept_part, may, module_url, part, remember, render
from baukasten_forum import categories, filters, finding, listing, pages
from baukasten_forum.categories import Known
from baukasten_forum.filters import Asked
from baukasten_forum.keys import CREATE
from baukasten_forum.listing import AnyRow, Chosen, Counts
from baukasten_forum.reasons import reasons
from baukasten_forum.stages import kinds
from baukasten_forum.stages.shown import opening

_ = lazy("forum")


@dataclass(frozen=True, slots=True)
class Chip:
    """One press that narrows the list."""

    label: str
    url: str
    count: int | None = None
    icon: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Topics of one page of a list."""

    rows: Sequence[AnyRow]
    excerpts: Mapping[int, str]
    newer: str = ""
    older: str = ""
    is_cut: bool = False


LINES = "forum/list_lines.html"
# Templates escape what people write, so that a title cannot hold a mark.
_MARK = re.compile(r"<!--(new|word)\.(\d+)-->")
ABOVE: list[Callable[[ModuleRef, MemberRef | None], Markup]] = []
"""Above the list: what may be done in the forum, and until when; kept where it is equal for all."""
BELOW: list[Callable[[ModuleRef, Known | None, MemberRef | None], Markup]] = []
"""Under the list of the forum or of a category, such as feeds and the level of following."""
TOOLS: list[Callable[[ModuleRef, MemberRef], Sequence[tuple[str, str]]]] = []
"""Labels and addresses for those who look after the forum; each names only what this member may do."""
CHIPS: list[Callable[[ModuleRef, Asked, MemberRef], Sequence[Chip]]] = []
"""What a member alone can choose, such as what is new to them."""
UNREAD: list[Callable[[ModuleRef, Sequence[int], MemberRef], Collection[int]]] = []
"""Ids of the listed topics in which a member has something to read; one statement for all of them."""


def show(module: ModuleRef, args: Mapping[str, str], category: Known | None = None) -> str:
    """Give one page of a list as the address asks for it; raises NotFound for what no address of ours says."""
    place = here()
    known = categories.kept(module)
    asked = filters.read(
        args,
        {one.slug: one.id for one in known},
        place.member,
        category=category.slug if category else "",
    )
    counts = remember(("forum", "counts", module.id), lambda: listing.counts(place.session, module.id))
    titles = {one.id: one.title for one in known}
    open_now = opening(module, CREATE)
    can_write = open_now.open and (place.member is None or may(place.session, place.member, CREATE, module))
    return render(
        "forum/list.html",
        title=category.title if category else module.title,
        module=module,
        category=category,
        intro=category.description if category else module.settings.get("intro", ""),
        crumbs=pages.crumbs(module, *([(category.title, "")] if category else [])),
        total=counts.contributions,
        days_left=pages.days_left(open_now),
        closed=open_now.reason,
        write_label=kinds.invitation(module),
        feed_url=module_url(module, "category_feed", slug=category.slug)
        if category
        else module_url(module, "feed"),
        write_url=_write_url(module, category) if can_write else "",
        asked=asked,
        index_url=module_url(module, "index"),
        filters=_filters(module, known, category, asked),
        chips=_quick(module, category, asked, counts),
        lines=_lines(module, category, asked, titles, (args.get("nach", ""), args.get("vor", ""))),
        above=Markup("").join(one(module, place.member) for one in ABOVE),
        below=Markup("").join(one(module, category, place.member) for one in BELOW),
        tools=[entry for one in TOOLS for entry in one(module, place.member)] if place.member else [],
    )


def address(module: ModuleRef, category: Known | None, query: Mapping[str, str]) -> str:
    """Give the address of a list."""
    if category is None:
        return module_url(module, "index", **query)
    return module_url(module, "category", slug=category.slug, **query)


def _lines(
    module: ModuleRef,
    category: Known | None,
    asked: Asked,
    titles: Mapping[int, str],
    pages_asked: tuple[str, str],
) -> Markup:
    """Give the page's topics, kept for all readers, with what is this reader's own; empty where there are none."""
    place = here()

    def load() -> dict[str, Any]:
        now = _found(module, category, asked, *pages_asked)
        return {
            "topics": pages.lines(module, now.rows, titles, why={**reasons(now.rows), **now.excerpts}),
            "newer_url": address(module, category, {**asked.query, "vor": now.newer}) if now.newer else "",
            "older_url": address(module, category, {**asked.query, "nach": now.older}) if now.older else "",
            "is_cut": now.is_cut,
            "orders": list(listing.SORTS.values()),
            "asked": asked,
            "marked": place.member is not None,
        }

    key = _key(module, category, asked)
    whole = (*key, *pages_asked, place.member is None)
    html = (kept_part(whole, LINES, load) if key else part(LINES, **load())).strip()
    return html if place.member is None else _with_own(module, html, place.member)


def _key(module: ModuleRef, category: Known | None, asked: Asked) -> tuple[Any, ...]:
    """Give what tells one list from another; empty for those that are not kept: searches, and what is one person's."""
    if asked.words or "reader" in asked.chosen.values:
        return ()
    values = tuple(sorted(asked.chosen.values.items()))
    return ("forum", module.id, category.id if category else 0, tuple(sorted(asked.query.items())), values)


def _with_own(module: ModuleRef, html: Markup, member: MemberRef) -> Markup:
    """Put into the lines what is new to a member, in place of all marks."""
    # The lines themselves say which topics they show; nobody asks the database for them again.
    listed = [int(one) for kind, one in _MARK.findall(html) if kind == "new"]
    unread = {one for give in UNREAD for one in give(module, listed, member)} if listed else set()
    word = Markup('<span class="vh"> ({})</span>').format(_("new for you"))

    def own(mark: re.Match[str]) -> str:
        return "" if int(mark[2]) not in unread else " new" if mark[1] == "new" else word

    return Markup(_MARK.sub(own, html))  # noqa: S704 - Markup with Markup in it


def _found(module: ModuleRef, category: Known | None, asked: Asked, after: str, before: str) -> Listed:
    """Give the topics of the page in order, and the keys of the pages beside it."""
    place = here()
    if asked.words:
        by_words = finding.topics(place.session, module.id, asked)
        return Listed(by_words.rows, by_words.excerpts, is_cut=by_words.is_cut)
    whole = category is None and not asked.narrowed
    chosen = asked.chosen
    top: Sequence[AnyRow] = ()
    if whole:
        chosen = Chosen((*chosen.clauses, "loose"), chosen.values)
        pinned = remember(("forum", "pinned", module.id), lambda: listing.pinned(place.session, module.id))
        top = () if after or before else pinned
    page = listing.page(place.session, module.id, asked.sort, chosen, after=after, before=before)
    if (after or before) and not page.rows:
        raise NotFound
    return Listed([*top, *page.rows], {}, page.newer, page.older)


def _write_url(module: ModuleRef, category: Known | None) -> str:
    if category is None or category.closed:
        return module_url(module, "write")
    return module_url(module, "write", kategorie=category.slug)


def _filters(module: ModuleRef, known: Sequence[Known], category: Known | None, asked: Asked) -> Markup:
    """Give the subjects and the form that narrows and orders, kept for all who ask for the same list."""

    def load() -> dict[str, Any]:
        return {
            "subjects": _subjects(module, known, category),
            "index_url": module_url(module, "index"),
            "asked": asked,
            "choices": _choices(known, category, asked),
            "orders": list(listing.SORTS.values()),
        }

    key, template = _key(module, category, asked), "forum/list_filters.html"
    return kept_part(key, template, load) if key else part(template, **load())


def _quick(module: ModuleRef, category: Known | None, asked: Asked, counts: Counts) -> Markup:
    """Give the quick choices, kept for all who have the same."""
    member = here().member
    personal = tuple(chip for give in CHIPS for chip in give(module, asked, member)) if member else ()

    def load() -> dict[str, Any]:
        return {"chips": _chips(module, category, asked, counts, personal)}

    key, template = _key(module, category, asked), "forum/list_chips.html"
    return kept_part((*key, personal), template, load) if key else part(template, **load())


def _choices(known: Sequence[Known], category: Known | None, asked: Asked) -> list[dict[str, Any]]:
    """Give the select fields of the form: name, label, values with their words, what is chosen."""
    query = asked.query
    outcomes = [*_labels(filters.OUTCOMES), (filters.ARCHIVE, _("archived"))]
    fields: list[tuple[str, LazyText, LazyText, list[tuple[str, object]], str]] = [
        ("stand", _("Outcome"), _("Any outcome"), outcomes, query.get("stand", "")),
        ("antwort", _("Answer of the town"), _("With and without"), _labels(filters.ANSWERS), query.get("antwort", "")),
        ("zeitraum", _("Brought in"), _("At any time"), _labels(filters.PERIODS), query.get("zeitraum", "")),
    ]  # fmt: skip
    if known:
        subjects: list[tuple[str, object]] = [(one.slug, one.title) for one in known]
        chosen = category.slug if category else ""
        fields.insert(0, ("kategorie", _("Subject"), _("All subjects"), subjects, chosen))
    keys = ("name", "label", "any", "options", "value")
    return [dict(zip(keys, values, strict=True)) for values in fields]


def _labels(closed_list: Mapping[str, tuple[Any, LazyText]]) -> list[tuple[str, object]]:
    return [(key, label) for key, (_value, label) in closed_list.items()]


def _chips(
    module: ModuleRef, category: Known | None, asked: Asked, counts: Counts, personal: Sequence[Chip]
) -> list[Chip]:
    """Give the quick choices; how many there are is told for the whole forum only, where it is known."""
    order = {key: value for key, value in asked.query.items() if key == "sort"}
    quick: list[tuple[object, dict[str, str], int | None]] = [
        (_("All"), {}, counts.topics),
        (_("Without an answer"), {"antwort": "nein"}, counts.unanswered),
    ]
    for key in ("aufgegriffen", "abgelehnt"):
        outcome, label = filters.OUTCOMES[key]
        quick.append((label, {"stand": key}, counts.outcomes.get(outcome.value, 0)))
    chips = [
        Chip(
            str(label),
            address(module, category, {**query, **order}),
            None if category else count,
            current=asked.query == {**query, **order},
        )
        for label, query, count in quick
        if count or not query
    ]
    return [chips[0], *personal, *chips[1:]]


def _subjects(module: ModuleRef, known: Sequence[Known], category: Known | None) -> list[Chip]:
    return [
        Chip(
            one.title,
            module_url(module, "category", slug=one.slug),
            current=category is not None and one.id == category.id,
        )
        for one in known
    ]
