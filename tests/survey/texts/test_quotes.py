"""Quotes: warned about, released, gone from everywhere when they are taken back."""

import pytest
from sqlalchemy import update

from baukasten.plugin import ContentRef, Visibility
from baukasten.sdk import Conflict, Invalid, NotFound
from baukasten.tenants import settings
from baukasten_survey.models import Response
from baukasten_survey.results import judging, standing, told
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import personal, quotes
from baukasten_survey.texts.models import Quote
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED, WHY

RESULTS = "/umfrage/ergebnisse"


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, state="closed", anonymity="named")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


@pytest.fixture
def choose(session, module, admin):
    def chosen(response, text, **values):
        survey = lookup.of_module(session, module.id)
        found = quotes.choose(session, admin, survey, WHY, response, text, **values).id
        session.commit()
        return found

    return chosen


@pytest.fixture
def release(session, module, moderator):
    def released(number):
        survey = lookup.of_module(session, module.id)
        people = told.told(standing.of_survey(session, survey.id), WHY)
        quotes.release(session, moderator, survey, number, people)
        session.commit()

    return released


@pytest.fixture
def take_back(session, survey, admin):
    def taken(number):
        quotes.take_back(session, admin, survey.id, number)
        session.commit()

    return taken


def everywhere(client, words):
    """Give where everybody reads some words: page, figures for programs, figures for spreadsheets."""
    places = ("", "/zahlen.json", "/zahlen.csv")
    return [words in client.get(f"{RESULTS}{place}").text for place in places]


def test_a_quote_is_read_everywhere_and_then_nowhere(
    module, fill, publish, choose, release, client, take_back
):
    responses = fill(module, [{"q2": f"Der Bus kommt nie, sagt Frau Moor {number}"} for number in range(30)])
    publish(module, "q2")
    quote = choose(responses[3], "Der Bus\u00a0 kommt\tnie.")
    assert everywhere(client, "Der Bus kommt nie") == [False, False, False]
    release(quote)
    assert everywhere(client, "Der Bus kommt nie.") == [True, True, False]
    assert f"/meldung/survey.quote:{quote}" in client.get(RESULTS).text
    assert client.get(f"{RESULTS}/zahlen.json").json["voices"] == [
        {"question": "q2", "text": "Der Bus kommt nie."}
    ]
    take_back(quote)
    assert everywhere(client, "Der Bus kommt nie") == [False, False, False]


def test_what_is_edited_waits_for_release_again(module, fill, publish, choose, release, client):
    responses = fill(module, [{"q2": "weil"}] * 30)
    publish(module, "q2")
    release(choose(responses[0], "Zuerst"))
    choose(responses[0], "Danach")
    assert (everywhere(client, "Zuerst")[0], everywhere(client, "Danach")[0]) == (False, False)


@pytest.mark.parametrize("people", [0, 1, 4])
def test_nothing_is_quoted_from_so_few_that_they_are_not_told(
    module, fill, publish, choose, release, people, client
):
    responses = fill(module, [*([{"q2": "weil"}] * people), *([{"q1": "a1"}] * 40)])
    publish(module, "q1", "q2")
    [late] = fill(module, [{"q2": "spät"}]) if not people else [responses[0]]
    with pytest.raises(Conflict):
        release(choose(late, "Zitat"))
    assert everywhere(client, "Zitat") == [False, False, False]


def test_traces_and_the_town_s_words_are_looked_at_first(session, module, fill, choose):
    [response] = fill(module, [{"q2": "weil"}])
    settings.write(session, "moderation.screening", {"words_held": "blödmann*"})
    session.commit()
    for text in ("Schreibt an ilse@post.example", "Alles Blödmänner, ihr BLÖDMANN!"):
        with pytest.raises(Invalid) as refused:
            choose(response, text)
        assert set(refused.value.errors) == {"looked"}
        session.rollback()
        choose(response, text, looked=True)
    assert session.query(Quote).count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_a_quote_has_words(module, fill, choose, text):
    [response] = fill(module, [{"q2": "weil"}])
    with pytest.raises(Invalid):
        choose(response, text)


def test_only_texts_of_the_question_are_quoted(module, fill, choose, database, town):
    [silent] = fill(module, [{"q1": "a1"}])
    other = open_survey(database, town, ASKED, slug="andere", anonymity="named")
    [foreign] = fill(other, [{"q2": "fremd"}])
    for response in (silent, foreign, 2**62):
        with pytest.raises(NotFound):
            choose(response, "Zitat")


def test_the_order_says_nothing_of_the_answers_and_is_set_by_hand(session, survey, module, fill, choose):
    responses = fill(module, [{"q2": f"weil {number}"} for number in range(8)])
    for number, response in enumerate(responses):
        choose(response, f"Zitat {number}")
    first = [one.id for one in quotes.of_survey(session, survey.id)]
    assert len({one.place for one in session.query(Quote)}) == 8
    quotes.lift(session, survey.id, first[3])
    session.commit()
    assert [one.id for one in quotes.of_survey(session, survey.id)] == [
        *first[:2],
        first[3],
        first[2],
        *first[4:],
    ]


def test_moderation_hides_a_quote_and_brings_it_back(session, module, fill, publish, choose, release, client):
    responses = fill(module, [{"q2": "weil"}] * 30)
    publish(module, "q2")
    quote = choose(responses[0], "Zitat")
    release(quote)
    [found] = judging.find(session, [quote, 2**62])
    assert (found.ref, found.visibility, found.author_id, found.excerpt, found.path) == (
        ContentRef("survey.quote", quote),
        Visibility.PUBLISHED,
        None,
        "Zitat",
        f"{RESULTS}#voice-{quote}",
    )
    for step, seen in (("hide", False), ("restore", True), ("reject", False)):
        getattr(judging.CONTENT_TYPES[0], step)(session, quote)
        session.commit()
        assert everywhere(client, "Zitat")[0] is seen


def test_nobody_reads_a_quote_by_reporting_it_while_results_are_not_published(
    session, module, fill, publish, choose, release, client
):
    responses = fill(module, [{"q2": "weil"}] * 30)
    publish(module, "q2")
    quote = choose(responses[0], "Zitat")
    release(quote)
    report = f"/meldung/survey.quote:{quote}"
    assert (client.get(report).status_code, client.get(RESULTS).text.count(report)) == (200, 1)
    session.execute(update(Publication).values(published_at=None))
    session.commit()
    assert client.get(report).status_code == 404


def test_whoever_takes_the_answer_back_takes_the_quote_along(
    session, module, fill, publish, choose, release, client, new_member
):
    member = new_member()
    responses = fill(module, [{"q2": "weil"}] * 30)
    session.query(Response).filter_by(id=responses[0]).update({"member_id": member.id})
    session.commit()
    publish(module, "q2")
    release(choose(responses[0], "Zitat"))
    assert everywhere(client, "Zitat")[0] is True
    assert [one["body"] for one in personal.export_quotes(session, member.id)] == ["Zitat"]
    assert personal.erase_quotes(session, member.id) == 1
    session.commit()
    assert everywhere(client, "Zitat")[0] is False
