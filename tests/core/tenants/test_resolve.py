"""The host of a request names the town; an unknown one learns nothing, a second one leads to the first."""

import dataclasses

import pytest

from baukasten.tenants import resolve, service
from baukasten.tenants.models import Host
from baukasten.tenants.resolve import site_of
from baukasten.web.platform import EXTENSION


@pytest.fixture
def generations(app):
    return app.extensions[EXTENSION].generations


@pytest.fixture
def second_host(database, town):
    with database.operator_session() as session:
        session.add(Host(name=f"www.{town.host}", tenant_id=town.id))
        session.commit()
    return f"www.{town.host}"


def test_a_host_is_its_town(session, town, second_host):
    assert site_of(session, town.host) == site_of(session, second_host) == town
    assert site_of(session, "nirgendwo.test") is None


def test_each_host_shows_its_own_town(client_of, town, other_town):
    for here, there in ((town, other_town), (other_town, town)):
        page = client_of(here).get("/")
        assert page.status_code == 200
        assert here.name in page.text
        assert there.name not in page.text


@pytest.mark.parametrize("host", ["nirgendwo.test", "", "betrieb.test.evil.test", "127.0.0.1"])
def test_an_unknown_host_learns_of_no_town(app, client_of, town, host):
    page = client_of("x.test").get("/", headers={"Host": host})
    assert page.status_code == 404
    assert town.name not in page.text


def test_unknown_hosts_are_not_remembered(app, client_of):
    known = len(app.extensions[EXTENSION].hosts)
    for number in range(5):
        client_of(f"n{number}.nirgendwo.test").get("/")
    assert len(app.extensions[EXTENSION].hosts) == known


def test_a_second_host_leads_to_the_primary_one(client_of, town, second_host):
    answer = client_of(second_host).get("/en/suche/?q=a%20b")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{town.host}/en/suche/?q=a%20b"


def test_case_and_the_last_dot_make_no_other_host(client_of, town):
    # The same name to every resolver, so it must not be a way round the redirect and the page cache.
    assert client_of("x.test").get("/", headers={"Host": town.host.upper() + "."}).status_code == 200


def test_forwarded_hosts_are_the_clients_own_words(client_of, town, other_town):
    page = client_of(town).get(
        "/", headers={"X-Forwarded-Host": other_town.host, "Forwarded": f"host={other_town.host}"}
    )
    assert town.name in page.text
    assert other_town.name not in page.text


def test_a_town_that_moved_away_from_a_host_is_gone_there(
    database, client_of, town, second_host, generations
):
    browser = client_of(second_host)
    generations.refresh()
    assert browser.get("/").status_code == 301
    with database.operator_session() as session:
        session.delete(session.get(Host, second_host))
        session.commit()
    generations.refresh()
    assert browser.get("/").status_code == 404


def test_a_suspended_town_is_closed(database, client_of, town, generations):
    browser = client_of(town)
    generations.refresh()
    assert browser.get("/").status_code == 200
    with database.operator_session() as session:
        service.suspend(session, town.id)
        session.commit()
    generations.refresh()
    page = browser.get("/")
    assert page.status_code != 200
    with database.operator_session() as session:
        service.suspend(session, town.id, suspended=False)
        session.commit()
    generations.refresh()
    assert browser.get("/").status_code == 200


def test_a_second_host_leads_on_whatever_the_address_is(client_of, town, second_host):
    page = client_of(second_host).get("/a%0d%0aSet-Cookie:%20b=c%3fd/%ff")
    assert page.status_code == 301
    assert page.location == f"https://{town.host}/a%0D%0ASet-Cookie:%20b=c%3Fd/%EF%BF%BD"


def test_a_town_is_not_remembered_as_it_was_before_it_changed(app, client_of, town, generations, monkeypatch):
    house = app.extensions[EXTENSION]
    late: list[object] = []

    def changes_meanwhile(session, host):
        found = site_of(session, host)
        assert found
        if not late:
            late.append(found)
            return dataclasses.replace(found, name="Alter Name")
        return found

    monkeypatch.setattr(resolve, "site_of", changes_meanwhile)
    house.hosts.clear()
    generations.refresh()
    client_of(town).get("/impressum")
    assert house.hosts[town.host][1].name == town.name
