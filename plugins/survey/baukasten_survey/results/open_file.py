"""The file of single responses for everybody, and its description as a Data Package.

The description follows Data Package and Table Schema 1.0 of the Open Knowledge Foundation, so that programs read it.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from baukasten.sdk import dgettext, harmless_cell
from baukasten_survey.results.licences import LICENCES
from baukasten_survey.results.page import Results

STEP, PEOPLE = "_step", "_people"
"""No question can be called so: codes begin with a letter."""
FILE = "offene-daten.csv"


def as_csv(results: Results) -> bytes:
    """Give each combination of answers that at least k people of one step gave, and how many these are.

    Columns that a step leaves out are empty in its lines.
    """
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    columns = _columns(results)
    table.writerow([STEP, *columns, PEOPLE])
    for step, data in results.standing.files:
        for row, number in data.rows.items():
            told = dict(zip(data.columns, row, strict=True))
            table.writerow([step, *(harmless_cell(told.get(code, "")) for code in columns), number])
    return stream.getvalue().encode("utf-8-sig")


def as_package(results: Results, town: str) -> bytes:
    """Describe the file: what each column means, what had to be left out, and who may do what with it.

    The town is named as its publisher, as licences want that ask for the source.
    """
    publication, reader = results.publication, results.reader
    licence = LICENCES[publication.licence]
    title = reader.words(reader.definitions[0].title)
    fields = [
        _field(STEP, "integer", dgettext("survey", "Step of counting"), _steps(results)),
        *(_question(results, code) for code in _columns(results)),
        _field(PEOPLE, "integer", dgettext("survey", "People who answered like this"), ""),
    ]
    resource = {
        "name": "offene-daten",
        "path": FILE,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": fields, "missingValues": [""]},
    }
    found = {
        "profile": "tabular-data-package",
        "name": "umfrage-offene-daten",
        "title": title,
        "description": dgettext(
            "survey",
            "Each line stands for at least %(k)s people who answered alike. Everybody who was counted is in it.",
            k=results.standing.k,
        ),
        "contributors": [{"title": town, "role": "publisher"}],
        "licenses": [{"name": publication.licence, "title": licence.title, "path": licence.url}],
        "resources": [resource],
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def left_out(results: Results) -> list[tuple[str, int]]:
    """Give the titles of columns that would make somebody recognisable, each with in how many steps."""
    found: dict[str, int] = {}
    for _step, data in results.standing.files:
        for code in data.left_out:
            found[code] = found.get(code, 0) + 1
    return [(results.reader.title(code), steps) for code, steps in found.items()]


def _columns(results: Results) -> list[str]:
    return list(dict.fromkeys(code for _step, data in results.standing.files for code in data.columns))


def _steps(results: Results) -> str:
    days = (
        f"{number}: {day.isoformat()}" for number, (day, _people) in enumerate(results.standing.freezes, 1)
    )
    return ", ".join(days)


def _question(results: Results, code: str) -> dict[str, Any]:
    keys: Iterator[str] = (
        row[list(data.columns).index(code)]
        for _step, data in results.standing.files
        if code in data.columns
        for row in data.rows
    )
    labels = results.reader.labels(code, list(dict.fromkeys(keys)))
    missing = [str(step) for step, data in results.standing.files if code not in data.columns]
    note = dgettext("survey", "Left out in step %(steps)s", steps=", ".join(missing)) if missing else ""
    field = _field(code, "string", results.reader.title(code), note)
    return field | {
        "constraints": {"enum": list(labels)},
        "categories": [{"value": key, "label": label} for key, label in labels.items()],
    }


def _field(name: str, kind: str, title: str, description: str) -> dict[str, Any]:
    field = {"name": name, "type": kind, "title": title}
    return field | {"description": description} if description else field
