"""The table for the weighing of contributions."""

import csv
import io
import re
import zipfile

import pytest
from sqlalchemy import update

from baukasten_forum.models import Plan, Topic


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_every_contribution_stands_in_it_and_replies_that_were_weighed(
    session, forum, furnished, weighed, export, noon
):
    topic, first, _bad, _gone = furnished
    plan = Plan(module_id=forum.id, kind="text", title="Bebauungsplan")
    session.add(plan)
    session.flush()
    session.execute(
        update(Topic).where(Topic.id == topic.topic_id).values(place="Kai", plan_id=plan.id, passage=3)
    )
    session.commit()
    rows = table(export("forum.weighing", "csv"))
    assert [re.sub(r"\d", "0", row.pop("Eingegangen")) for row in rows] == ["0000-00-00 00:00:00"] * 2
    assert rows == [
        {
            "Nr.": str(topic.topic_id), "Ort oder Stelle": "Kai, Bebauungsplan, Abschnitt 3",
            "Titel": "Treppe ins Wasser", "Beitrag": "Breite Stufen.", "Unterstützungen": "0",
            "Zusammenfassung": "Kurz partly", "Stellungnahme der Verwaltung": "Geht so.",
            "Beschlussvorschlag": "Teilweise folgen",
        },
        {
            "Nr.": f"{topic.topic_id}/{first.number}",
            "Ort oder Stelle": "Kai, Bebauungsplan, Abschnitt 3", "Titel": "Treppe ins Wasser",
            "Beitrag": "'=1+1 ist Spatz99", "Unterstützungen": "0", "Zusammenfassung": "Kurz ",
            "Stellungnahme der Verwaltung": "Geht so.", "Beschlussvorschlag": "",
        },
    ]  # fmt: skip


def test_what_nobody_weighed_yet_stands_there_too(furnished, export):
    [row] = table(export("forum.weighing", "csv"))
    assert (row["Titel"], row["Zusammenfassung"], row["Beschlussvorschlag"]) == ("Treppe ins Wasser", "", "")


@pytest.mark.parametrize("chosen", ["xlsx", "odt"])
def test_other_formats(furnished, weighed, export, chosen):
    with zipfile.ZipFile(io.BytesIO(export("forum.weighing", chosen))) as package:
        text = b"".join(package.read(name) for name in package.namelist()).decode("utf-8", "replace")
    assert "Beschlussvorschlag" in text
    assert "Teilweise folgen" in text
