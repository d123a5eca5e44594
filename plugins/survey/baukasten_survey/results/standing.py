"""What all freezes of a survey tell together: sums of protected tables of different people."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select

from baukasten.sdk import Scope
from baukasten_survey.cells.averages import Average
from baukasten_survey.cells.rows import OpenData
from baukasten_survey.cells.shown import Crossing, Table, shown
from baukasten_survey.cells.spots import Spots
from baukasten_survey.definition.renaming import Names
from baukasten_survey.models import Version
from baukasten_survey.results import translating
from baukasten_survey.results.models import Freeze


@dataclass(slots=True)
class Standing:
    """Figures that everybody may read, under the codes of the newest version."""

    people: int = 0
    versions: dict[int, int] = field(default_factory=dict)
    """People of each version."""
    freezes: list[tuple[dt.date, int]] = field(default_factory=list)
    tables: dict[str, dict[str, Table]] = field(default_factory=dict)
    """By question and part of it."""
    ranks: dict[str, Crossing | None] = field(default_factory=dict)
    crossings: dict[tuple[str, str], Crossing] = field(default_factory=dict)
    averages: dict[str, Average | None] = field(default_factory=dict)
    """Of numbers; of those freezes that may tell one."""
    spots: dict[str, Spots] = field(default_factory=dict)
    files: list[tuple[int, OpenData]] = field(default_factory=list)
    """The file of single responses: the number of each freeze, and what it gave of it."""
    edges: dict[str, Sequence[float]] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    """How codes of earlier versions are called now; what was chosen in them is found by it."""

    @property
    def k(self) -> int:
        """Give below how many people nothing is told; 0 where nothing is frozen."""
        return next((table.k for parts in self.tables.values() for table in parts.values()), 0)


def of_survey(session: Scope, survey_id: int) -> Standing:
    """Add up the freezes of a survey; one statement."""
    renamed = select(func.jsonb_object_agg(Version.number, Version.mapping)).where(
        Version.survey_id == survey_id
    )
    rows = session.execute(
        select(Freeze.version, Freeze.day, Freeze.people, Freeze.tables, renamed.scalar_subquery())
        .where(Freeze.survey_id == survey_id)
        .order_by(Freeze.number)
    ).all()
    steps = sorted((int(number), mapping) for number, mapping in (rows[0][4] if rows else {}).items())
    return summed(
        ((version, day, people, tables) for version, day, people, tables, _names in rows), Names(steps)
    )


def summed(
    freezes: Iterable[tuple[int, dt.date, int, Mapping[str, Any]]], names: Names | None = None
) -> Standing:
    """Add up freezes in their order, each under the codes that its version's are called now."""
    found = Standing(names=names or Names())
    for version, day, people, dumped in freezes:
        data = translating.now(dumped, found.names, version) if found.names.since(version) else dumped
        found.people += people
        found.versions[version] = found.versions.get(version, 0) + people
        found.freezes.append((day, people))
        _add_tables(found, data)
        for code, order in data["ranks"].items():
            _add_ranks(found, code, Crossing.load(order) if order else None)
        for row, column, cells in data["crossings"]:
            crossing = Crossing.load(cells)
            crossed = found.crossings.get((row, column))
            found.crossings[row, column] = crossing if crossed is None else _cross(crossed, crossing)
        for code, squares in data.get("spots", {}).items():
            found.spots[code] = found.spots.get(code, Spots({})) + Spots.load(squares)
        if data.get("open"):
            found.files.append((len(found.freezes), OpenData.load(data["open"])))
    return found


def _add_tables(found: Standing, data: Mapping[str, Any]) -> None:
    edges, means = data.get("edges", {}), data.get("averages", {})
    for code, parts in data["tables"].items():
        mine = found.tables.setdefault(code, {})
        # Under one code a later version may ask something else: its figures stand alone.
        other = code in found.edges and found.edges[code] != edges.get(code)
        if other:
            mine.clear()
            found.averages.pop(code, None)
        for part, dumped in parts:
            table = Table.load(dumped)
            before = mine.get(part)
            mine[part] = _sum(before, table) if before and before.lists == table.lists else table
        if code in edges:
            found.edges[code] = edges[code]
            mean, said = Average.load(means[code]) if means.get(code) else None, found.averages.get(code)
            found.averages[code] = said + mean if said and mean else said or mean


def _sum(one: Table, other: Table) -> Table:
    """Add tables of two versions: what could not be answered in one of them was answered by nobody there."""
    keys = dict.fromkeys([*one.cells, *other.cells])
    k = max(one.k, other.k)
    return _filled(replace(one, k=k), keys) + _filled(replace(other, k=k), keys)


def _filled(table: Table, keys: Mapping[str, None]) -> Table:
    return replace(table, cells={key: table.cells.get(key, shown(0)) for key in keys})


def _cross(one: Crossing, other: Crossing) -> Crossing:
    """Add cross-tables whose margins may have grown; places that one of them lacks are held back."""
    pairs = [(one.rows, other.rows), (one.columns, other.columns)]
    keys: Sequence[dict[str, None]] = [dict.fromkeys([*a.cells, *b.cells]) for a, b in pairs]
    k = max(one.rows.k, other.rows.k)
    first, second = (
        Crossing(
            replace(_filled(each.rows, keys[0]), k=k),
            replace(_filled(each.columns, keys[1]), k=k),
            each.cells,
        )
        for each in (one, other)
    )
    return first + second


def _add_ranks(found: Standing, code: str, order: Crossing | None) -> None:
    """Add rankings; one freeze that tells nothing, or other options, and the sum tells nothing."""
    if code not in found.ranks:
        found.ranks[code] = order
        return
    before = found.ranks[code]
    fits = before is not None and order is not None and before.rows.cells.keys() == order.rows.cells.keys()
    found.ranks[code] = before + order if fits and before is not None and order is not None else None
