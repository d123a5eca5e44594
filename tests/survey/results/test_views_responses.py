"""Single responses: read by few, a page at a time, without a word about who gave them."""

import pytest

from baukasten.plugin.refs import Role
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

BASE = "/umfrage/antworten/"
ASKED = definition(page("p1", question("q1", "single", options=options("a1", "a2")), question("q2", "long")))
NEXT = definition(page("p1", question("q1", "single", options=options("a1", "neu"))))


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


def test_answers_are_read_in_the_words_of_their_version(browse, admin, module, fill, session):
    fill(module, [{"q1": "a2", "q2": "<b>weil</b>"}], member_id=admin.id, flags=["fast"])
    fill(module, [{"q1": "a1"}], test=True)
    publish(session, lookup.of_module(session, module.id), NEXT)
    fill(module, [{"q1": "neu"}], version=2, source="paper")
    text = browse(admin).get(BASE).text
    assert text.index("Antwort neu") < text.index("Antwort a2") < text.index("&lt;b&gt;weil&lt;/b&gt;")
    assert ("Sehr schnell" in text, "Papier" in text, text.count("<article")) == (True, True, 2)
    main = text[text.index("<main") : text.index("</main>")]
    assert "Ada Siel" not in main
    assert f"/bausteine/{module.id}/exporte/" in main


def test_pages_follow_each_other(browse, admin, module, fill):
    fill(module, [{"q2": f"Wort {number:02}."} for number in range(45)])
    desk, seen, address = browse(admin), [], BASE
    for size in (20, 20, 5):
        text = desk.get(address).text
        seen += [number for number in range(45) if f"Wort {number:02}." in text]
        assert text.count("<article") == size
        address = text.partition('rel="next" href="')[2].partition('"')[0]
    assert (sorted(seen), address) == (list(range(45)), "")


@pytest.mark.parametrize("rubbish", ["x", "-1", "9" * 30, "1e3", ""])
def test_rubbish_is_the_first_page(browse, admin, module, fill, rubbish):
    fill(module, [{"q2": "Wort"}])
    assert "Wort" in browse(admin).get(f"{BASE}?nach={rubbish}").text


def test_only_few_may_read_them(browse, moderator, new_member, module, client):
    assert browse(moderator).get(BASE).status_code == 403
    assert browse(new_member(Role.RESIDENT)).get(BASE).status_code == 403
