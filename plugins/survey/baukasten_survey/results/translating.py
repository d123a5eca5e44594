"""Frozen tables of an earlier version under the codes of the newest: what was renamed counts as one."""

from collections.abc import Mapping
from typing import Any

from baukasten_survey.definition.renaming import Names

Dumped = dict[str, Any]


def now(data: Mapping[str, Any], names: Names, version: int) -> Dumped:
    """Give a freeze's data, as ``protecting.tables`` gave it, with all codes as they are called now.

    Only words change, and to each new code leads one old one: nothing is told that the tables did not tell.
    """

    def part(code: str, key: str) -> str:
        return names.part(code, key, version)

    def table(code: str, dumped: Mapping[str, Any]) -> Dumped:
        return {**dumped, "cells": [[part(code, key), *rest] for key, *rest in dumped["cells"]]}

    def crossing(row: str, column: str, dumped: Mapping[str, Any]) -> Dumped:
        cells = [[part(row, one), part(column, other), *rest] for one, other, *rest in dumped["cells"]]
        return {
            "rows": table(row, dumped["rows"]),
            "columns": table(column, dumped["columns"]),
            "cells": cells,
        }

    def called(values: Mapping[str, Any]) -> Dumped:
        return {names.code(code, version): value for code, value in values.items()}

    ranks = {code: crossing(code, code, one) if one else None for code, one in data["ranks"].items()}
    found: Dumped = {name: called(data[name]) for name in ("averages", "edges", "spots") if name in data}
    found["tables"] = called(
        {
            code: [[part(code, key), table(code, one)] for key, one in parts]
            for code, parts in data["tables"].items()
        }
    )
    found["ranks"] = called(ranks)
    found["crossings"] = [
        [names.code(row, version), names.code(column, version), crossing(row, column, one)]
        for row, column, one in data["crossings"]
    ]
    if data.get("open"):
        found["open"] = _file(data["open"], names, version)
    return found


def _file(data: Mapping[str, Any], names: Names, version: int) -> Dumped:
    columns = data["columns"]
    rows = [
        [*(names.part(code, key, version) for code, key in zip(columns, row, strict=True)), number]
        for *row, number in data["rows"]
    ]
    return {
        "columns": [names.code(code, version) for code in columns],
        "left_out": [names.code(code, version) for code in data["left_out"]],
        "rows": rows,
    }
