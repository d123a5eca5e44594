"""The console is for operators alone, lists, opens and suspends towns, and grants plugins."""

import itertools
import re

import pytest

from baukasten.audit import service as audit
from baukasten.jobs.queue import enqueue
from baukasten.operator import figures
from baukasten.plugin.refs import Role
from baukasten.tenants import plugins, service
from baukasten.web.platform import EXTENSION

PAGES = ("/betrieb/", "/betrieb/neu", "/betrieb/bausteine", "/betrieb/zustand")
_numbers = itertools.count(1)


def open_towns(database, prefix, count):
    """Open towns without further ado; gives their short names in order."""
    slugs = [f"{prefix}-{number:03}" for number in range(count)]
    with database.operator_session() as session:
        for slug in slugs:
            service.create(session, slug=slug, name=f"Ort {slug}", hosts=[f"{slug}.test"])
        session.commit()
    return slugs


@pytest.fixture
def prefix(town):
    """A beginning of short names that no other test has, in the middle of the alphabet."""
    return f"m{next(_numbers)}{town.slug.replace('-', '')}"


def listed(page):
    return re.findall(r'href="/betrieb/stadt/([a-z0-9-]+)"', page.text)


@pytest.mark.parametrize("path", PAGES)
def test_guests_are_led_to_the_door(client_of, base_config, path):
    answer = client_of(base_config.operator_host).get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/konto/anmelden?next=")


@pytest.mark.parametrize("path", [*PAGES, "/betrieb/stadt/{slug}"])
def test_people_of_a_town_never_come_in(
    at_console, client_of, sign_in, new_account, new_member, town, base_config, path
):
    account_id = new_account("Alles in der Stadt")
    member = new_member(Role.ADMIN, Role.MODERATOR, account=account_id)
    # The console knows operators only: everybody else is a guest there.
    answer = at_console(account_id).get(path.format(slug=town.slug))
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/konto/anmelden")
    at_home = client_of(town)
    sign_in(at_home, member)
    assert at_home.get(path.format(slug=town.slug)).status_code == 404


def test_the_operator_is_nobody_in_a_town(operator, client_of, town):
    at_home = client_of(town)
    secret = operator.get_cookie("__Host-session", domain=operator.host).value
    at_home.set_cookie("__Host-session", secret, domain=town.host, secure=True)
    assert at_home.get("/verwaltung/").status_code == 303
    assert at_home.get("/betrieb/").status_code == 404


def test_a_citizen_at_the_console_changes_nothing(at_console, new_account, operator, town, database):
    citizen = at_console(new_account())
    for path in (f"/betrieb/stadt/{town.slug}/sperren", "/betrieb/auftraege/1/wiederholen"):
        assert citizen.post(path).status_code == 403
    with database.operator_session() as session:
        assert not service.by_slug(session, town.slug).suspended


def test_towns_are_searched_and_paged_in_constant_statements(operator, database, prefix, statements):
    slugs = open_towns(database, prefix, 3)
    operator.get("/betrieb/")
    with statements() as few:
        assert listed(operator.get(f"/betrieb/?q={prefix}")) == slugs
    slugs += [f"{prefix}-more-{number:03}" for number in range(57)]
    open_towns(database, f"{prefix}-more", 57)
    with statements() as many:
        first = operator.get(f"/betrieb/?q={prefix.upper()}")
    assert len(many) == len(few)
    assert listed(first) == slugs[:50]
    older = re.search(r'href="(/betrieb/\?[^"]*after=[^"]*)"', first.text)
    assert older is not None
    last = operator.get(older[1].replace("&amp;", "&"))
    assert listed(last) == slugs[50:]
    assert "after=" not in last.text


@pytest.mark.parametrize("asked", ["%25", "_", "%5C", "gibt-es-nicht", "'%22%3C"])
def test_signs_of_the_search_stand_for_themselves(operator, town, asked):
    page = operator.get(f"/betrieb/?q={asked}")
    assert (page.status_code, listed(page)) == (200, [])


def test_a_town_whose_short_name_begins_many_others_is_found(operator, database, prefix):
    # Sixty others come before it in the alphabet and contain its name.
    open_towns(database, f"a-{prefix}", 60)
    with database.operator_session() as session:
        service.create(session, slug=prefix, name="Die Eine", hosts=[f"{prefix}.test"])
        session.commit()
    page = operator.get(f"/betrieb/stadt/{prefix}")
    assert (page.status_code, "Die Eine" in page.text) == (200, True)


@pytest.mark.parametrize("slug", ["nirgendwo", "%00", "x" * 300])
def test_an_unknown_town_is_not_found(operator, slug):
    assert operator.get(f"/betrieb/stadt/{slug}").status_code in (400, 404)


def test_a_town_is_opened_and_answers(operator, client_of, database, prefix):
    answer = operator.send(
        "/betrieb/neu", name="Neu am See", slug=prefix, host=f"{prefix}.test", tagline="Am See", theme="klar"
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/betrieb/stadt/{prefix}")
    assert "Neu am See" in operator.get(answer.headers["Location"]).text
    assert "Neu am See" in client_of(f"{prefix}.test").get("/").text
    with database.operator_session() as session:
        entry = audit.platform_entries(session, limit=1)[0]
        found = service.by_slug(session, prefix)
    assert (entry.action, entry.target) == ("tenants.tenant.create", f"tenant:{found.id}")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"slug": "Große Stadt"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"host": "kein host"}, "host"),
        ({"host": "http://stadt.test/"}, "host"),
        ({"theme": "gibt-es-nicht"}, "theme"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_a_bad_entry_is_named_and_everything_is_kept(operator, database, town, prefix, wrong, field):
    wrong = {key: town.slug if value == "taken" else value for key, value in wrong.items()}
    values = {"name": "Neu am See", "slug": prefix, "host": f"{prefix}.test", "theme": "klar", **wrong}
    page = operator.send("/betrieb/neu", tagline="Bleibt <stehen>", **values)
    assert page.status_code == 422
    assert re.findall(r'href="#f-(\w+)"', page.text) == [field]
    assert "Bleibt &lt;stehen&gt;" in page.text
    with database.operator_session() as session:
        assert prefix not in {one.slug for one in service.list_towns(session)}


def test_a_town_without_a_token_is_not_opened(operator, database, prefix):
    values = {"name": "Neu", "slug": prefix, "host": f"{prefix}.test", "theme": "klar"}
    assert operator.post("/betrieb/neu", data=values).status_code == 403
    with database.operator_session() as session:
        assert prefix not in {one.slug for one in service.list_towns(session)}


@pytest.fixture
def granted(database, town):
    """Tell which plugins the town may use."""

    def ask():
        with database.operator_session() as session:
            return plugins.granted(session, town.id)

    return ask


def test_a_plugin_is_withdrawn_and_granted_again(operator, granted, town):
    path = f"/betrieb/stadt/{town.slug}"
    for what, expected in (("revoke", False), ("grant", True)):
        token = operator.token(path)
        values = {"town": town.slug, "plugin": "forum", "what": what, "back": path, "_token": token}
        answer = operator.post("/betrieb/bausteine", data=values)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
        assert ("forum" in granted()) == expected


@pytest.mark.parametrize("back", ["https://boese.example/", "//boese.example", "", "/\\boese.example"])
def test_after_granting_nobody_is_led_elsewhere(operator, town, back):
    values = {"town": town.slug, "plugin": "forum", "what": "grant", "back": back}
    answer = operator.send("/betrieb/bausteine", **values)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/betrieb/bausteine")


@pytest.mark.parametrize(
    "wrong", [{"town": "nirgendwo"}, {"plugin": "nichts"}, {"town": ""}, {"what": "steal"}, {"town": "\0"}]
)
def test_what_cannot_be_granted_is_refused(operator, granted, town, wrong):
    values = {"town": town.slug, "plugin": "forum", "what": "revoke", **wrong}
    assert operator.send("/betrieb/bausteine", **values).status_code in (400, 422)
    assert "forum" in granted()


def test_a_suspended_town_is_closed_at_once_kept_pages_included(
    operator, app, client, other_town, client_of, town
):
    generations = app.extensions[EXTENSION].generations
    generations.refresh()
    for _twice in range(2):
        assert client.get("/").status_code == 200
    for values, status in (({}, 503), ({"undo": "1"}, 200)):
        token = operator.token(f"/betrieb/stadt/{town.slug}")
        answer = operator.post(f"/betrieb/stadt/{town.slug}/sperren", data={**values, "_token": token})
        assert answer.status_code == 303
        generations.refresh()
        assert client.get("/").status_code == status
        assert client_of(other_town).get("/").status_code == 200


def test_the_closed_page_says_so_and_asks_to_come_back(operator, app, client, town):
    operator.post(
        f"/betrieb/stadt/{town.slug}/sperren", data={"_token": operator.token(f"/betrieb/stadt/{town.slug}")}
    )
    app.extensions[EXTENSION].generations.refresh()
    page = client.get("/")
    assert (page.status_code, page.headers["Cache-Control"]) == (503, "private, no-store")
    assert "Die Kommune hat diese Seite vorerst geschlossen." in page.text


def test_dead_jobs_are_listed_and_tried_again(operator, database, town, mailbox):
    with database.session(town.id) as session:
        job_id = enqueue(session, "mail.send", to="x", template="nirgends", subject="x")
        session.commit()
    with database.operator_session() as session:
        session.connection().exec_driver_sql(
            "UPDATE jobs.procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %s", (job_id,)
        )
        session.commit()
    page = operator.get("/betrieb/zustand").text
    path = f"/betrieb/auftraege/{job_id}/wiederholen"
    row = next(row for row in page.split("<tr>") if path in row)
    assert ("mail.send" in row, town.name in row, '<td class="n">8</td>' in row) == (True, True, True)
    assert operator.post(path, data={"_token": operator.token("/betrieb/zustand")}).status_code == 303
    assert path not in operator.get("/betrieb/zustand").text
    again = operator.post(path, data={"_token": operator.token("/betrieb/neu")})
    assert again.status_code == 404


def test_of_the_towns_that_may_use_a_plugin_a_few_are_named_and_all_are_counted(database, new_town, prefix):
    with database.operator_session() as session:
        before = figures.granted(session, 0)
        assert before == {}
        already = figures.granted(session, 1).get("forum", ([], 0))[1]
    for number in range(3):
        new_town(name=f"!{prefix} {number}")
    with database.operator_session() as session:
        names, count = figures.granted(session, 2)["forum"]
    assert count == already + 3
    assert len(names) == 2
    assert names == sorted(names)
