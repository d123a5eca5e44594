"""On no page of the demo does axe find anything: in light with all rules, in the dark, and on a small phone."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from baukasten.projects import queries
from baukasten.web.languages import LANGUAGES
from tests.journeys.browsing import NARROW, visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.pages import PAGES
from tests.journeys.tour import CONTRAST, LIGHT, TARGETS, WIDER, Tour

pytestmark = pytest.mark.browser

UNSEEN = {
    "api.projects": "JSON for machines",
    "api.signing_key": "JSON for machines",
    "api.unknown": "problem+json for machines",
    "chat:calendar": "a calendar for programs",
    "chat:hours_part": "a piece of a page for a script; shown whole with the room",
    "chat:message": "leads to the page at a message",
    "chat:older": "JSON for a script",
    "chat:report_message": "leads to the form that reports",
    "chat:report_question": "leads to the form that reports",
    "chat:similar_questions": "JSON for a script",
    "chat:since": "JSON for a script",
    "chat:transcript_data": "JSON for programs",
    "chat:speakers_part": "a piece of a page for a script; shown whole with the list",
    "demo.html": "a mail's own HTML, shown under its own policy",
    "forum:by_number": "leads to the topic",
    "forum:category_feed": "a feed for programs",
    "forum:draft_state": "JSON for a script",
    "forum:feed": "a feed for programs",
    "forum:jump": "leads to a post",
    "forum:names": "JSON for a script",
    "forum:old_address": "leads to the post",
    "forum:post": "leads to the topic",
    "forum:post_by_id": "leads to the topic",
    "forum:quotation": "text for a script",
    "forum:similar_topics": "a piece of a page for a script; shown whole with the preview",
    "forum:topic_feed": "a feed for programs",
    "forum:weigh_reply": "leads to the page of a reply",
    "newsletter:import_report": "a table for programs",
    "newsletter:issue_frame": "a letter's own HTML, shown under its own policy",
    "newsletter:list_feed": "a feed for programs",
    "newsletter:sending_part": "a piece of a page for a script; shown whole with the page about sending",
    "newsletter:topic_feed": "a feed for programs",
    "survey:build_sheet": "a spreadsheet",
    "survey:questionnaire": "a PDF",
    "survey:results_csv": "a table for programs",
    "survey:results_json": "JSON for programs",
    "survey:results_rows": "a table for programs",
    "survey:results_package": "JSON for programs",
    "projects.module_in_project": "the placed kind's own routes are looked at instead",
    "projects.module_on_site": "as above, for modules outside projects",
    "site.robots": "text for search engines",
    "moderation.evidence_file": "JSON for the files of a town",
    "moderation.puzzle": "JSON for a script",
    "moderation.transparency_table": "a table for programs",
    "media.file": "a picture or a paper, no page",
    "site.sitemap": "XML for search engines",
}
"""Routes that answer GET with no page of their own, and why."""
MODULES = ("projects.module_in_project", "projects.module_on_site")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_is_accessible(tour: Tour, page):
    seen = tour.sights[str(page)]
    assert (seen.status, seen.light, seen.dark, seen.narrow) == (page.status, [], [], [])


def test_every_page_of_the_house_is_visited(tour: Tour, shown: Exhibition):
    matrix = shown.app.extensions["baukasten.matrix"]
    seen = {endpoint for sight in tour.sights.values() if (endpoint := endpoint_of(shown, sight.address))}
    assert sorted(readable(shown) - seen - UNSEEN.keys()) == []
    assert sorted(UNSEEN.keys() - matrix.keys()) == []


def readable(shown: Exhibition) -> set[str]:
    """Name the routes of the permission matrix that answer GET, as the matrix names them."""
    pages = {rule.endpoint for rule in shown.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    kinds = shown.database.contract.registry.kinds.items()
    routes = ((kind, route) for kind, answer in kinds for route in answer.value.routes.routes.values())
    pages |= {f"{kind}:{route.endpoint}" for kind, route in routes if "GET" in route.methods}
    return {name for name in shown.app.extensions["baukasten.matrix"] if name in pages}


def endpoint_of(shown: Exhibition, address: str) -> str:
    """Name the route that answered an address; a module's is found in its kind."""
    host, _, path = address.removeprefix("http://").partition("/")
    path = "/" + path.partition("?")[0].partition("#")[0]
    language = path.split("/")[1]
    path = path.removeprefix(f"/{language}") if language in LANGUAGES else path
    try:
        endpoint, values = shown.app.url_map.bind(host).match(path)
        if endpoint not in MODULES:
            return str(endpoint)
        kind = kind_of(shown, host, values)
        routes = shown.database.contract.registry.kinds[kind].value.routes
        route, _ = routes.match(host, "/" + values.get("rest", ""), "GET")
        return f"{kind}:{route.endpoint}"
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return ""


def kind_of(shown: Exhibition, host: str, values: Mapping[str, str]) -> str:
    """Name the kind of the module that is placed at an address."""
    town = shown.town(host.partition(".")[0])
    with shown.database.session(town.id) as session:
        placement = queries.module_at(session, values.get("project"), values["module"])
        return placement.module.kind if placement else "forum"


BROKEN = """<!doctype html><html lang="de"><meta name="viewport" content="width=device-width"><title>Kaputt</title>
<style>a { color: #999; background: #fff; } button { width: 9px; height: 9px; padding: 0; border: 0 }
@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } } div { width: 600px }</style>
<main><h1>Kaputt</h1><img src="data:,"><p>Dunkel</p><a href="#x">Blass</a>
<div>breit</div><button aria-label="a"></button><button aria-label="b"></button></main></html>"""


def test_a_broken_page_is_found_out(browser: Browser, shown: Exhibition):
    with visiting(browser, color_scheme="light") as visitor:
        visitor.page.set_content(BROKEN)
        light = rules(visitor.axe(LIGHT))
        visitor.page.emulate_media(color_scheme="dark")
        dark = rules(visitor.axe(CONTRAST))
        visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert (light, dark - light, rules(visitor.axe(TARGETS))) == (
            {"color-contrast", "image-alt", "target-size"},
            set(),
            {"target-size"},
        )
        assert len(dark) == 1
        assert visitor.page.evaluate(WIDER) == ["wider than the screen: DIV."]


WORDS_ON = """<!doctype html><html lang="de"><title>Worte</title><style>
p {{ color: #333; background: {ground} }} div {{ background: #fff }} @media (prefers-color-scheme: dark)
{{ div, p {{ background: #222 }} }}</style><main><h1>Worte</h1><p>Eins</p><div><p>Zwei</p>{more}</div></main></html>"""


def test_colours_are_judged_where_they_are_not_proven(browser: Browser):
    proven: set[str] = set()
    with visiting(browser, color_scheme="light") as visitor:

        def findings(ground: str, more: str = "") -> int:
            visitor.page.set_content(WORDS_ON.format(ground=ground, more=more))
            return len(visitor.colours(proven))

        assert (findings("#fff"), findings("#555"), findings("#fff")) == (0, 2, 0)
        # The same words on the same ground once more are nothing new, paler ones are, each time.
        before = set(proven)
        assert (findings("#fff", "<p>Drei</p>"), proven) == (0, before)
        pale = "<p><b style='color: #aaa'>Blass</b></p>"
        assert [findings("#fff", pale) for _time in range(2)] == [1, 1]
        # What lies above others is judged each time, for what is below it may be any of them.
        aloft = "<p style='background: {}'>&nbsp;</p><p style='background: none; position: absolute; top: {}'>Oben</p>"
        below = "<i style='position: absolute; top: 300px; width: 99px; height: 99px; background: #444'></i>"
        assert [findings("#fff", below + aloft.format("#fff", at)) for at in ("500px", "310px")] == [0, 1]
        visitor.page.emulate_media(color_scheme="dark")
        assert findings("#fff") == 2


def rules(findings: list[str]) -> set[str]:
    """Name the rules that were broken."""
    return {finding.partition(":")[0] for finding in findings}
