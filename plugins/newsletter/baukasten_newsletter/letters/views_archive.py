"""What was sent, for everybody: an issue in its languages, the list of all, and the feeds."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import (
    NotFound,
    absolute_url,
    here,
    language_named,
    letterhead,
    media_by_id,
    module_url,
    render,
    requires,
    tally,
)
from baukasten_newsletter.keys import READ
from baukasten_newsletter.letters import archive, feeds
from baukasten_newsletter.letters.archive import Entry
from baukasten_newsletter.letters.latest import lines
from baukasten_newsletter.models import Issue
from baukasten_newsletter.routes import NUMBER, routes

_ = lazy("newsletter")
MAX_BEFORE = 1_000_000_000


@routes.get(f"/ausgabe/{NUMBER}/")
@requires(READ, cached=True)
def archived(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Show an issue in the language of the page, or else in its first one."""
    editions = archive.issue_at(here().session, module, number)
    return _page(module, archive.in_language(editions, here().language))


@routes.get(f"/ausgabe/{NUMBER}/<string(maxlength=20):language>")
@requires(READ, cached=True)
def archived_in(module: ModuleRef, number: int, language: str) -> ResponseReturnValue:
    """Show an issue in one of its languages, such as easy German, which the site itself need not offer."""
    editions = archive.issue_at(here().session, module, number)
    for edition in editions:
        if edition.language == language:
            return _page(module, edition)
    raise NotFound


@routes.get("/ausgabe/")
@requires(READ)
def archive_list(module: ModuleRef) -> ResponseReturnValue:
    """List all issues, the newest first."""
    before = _before()
    found = archive.issues(here().session, module, here().language, before=before, limit=archive.PAGE + 1)
    older = found[archive.PAGE - 1].number if len(found) > archive.PAGE else 0
    return render(
        "newsletter/archive.html",
        title=_("All issues"),
        crumbs=[*_crumbs(module), (_("All issues"), "")],
        entries=lines(module, found[: archive.PAGE]),
        older_url=module_url(module, "archive_list", vor=older) if older else "",
        feed_url=module_url(module, "list_feed"),
    )


@routes.get("/feed.atom")
@requires(READ, cached=True)
def list_feed(module: ModuleRef) -> ResponseReturnValue:
    """Give the newest issues of the list as an Atom feed."""
    entries = archive.issues(here().session, module, here().language)
    page, own = module_url(module, "archive_list"), module_url(module, "list_feed")
    return _feed(module, feeds.Feed(module.title, module.path, page, own, here().tenant.name), entries)


@routes.get("/themen/<string(maxlength=80):slug>/feed.atom")
@requires(READ, cached=True)
def topic_feed(module: ModuleRef, slug: str) -> ResponseReturnValue:
    """Give the newest issues of one topic as an Atom feed."""
    topic = archive.topic_at(here().session, module, slug)
    entries = archive.issues(here().session, module, here().language, topic_id=topic.id)
    page, own = module_url(module, "archive_list"), module_url(module, "topic_feed", slug=slug)
    title = f"{module.title}: {topic.title}"
    said = feeds.Feed(title, f"{module.path}themen/{slug}/", page, own, here().tenant.name)
    return _feed(module, said, entries)


def _page(module: ModuleRef, shown: Entry) -> ResponseReturnValue:
    session = here().session
    issue = session.get_one(Issue, (here().tenant.id, shown.issue_id))
    tally(archive.VISITS, shown.issue_id)
    known = media_by_id(session, issue.papers)
    return render(
        "newsletter/issue_page.html",
        title=shown.subject,
        crumbs=[
            *_crumbs(module),
            (_("All issues"), module_url(module, "archive_list")),
            (str(_("Issue %(number)s")) % {"number": shown.number}, ""),
        ],
        module=module,
        issue=shown,
        greeting=_greeting(shown.language),
        spoken=language_named(shown.language),
        others=[
            (language_named(code), _in(module, shown.number, code))
            for code in shown.languages
            if code != shown.language
        ],
        # The site names its own languages already; easy German may be none of them.
        alternates=[
            (language_named(code).lang, absolute_url(_in(module, shown.number, code)))
            for code in shown.languages
            if code not in here().tenant.languages
        ],
        papers=[known[one] for one in issue.papers if one in known],
        list_url=module_url(module, "front"),
        archive_url=module_url(module, "archive_list"),
    )


def _in(module: ModuleRef, number: int, language: str) -> str:
    return module_url(module, "archived_in", number=number, language=language)


def _greeting(language: str) -> str:
    """Give the greeting of somebody without a name, with which the letter's first line goes on."""
    with letterhead(here().session).speaking(language):
        return str(_("Good day,"))


def _crumbs(module: ModuleRef) -> list[tuple[str | LazyText, str]]:
    return [(module.title, module_url(module, "front"))]


def _before() -> int:
    text = request.args.get("vor", "")
    return (
        min(int(text), MAX_BEFORE)
        if text.isascii() and text.isdecimal() and len(text) < len(str(MAX_BEFORE))
        else 0
    )


def _feed(module: ModuleRef, said: feeds.Feed, entries: list[Entry]) -> Response:
    return Response(feeds.atom(module, said, entries), content_type=feeds.MEDIA_TYPE)
