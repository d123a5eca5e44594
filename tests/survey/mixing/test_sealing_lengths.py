"""Nothing that is stored on the way of a sealed answer is longer for whoever writes more."""

import pytest
from sqlalchemy import func, select

from baukasten_survey.models import Draft, Sealed
from tests.survey.conftest import open_survey

WORDS = ["", "kurz", "lang " * 700]


def _answer(browser, session, words):
    """Give the lengths of the draft after each page, and at last of the sealed answer."""
    lengths = []

    def look(table):
        session.rollback()
        lengths.append(
            session.scalar(select(func.octet_length(table.blob)).order_by(table.id.desc()).limit(1))
        )

    for path, fields in (
        ("", {}),
        ("seite/p1", {"_shown": "q1", "q1": "a2"}),
        ("seite/p2", {"_shown": "q2", "q2": words}),
    ):
        browser.send(f"/umfrage/{path}", **fields)
        look(Draft)
    browser.post("/umfrage/absenden", data={"_token": browser.token("/umfrage/uebersicht")})
    look(Sealed)
    return lengths


@pytest.mark.parametrize("anonymity", ["separated", "pseudonymous"])
def test_drafts_and_sealed_answers_are_as_long_whatever_they_say(
    anonymity, client_of, database, town, session
):
    open_survey(database, town, anonymity=anonymity)
    found = {tuple(_answer(client_of(town), session, words)) for words in WORDS}
    if anonymity == "separated":
        assert {len(lengths) for lengths in found} == {4}
        assert {lengths[0] == lengths[1] == lengths[2] for lengths in found} == {True}
        assert (len(found), {lengths[3] for lengths in found}) == (1, {8192})
    else:
        # Where answers are not sealed, drafts need no more room than they take; so this test can fail.
        assert len(found) == 2
