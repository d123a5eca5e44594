"""Two towns that differ in one word: whatever is asked of one, in any role, never shows the other's word.

The same walk proves that what is held, hidden or a draft is invisible on every surface.
"""

import re

import pytest
from sqlalchemy import update

from baukasten.projects.models import DRAFT, PUBLISHED, Module, Project
from baukasten.web.platform import EXTENSION
from tests.house.crawler import walk
from tests.house.talking import UNSEEN, placed
from tests.house.test_routes import NOBODYS, filled, pattern_of
from tests.house.towns import Kit, furnish, token_of

OWN, OTHER = "Amsel77", "Zeisig77"
CONSOLE = "/betrieb"
HIDDEN = re.compile(r'name="(_token|seen)" value="(\w+)"')
ROLES = ("guest", "neighbour", "citizen", "moderator", "admin")


@pytest.fixture
def new_twins(database, base_config, new_town, new_member, mailbox):
    """Furnish two towns anew, for tests that change them."""

    def make():
        kit = Kit(database, new_member, base_config.secret_key)
        towns = [new_town(name=f"Stadt {marker}", tagline=f"Am {marker}") for marker in (OWN, OTHER)]
        furnished = [furnish(kit, town, marker) for town, marker in zip(towns, (OWN, OTHER), strict=True)]
        # The search hears of contributions, and letters go out.
        mailbox.deliver()
        return furnished

    return make


@pytest.fixture
def twins(new_twins, once, mailbox):
    """Give two towns that the tests of this file share, as they are only looked at."""
    if "twins" not in once:
        once["twins"], once["mails"] = new_twins(), mailbox.transport.list()
    return once["twins"]


@pytest.fixture
def browse(client_of, sign_in, new_member):
    def make(at, role):
        browser = client_of(at.town)
        if role == "neighbour":
            sign_in(browser, new_member(name="Nachbarin", where=at.town), at.town)
        elif role != "guest":
            sign_in(browser, at.members[role], at.town)
        return browser

    return make


@pytest.fixture
def walked(app, contract, browse, once):
    """Give what somebody finds on a walk through a town; two questions about the same walk cost one."""

    def do(at, role):
        if (at.town.id, role) not in once:
            # The desks of staff are the same in every language; guests and members walk in both.
            skip = ("/en/",) if role in ("moderator", "admin") else ()
            once[at.town.id, role] = walk(browse(at, role), *starts(app, contract, at), skip=skip)
        return once[at.town.id, role]

    return do


def starts(app, contract, at, *others):
    """Give every address of the site with the town's own things, then what only a search would ask."""
    values = {**NOBODYS, **at.arguments}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.rule.startswith(CONSOLE)
    ]
    yield from (
        filled(pattern_of(rule.rule), values) for rule in rules if "projects.module" not in rule.endpoint
    )
    for kind, answer in contract.registry.kinds.items():
        for route in answer.value.routes.routes.values():
            yield filled(placed(kind, pattern_of(route.rule)), values)
    for words in ("Thema", "Antwort", OWN, OTHER, f"{UNSEEN}{OWN}", f"{UNSEEN}{OTHER}", *others):
        yield f"/suche/?q={words}"
    yield from (
        "/en/",
        "/en/beteiligung/",
        "/sitemap.xml",
        "/robots.txt",
        "/api/v1/projects",
        "/gibt/es/nicht",
    )
    hidden = f"{at.module.path}{at.hidden.topic_id}-{at.hidden.slug}"
    yield from (
        hidden,
        f"{at.module.path}{at.hidden.topic_id}",
        f"{at.module.path}{at.topic.topic_id}/4",
        *at.drafts,
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_one_town_shows_the_other(twins, walked, role):
    here, there = twins
    for at, own, foreign in ((here, OWN, OTHER), (there, OTHER, OWN)):
        found = walked(at, role)
        # What was asked for is repeated on the page of the search, and nowhere else.
        asked = {path for path in found.seen if f"q={foreign}" in path or f"q={UNSEEN}{foreign}" in path}
        assert set(found.pages_with(foreign)) <= asked
        for path in asked:
            assert f"Thema {foreign}" not in found.seen[path][1]
            assert f"Stadt {foreign}" not in found.seen[path][1]
        assert len(found.pages_with(own)) > 25
        assert [path for path, (status, _text) in found.seen.items() if status >= 500] == []


@pytest.mark.parametrize("role", ["guest", "neighbour"])
def test_what_is_not_in_view_is_on_no_surface(twins, walked, role):
    here, _there = twins
    found = walked(here, role)
    unseen = f"{UNSEEN}{OWN}"
    # An address that was asked for stands on the page that says there is nothing.
    asked = {path for path in found.seen if unseen.lower() in path.lower()}
    assert set(found.pages_with(unseen)) <= asked
    for path in asked:
        assert f"Thema {unseen}" not in found.seen[path][1]
        assert f"Antwort {unseen}" not in found.seen[path][1]
    # The hidden topic, the number of the hidden reply and the draft answer like nothing.
    for path in (f"{here.module.path}{here.hidden.topic_id}-{here.hidden.slug}", *here.drafts):
        assert found.seen[path][0] == 404
    moderator = walked(here, "moderator")
    assert len(moderator.pages_with(unseen)) > len(asked) + 2


def test_search_finds_what_is_in_view(twins, browse):
    here, _there = twins
    page = browse(here, "guest").get(f"/suche/?q={OWN}").text
    assert f"Thema {OWN}" in page


def test_kept_pages_are_no_way_round(app, twins, browse):
    """Asked in turn, both towns are answered from the same memory."""
    here, there = twins
    platform = app.extensions[EXTENSION]
    platform.generations.refresh()
    guests = {at.marker: browse(at, "guest") for at in twins}
    paths = [
        "/",
        "/beteiligung/",
        "/sitemap.xml",
        "/api/v1/projects",
        "/impressum",
        "/regeln",
        "/datenschutz",
    ]
    for _turn in range(2):
        for path in paths:
            for at, foreign in ((here, OTHER), (there, OWN)):
                page = guests[at.marker].get(path).text.lower()
                assert foreign.lower() not in page, path
                assert UNSEEN not in page, path
    kept = {(key[0], key[2]) for key in platform.pages._pages}
    assert {(at.town.host, path) for at in twins for path in paths} <= kept


def test_hiding_reaches_the_kept_page_the_search_and_the_feed(app, new_twins, browse, mailbox):
    here, _there = new_twins()
    from_memory = app.extensions[EXTENSION]
    guest, moderator = browse(here, "guest"), browse(here, "moderator")
    topic = f"{here.module.path}{here.topic.topic_id}-{here.topic.slug}"
    from_memory.generations.refresh()
    assert f"Text {OWN}" in guest.get(topic).text
    assert f"Text {OWN}" in guest.get(topic).text
    case = f"/verwaltung/moderation/{here.arguments['case_id']}"
    fields = dict(HIDDEN.findall(moderator.get(case).text))
    values = {
        "_token": fields["_token"],
        "seen": fields["seen"],
        "measure": "hide",
        "person": "",
        "until": "1",
        "rule": "matter",
        "facts": "Werbung",
    }
    assert moderator.post(case, data=values).status_code == 303
    from_memory.generations.refresh()
    assert guest.get(topic).status_code == 404
    mailbox.deliver()
    assert f"Thema {OWN}" not in guest.get(f"/suche/?q={OWN}").text
    assert f"Thema {OWN}" not in guest.get(here.module.path).text
    # The answers under a hidden topic go with it.
    assert "Antwort 0" not in guest.get("/suche/?q=Antwort").text


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (update(Module).values(visible=False), update(Module).values(visible=True)),
        (update(Project).values(state=DRAFT), update(Project).values(state=PUBLISHED)),
    ],
)
def test_what_a_town_takes_back_is_on_no_surface(app, contract, database, twins, browse, change, back):
    here, _there = twins
    generations = app.extensions[EXTENSION].generations
    for statement, shown in ((change, False), (back, True)):
        with database.session(here.town.id) as session:
            session.execute(statement)
            session.commit()
        generations.refresh()
        # Twice, so that kept pages are asked as well.
        for _turn in range(2):
            found = walk(browse(here, "guest"), *starts(app, contract, here))
            assert bool(found.pages_with(f"Thema {OWN}")) is shown
            linked = [
                path
                for path, (status, text) in found.seen.items()
                if status == 200 and here.module.path in text
            ]
            assert bool(linked) is shown, linked


def test_mails_of_one_town_do_not_name_the_other(twins, once):
    here, there = twins
    mails = once["mails"]
    for at, foreign in ((here, OTHER), (there, OWN)):
        own = [mail for mail in mails if at.town.host in mail.sender]
        assert own
        for mail in own:
            assert foreign not in f"{mail.subject}{mail.text}{mail.html}{mail.sender_name}"
            assert at.marker in mail.text


def test_what_a_person_takes_away_is_of_their_town(twins, browse):
    here, _there = twins
    citizen = browse(here, "citizen")
    token = token_of(citizen.get("/konto/adresse").text)
    answer = citizen.post("/konto/daten/herunterladen", data={"_token": token})
    assert answer.status_code == 200
    assert OWN in answer.text
    assert OTHER not in answer.text
