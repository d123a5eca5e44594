"""An archive with every type of question becomes a survey that is over: stored, shown and taken away value by value."""

import io

from baukasten.plugin.work import Work, begin
from baukasten_survey.datasets import exports
from baukasten_survey.models import Response
from baukasten_survey.transfer.lime import read_structure
from baukasten_survey.transfer.lime_responses import columns_of
from baukasten_survey.transfer.reports import Report
from tests.survey.transfer.lime_files import Made, archive, column, responses, structure
from tests.survey.transfer.lime_rows import sent, written
from tests.survey.transfer.test_lime_responses import EVERY

FILES = '[{"title":"t","comment":"c","size":12.5,"name":"a.pdf","filename":"fu_x","ext":"pdf"}]'
ASKED = [*(made for made, _row, _answers in EVERY), Made("sent", "|")]


def _rows():
    """Three responses: everything answered, every second question, nothing."""
    cells = [
        {column(at, suffix): value for suffix, value in row.items()}
        for at, (_made, row, _) in enumerate(EVERY, 1)
    ]
    head = {"submitdate": "2024-05-06 10:11:12", "startlanguage": "en"}
    found = []
    for number, some in enumerate((cells, cells[::2], []), 1):
        row: dict[str, object] = {"id": str(number), **head}
        for one in some:
            row |= one
        found.append(row)
    found[0][column(len(ASKED))] = FILES
    return found


def test_every_type_is_stored_shown_and_taken_away(place, browse, admin, town):
    place.send(archive(structure(*ASKED), responses(*_rows())))
    place.work()
    done = place.state()
    assert (done.row, done.lost, done.problem) == (("done", 3, 3), {}, "")
    made = read_structure(iter([structure(*ASKED)]), Report())
    columns = columns_of(made.plans, made.source.languages)
    stored = [answers for answers, _test in done.responses]
    kept = {"id": None, "name": "a.pdf", "size": 12.5, "type": "pdf", "title": "t", "comment": "c"}
    assert stored[0].pop("sent") == [kept]
    rows = _rows()
    del rows[0][column(len(ASKED))]
    assert [written(columns, one) for one in stored] == [sent(row) for row in rows]
    desk = browse(admin)
    for path in ("antworten/", "auswertung/", "auswertung/vorschau", "bearbeiten/", "einstellungen/"):
        assert desk.get(f"/umfrage/{path}").status_code == 200, path

    def take_away(session):
        begin(session, Work(0, 1, town, frozenset(), {}))
        heads = exports.heads(session, place.module)
        table = [dict(zip(heads, row, strict=True)) for row in exports.rows(session, place.module)]
        out = io.BytesIO()
        exports.build_sav(session, place.module, out)
        return len(table), len(out.getvalue()), session.query(Response).count()

    count, size, kept_rows = place.on(take_away)
    assert (count, kept_rows, size > 1_000) == (3, 3, True)
