"""Published figures as files: the very cells that the page shows, for a spreadsheet and for programs."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from baukasten.sdk import dgettext, harmless_cell
from baukasten_survey.cells.shown import Cell, State, Table
from baukasten_survey.cells.spots import Spots
from baukasten_survey.charts.places import square_name
from baukasten_survey.results import measures, relating
from baukasten_survey.results.licences import LICENCES
from baukasten_survey.results.page import Results
from baukasten_survey.results.relating import Weighed

COLUMNS = (
    "question",
    "asked",
    "row",
    "answer",
    "meaning",
    "people",
    "state",
    "at_least",
    "share",
    "base",
    "value",
)
COMPUTED = "computed"
"""State of lines that are no cells but figures of them, such as a mean."""


def as_csv(results: Results) -> bytes:
    """Give all published tables in one long table, with the sign by which spreadsheets know UTF-8."""
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for line in [*_lines(results), *_computed(results)]:
        table.writerow([_plain(line.get(name)) for name in COLUMNS])
    return stream.getvalue().encode("utf-8-sig")


def as_json(results: Results) -> bytes:
    """Give all that the page says as JSON: the interface for programs."""
    publication, licence = results.publication, LICENCES[results.publication.licence]
    found = {
        "title": results.reader.words(results.reader.definitions[0].title),
        "headline": publication.headline,
        "lead": publication.lead,
        "steps": publication.steps,
        "licence": {"name": publication.licence, "title": licence.title, "url": licence.url},
        "people": results.standing.people,
        "least_cell": results.standing.k,
        "versions": [
            {"version": number, "people": people} for number, people in results.standing.versions.items()
        ],
        "frozen": [{"day": day.isoformat(), "people": people} for day, people in results.standing.freezes],
        "cells": list(_lines(results)),
        "voices": [
            {"question": code, "text": voice.text}
            for code, one in results.sides.items()
            for voice in one.voices
        ],
        "figures": [
            {name: line[name] for name in ("question", "asked", "row", "answer", "value", "base")}
            for line in _computed(results)
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _lines(results: Results) -> Iterator[dict[str, Any]]:
    for one in results.findings:
        parts = results.standing.tables[one.code]
        rows = results.reader.rows(one.code, [part for part in parts if part])
        for part, table in parts.items():
            yield from _table(results, one.code, (one.asked, rows.get(part, "")), table)
        yield from _coded(results, one.code, one.asked)
        order = results.standing.ranks.get(one.code)
        if order is not None and order.whole:
            labels = results.reader.labels(one.code, list(order.rows.cells))
            for (option, place), cell in order.cells.items():
                told = _line(one.code, one.asked, labels[option], cell)
                yield told | {"answer": place, "meaning": place, "base": order.rows.cells[option].count}
        for square, people in results.standing.spots.get(one.code, Spots({})).people.items():
            name = square_name(square)
            told = _line(one.code, one.asked, dgettext("survey", "Square"), Cell(State.SHOWN, people))
            yield told | {"answer": name, "meaning": name, "base": None}
    for pair, found in zip(results.pairs, results.crossings, strict=True):
        crossing = results.standing.crossings[pair]
        for key in crossing.rows.cells:
            table_of = crossing.row(key)
            if table_of is not None:
                words = results.reader.labels(pair[0], [key])[key]
                yield from _table(results, pair[1], (found.asked, words), table_of)


def _computed(results: Results) -> Iterator[dict[str, Any]]:
    """Give what is computed from the cells; where some of them is held back, nothing is."""
    standing = results.standing
    for one in results.findings:
        question, parts = results.reader.question(one.code), standing.tables[one.code]
        rows = results.reader.rows(one.code, [part for part in parts if part])
        for part, table in parts.items():
            told = measures.of_table(question, table, standing.averages.get(one.code)) if question else None
            for name, value in told.figures().items() if told else ():
                base = told.of if told and name == "mean" else told.people if told else None
                yield _value(one.code, one.asked, rows.get(part, ""), name, value, base)
    for pair, found in zip(results.pairs, results.crossings, strict=True):
        test, weighed = relating.related(standing.crossings[pair]), results.weighed(pair)
        if test is not None:
            sizes = {
                "chi_squared": round(test.statistic, 2),
                "degrees_of_freedom": test.freedom,
                "probability": round(test.probability, 4),
                "cramers_v": round(test.cramers_v, 3),
            }
            for name, value in sizes.items():
                yield _value(pair[1], found.asked, "", name, value, None)
        if isinstance(weighed, Weighed):
            for key, share in weighed.shares.items():
                name = f"weighted_share:{key}"
                yield _value(pair[1], found.asked, "", name, round(share, 4), round(weighed.effective))


def _value(code: str, asked: str, row: str, name: str, value: float, base: int | None) -> dict[str, Any]:
    return {
        "question": code,
        "asked": asked,
        "row": row,
        "answer": name,
        "state": COMPUTED,
        "value": value,
        "base": base,
    }


def _coded(results: Results, code: str, asked: str) -> Iterator[dict[str, Any]]:
    """Give what people wrote, by category, below the question's own cells."""
    for name, (coded, found) in results.sides[code].coded.items() if code in results.sides else ():
        for key, cell in coded.table.cells.items():
            part = coded.table.share(key)
            yield _line(name, asked, found.title, cell) | {
                "answer": key,
                "meaning": coded.labels.get(key, key),
                "share": None if part is None else round(part, 4),
                "base": coded.table.base,
            }


def _table(results: Results, code: str, words: tuple[str, str], table: Table) -> Iterator[dict[str, Any]]:
    labels = results.reader.labels(code, list(table.cells))
    for key, cell in table.cells.items():
        part = table.share(key)
        yield _line(code, *words, cell) | {
            "answer": key,
            "meaning": labels[key],
            "share": None if part is None else round(part, 4),
            "base": table.base,
        }


def _line(code: str, asked: str, row: str, cell: Cell) -> dict[str, Any]:
    return {
        "question": code,
        "asked": asked,
        "row": row,
        "people": cell.count,
        "state": cell.state.value,
        "at_least": cell.at_least or None,
        "share": None,
    }


def _plain(value: Any) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    return harmless_cell("" if value is None else str(value))
