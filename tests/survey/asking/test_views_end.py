"""The whole way of an answer: begin, pages, overview, receipt."""

from sqlalchemy import select

from baukasten_survey.models import Admission, Draft, Sealed
from tests.survey.conftest import open_survey


def test_somebody_answers_from_the_front_page_to_the_receipt(client, database, town, session):
    open_survey(database, town)
    assert "Sicher zur Schule" in client.get("/umfrage/").text
    assert client.send("/umfrage/").headers["Location"] == "/umfrage/seite/p1"
    assert client.send("/umfrage/seite/p1", _shown="q1").status_code == 422
    good = client.send("/umfrage/seite/p1", _shown="q1", q1="a2")
    assert good.headers["Location"] == "/umfrage/seite/p2"
    good = client.send("/umfrage/seite/p2", _shown="q2", q2="Ein <b>Satz</b>.")
    assert good.headers["Location"] == "/umfrage/uebersicht"
    shown = client.get("/umfrage/uebersicht").text
    assert "Antwort a2" in shown
    assert "Ein &lt;b&gt;Satz&lt;/b&gt;." in shown
    sent = client.post("/umfrage/absenden", data={"_token": client.token("/umfrage/uebersicht")})
    assert sent.headers["Location"] == "/umfrage/danke"
    assert client.get("/umfrage/danke").status_code == 200
    assert session.scalars(select(Admission.kind)).all() == ["visit"]
    assert len(session.scalars(select(Sealed.id)).all()) == 1
    assert session.scalars(select(Draft.id)).all() == []
