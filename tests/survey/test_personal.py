"""Staff are told which texts they mended, and are forgotten there."""

from sqlalchemy import select

from baukasten_survey import personal
from baukasten_survey.models import Fix, Version
from tests.survey.conftest import NOW, open_survey


def test_mended_texts_are_handed_out_and_the_name_taken_away(session, database, town, admin, moderator):
    open_survey(database, town)
    version = session.scalars(select(Version.id)).one()
    texts = {"path": "title", "language": "de", "before": "Weeg", "after": "Weg", "at": NOW}
    session.add(Fix(version_id=version, by=admin.id, **texts))
    session.flush()

    assert personal.export(session, admin.id) == [texts]
    assert personal.export(session, moderator.id) == []
    assert (personal.erase(session, moderator.id), personal.erase(session, admin.id)) == (0, 1)
    assert personal.export(session, admin.id) == []
    assert session.scalars(select(Fix.after)).all() == ["Weg"]
