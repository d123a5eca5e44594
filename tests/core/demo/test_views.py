"""Start page and mailbox: on the demo's host and nowhere else."""

import pytest

from baukasten.mail import message
from baukasten.mail.message import Sender

SENDER = Sender("Kranichsiel", "beteiligung@kranichsiel.localhost", "kranichsiel.localhost")
TEXT = "Guten Tag,\nbitte bestätigen: https://kranichsiel.localhost/x?a=1.\n"
HTML = "<p>Guten Tag</p><script>alert(1)</script>"


@pytest.fixture
def letter(mailbox_folder):
    built = message.build(SENDER, "bente@kranichsiel.example", subject="Bestätigen <b>", text=TEXT, html=HTML)
    return mailbox_folder.send(built)


def test_the_start_page_names_towns_and_accounts(visit, keys):
    browser = visit("demo.test")
    assert browser.get("/").headers["Location"] == "/demo/"
    page = browser.get("/demo/").get_data(as_text=True)
    for expected in (
        keys.password,
        "http://kranichsiel.localhost:8123/",
        "http://dreibirken.localhost:8123/",
        "http://turmstedt.localhost:8123/",
        "http://betrieb.test:8123/",
        "betrieb@demo.example",
        'href="/postfach/"',
        "3 Kommunen, ein Baukasten",
    ):
        assert expected in page
    assert page.count("@kranichsiel.example") == 4


def test_the_mailbox_shows_what_would_have_been_sent(visit, letter):
    browser = visit("demo.test")
    listed = browser.get("/postfach/").get_data(as_text=True)
    assert f'href="/postfach/{letter}"' in listed
    assert "Bestätigen &lt;b&gt;" in listed
    page = browser.get(f"/postfach/{letter}").get_data(as_text=True)
    assert '<a href="https://kranichsiel.localhost/x?a=1">' in page
    assert "<script>alert" not in page
    assert browser.get("/postfach/nichts").status_code == 404


def test_a_mails_own_html_may_run_and_load_nothing(visit, letter):
    answer = visit("demo.test").get(f"/postfach/{letter}/html")
    assert "<p>Guten Tag</p>" in answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/demo/", "/postfach/", "/postfach/x", "/postfach/x/html"])
@pytest.mark.parametrize("host", ["kranichsiel.localhost", "betrieb.test", "nobody.test"])
def test_other_hosts_know_nothing_of_it(visit, host, path):
    assert visit(host).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/beteiligung/", "/konto/anmelden", "/verwaltung/", "/impressum", "/betrieb/"]
)
def test_the_demos_host_has_nothing_else(visit, path):
    assert visit("demo.test").get(path).status_code == 404


@pytest.mark.parametrize("slug", ["kranichsiel", "dreibirken", "turmstedt"])
def test_the_towns_are_served_beside_it(visit, slug, towns):
    plan = next(town for town in towns if town.slug == slug)
    page = visit(plan.host).get("/").get_data(as_text=True)
    assert plan.name in page
    assert "Idee einbringen" in page
