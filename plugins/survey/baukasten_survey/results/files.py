"""Published figures as files: the very cells that the page shows, for a spreadsheet and for programs."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from baukasten.sdk import harmless_cell
from baukasten_survey.cells.shown import Cell, Table
from baukasten_survey.results.page import Results

COLUMNS = ("question", "asked", "row", "answer", "meaning", "people", "state", "at_least", "share", "base")


def as_csv(results: Results) -> bytes:
    """Give all published tables in one long table, with the sign by which spreadsheets know UTF-8."""
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for line in _lines(results):
        table.writerow([_plain(line[name]) for name in COLUMNS])
    return stream.getvalue().encode("utf-8-sig")


def as_json(results: Results) -> bytes:
    """Give all published tables as JSON."""
    found = {
        "people": results.standing.people,
        "least_cell": results.standing.k,
        "versions": [
            {"version": number, "people": people} for number, people in results.standing.versions.items()
        ],
        "frozen": [{"day": day.isoformat(), "people": people} for day, people in results.standing.freezes],
        "cells": list(_lines(results)),
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _lines(results: Results) -> Iterator[dict[str, Any]]:
    for one in results.findings:
        parts = results.standing.tables[one.code]
        rows = results.reader.rows(one.code, [part for part in parts if part])
        for part, table in parts.items():
            yield from _table(results, one.code, (one.asked, rows.get(part, "")), table)
        order = results.standing.ranks.get(one.code)
        if order is not None and order.whole:
            labels = results.reader.labels(one.code, list(order.rows.cells))
            for (option, place), cell in order.cells.items():
                told = _line(one.code, one.asked, labels[option], cell)
                yield told | {"answer": place, "meaning": place, "base": order.rows.cells[option].count}
    named = {one.code: one for one in results.crossings}
    for pair, crossing in results.standing.crossings.items():
        found = named.get("-".join(pair))
        for key in crossing.rows.cells if found else ():
            table_of = crossing.row(key)
            if found and table_of is not None:
                words = results.reader.labels(pair[0], [key])[key]
                yield from _table(results, pair[1], (found.asked, words), table_of)


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
