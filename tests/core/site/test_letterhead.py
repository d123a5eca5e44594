"""What a town's letters are written on."""

import pytest

from baukasten.errors import NotFound
from baukasten.site import letterhead
from baukasten.tenants.models import Tenant


def test_a_letterhead_knows_the_town_without_a_request(session, town, app):
    session.get(Tenant, town.id).crest = "kranichsiel"
    session.flush()
    head = letterhead.letterhead(session)
    assert head.town.name == town.name
    assert head.url("/regeln") == f"https://{town.host}/regeln"
    assert head.url("/regeln", "en") == f"https://{town.host}/en/regeln"
    assert head.url("/regeln", town.language) == f"https://{town.host}/regeln"
    assert head.url("/regeln", "nds") == f"https://{town.host}/regeln", (
        "a language that the site does not offer"
    )
    assert head.crest.startswith(f"https://{town.host}/static/")


def test_the_crest_answers_at_its_address_and_may_be_kept(session, town, client):
    session.get(Tenant, town.id).crest = "kranichsiel"
    session.flush()
    answer = client.get(letterhead.letterhead(session).crest.removeprefix(f"https://{town.host}"))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin", (
        "mail services show it on their own pages"
    )


def test_a_theme_that_is_gone_gives_way_to_the_house_theme(session, town):
    house = letterhead.letterhead(session).light
    session.get(Tenant, town.id).theme = "gone"
    session.flush()
    assert letterhead.letterhead(session).light == house


@pytest.mark.parametrize("crest", ["", "missing", "../../x"])
def test_no_crest_is_no_address(session, town, crest):
    session.get(Tenant, town.id).crest = crest
    session.flush()
    assert letterhead.letterhead(session).crest == ""


def test_every_crest_of_the_pages_has_one_for_letters():
    drawn = {file.stem for file in letterhead.CRESTS.glob("*.svg")}
    assert {file.stem for file in letterhead.CRESTS.glob("*.png")} == drawn


def test_letters_speak_the_language_of_their_reader(session, town):
    with letterhead.letterhead(session).speaking("en") as spoken:
        assert spoken.language == "en"


def test_there_is_no_letterhead_without_a_town(database):
    with database.session(None) as nowhere, pytest.raises(NotFound):
        letterhead.letterhead(nowhere)
