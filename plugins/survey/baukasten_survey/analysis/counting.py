"""Counts answers in the database: each value once with how many gave it, whatever the number of responses."""

# ruff: noqa: S608 - statements are put together of constants and of names of bound values, never of what somebody gave

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from baukasten.sdk import Scope
from baukasten_survey.analysis.plan import PLAIN, Edition, Form, Plan
from baukasten_survey.analysis.selection import Filter, Selection
from baukasten_survey.keys import Flag

SUSPICIOUS = [flag for flag in Flag if flag is not Flag.IMPORTED]
MANY = 20_000
"""Responses that are counted within a request, in about a second; more are counted by a job."""


class What(StrEnum):
    """What a row of counts is about."""

    ALL = "all"
    """Everybody, by version."""
    WHOLE = "whole"
    """An answer as it stands, or that there is one."""
    PART = "part"
    """A row of a matrix, an element of a list, a place of a ranking."""
    HIDDEN = "hidden"
    """An answer with those that decide whether it counts."""
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class Row:
    """How many gave one value."""

    what: str
    version: int
    key: str
    part: str
    value: Any
    people: int
    suspicious: int
    weight: float = 0.0
    squares: float = 0.0
    """The sum over squared weights."""


PEOPLE = "count(*) AS people, count(*) FILTER (WHERE b.flagged) AS suspicious, "
PLAINLY = f"{PEOPLE} 0::float8 AS weight, 0::float8 AS squares"
"""Without weights, for adding them up takes as long as counting."""
WEIGHTED = f"{PEOPLE} coalesce(sum(b.weight), 0) AS weight, coalesce(sum(b.weight * b.weight), 0) AS squares"
ADDED = "sum(g.people)::bigint, sum(g.suspicious)::bigint, sum(g.weight), sum(g.squares)"
ALL = "SELECT 'all', b.version, '', '', NULL::jsonb, {sums} FROM base b GROUP BY 2"
# Each response is opened once. What nobody can add up here, such as words, is the same for all who gave it.
GIVEN = (
    "SELECT b.version, e.key, CASE WHEN e.key = ANY(:plain) THEN e.value "
    "WHEN e.value IN ('\"_none\"', '[]', '{{}}', '\"\"', 'null') THEN e.value "
    "WHEN e.key = ANY(:map) THEN to_jsonb(coalesce(jsonb_array_length(CASE "
    "WHEN jsonb_typeof(e.value -> 'shapes') = 'array' THEN e.value -> 'shapes' END), 0)) "
    "WHEN e.key = ANY(:words) THEN 'true' ELSE e.value END AS value, {sums} "
    "FROM base b CROSS JOIN LATERAL jsonb_each(b.answers) e WHERE e.key = ANY(:keys) GROUP BY 1, 2, 3"
)
WHOLE = (
    "SELECT 'whole', g.version, g.key, '', CASE "
    "WHEN g.key = ANY(:ranking) AND jsonb_typeof(g.value) = 'array' AND g.value <> '[]' "
    "THEN to_jsonb(jsonb_array_length(g.value)) "
    "WHEN g.key = ANY(:apart) AND g.value NOT IN ('\"_none\"', '[]', '{}', '\"\"', 'null') THEN 'true' "
    f"ELSE g.value END, {ADDED} FROM given g GROUP BY 2, 3, 5"
)
OBJECT = "CASE WHEN jsonb_typeof({0}) = 'object' THEN {0} ELSE '{{}}' END"
ARRAY = "CASE WHEN jsonb_typeof({0}) = 'array' THEN {0} ELSE '[]' END"
PARTS: Mapping[Form, str] = {
    Form.ROWS: (
        f"SELECT 'part', g.version, g.key, p.key, p.value, {ADDED} FROM given g "
        f"CROSS JOIN LATERAL jsonb_each({OBJECT.format('g.value')}) p "
        "WHERE g.key = ANY(:rows) GROUP BY 2, 3, 4, 5"
    ),
    Form.LIST: (
        f"SELECT 'part', g.version, g.key, p.value, NULL::jsonb, {ADDED} FROM given g "
        f"CROSS JOIN LATERAL (SELECT DISTINCT value FROM jsonb_array_elements_text({ARRAY.format('g.value')})) p "
        "WHERE g.key = ANY(:list) GROUP BY 2, 3, 4"
    ),
    Form.RANKING: (
        "SELECT 'part', g.version, g.key, p.value, "
        f"jsonb_build_array(p.place, jsonb_array_length({ARRAY.format('g.value')})), {ADDED} FROM given g "
        f"CROSS JOIN LATERAL jsonb_array_elements_text({ARRAY.format('g.value')}) "
        "WITH ORDINALITY AS p(value, place) WHERE g.key = ANY(:ranking) GROUP BY 2, 3, 4, 5"
    ),
    Form.CELLS: (
        f"SELECT 'part', g.version, g.key, r.key, jsonb_build_object(c.key, c.value), {ADDED} FROM given g "
        f"CROSS JOIN LATERAL jsonb_each({OBJECT.format('g.value')}) r "
        f"CROSS JOIN LATERAL jsonb_each({OBJECT.format('r.value')}) c "
        "WHERE g.key = ANY(:cells) GROUP BY 2, 3, 4, 5"
    ),
}
CROSS = (
    "SELECT 'cross', b.version, '', '', jsonb_build_array("
    "b.answers -> (CAST(:row AS jsonb) ->> b.version::text), "
    "b.answers -> (CAST(:column AS jsonb) ->> b.version::text)), {sums} FROM base b GROUP BY 2, 5"
)
# The day is part of it because conditions may look at the calendar.
HIDDEN = (
    "SELECT 'hidden', b.version, CAST(:hidden_{at} AS text), b.day::text, "
    "(SELECT jsonb_object_agg(e.key, CASE WHEN e.key = :hidden_{at} AND :worded_{at} THEN 'true' ELSE e.value END) "
    "FROM jsonb_each(b.answers) e WHERE e.key = ANY(:needed_{at})), {sums} FROM base b "
    "WHERE b.version = :version_{at} AND b.answers -> CAST(:hidden_{at} AS text) IS NOT NULL GROUP BY 2, 4, 5"
)
APART = (Form.ROWS, Form.LIST, Form.CELLS, Form.RANKING)
"""Forms of which the whole answer only tells that there is one."""
FLAGGED = "coalesce(r.flags ?| CAST(:suspicious AS text[]), false)"
PLACE = "jsonb_build_array({})"


class Statement:
    """One statement in the making: its conditions and their values."""

    def __init__(self, survey_id: int) -> None:
        self.values: dict[str, Any] = {"survey": survey_id, "suspicious": list(SUSPICIOUS)}
        self.conditions = ["r.survey_id = :survey", "NOT r.test"]

    def bind(self, value: Any) -> str:
        """Give the name of a further value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def select(self, plan: Plan, selection: Selection) -> str:
        """Give the conditions of a selection, those that everybody meets included; suspicious ones stay in."""
        found = list(self.conditions)
        if selection.source:
            found.append(f"r.source = {self.bind(selection.source)}")
        if selection.version:
            found.append(f"r.version = {self.bind(selection.version)}")
        found += [self._filter(plan, one) for one in selection.filters if one.works]
        return " AND ".join(found)

    def _filter(self, plan: Plan, wanted: Filter) -> str:
        """Give what one filter asks of each version, whose codes may be others."""
        found = []
        for number, old in plan.raw(wanted.code).items():
            if plan.forms[wanted.code] is Form.NUMBER:
                asked = self._span(old, wanted)
            else:
                asked = self._answers(plan, number, old, wanted)
            found.append(f"(r.version = {self.bind(number)} AND {asked})")
        return f"({' OR '.join(found)})" if found else "false"

    def _span(self, key: str, wanted: Filter) -> str:
        ends = {"least": wanted.least, "most": wanted.most}
        given = {name: end for name, end in ends.items() if end is not None}
        signs = {"least": ">=", "most": "<="}
        # Of anything but a number the comparison is unknown, and the response is left out.
        tests = " && ".join(f"@ {signs[name]} ${name}" for name in given)
        path = self.bind(f"$.{json.dumps(key)} ? ({tests})")
        return f"jsonb_path_exists(r.answers, CAST({path} AS jsonpath), CAST({self.bind(json.dumps(given))} AS jsonb))"

    def _answers(self, plan: Plan, number: int, key: str, wanted: Filter) -> str:
        listed = plan.forms[wanted.code] is Form.LIST
        values = [value for name in wanted.answers for value in plan.raw_answers(wanted.code, number, name)]
        shapes = [{key: [value] if listed and value != "_none" else value} for value in values]
        tests = [f"r.answers @> CAST({self.bind(json.dumps(one))} AS jsonb)" for one in shapes]
        return f"({' OR '.join(tests)})" if tests else "false"

    def places(self, plan: Plan, codes: Sequence[str]) -> str:
        """Give the answers to some questions as one value, whatever they were called in each version."""
        names = (json.dumps(plan.raw(code)) for code in codes)
        found = (f"r.answers -> (CAST({self.bind(one)} AS jsonb) ->> r.version::text)" for one in names)
        return PLACE.format(", ".join(found))


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each combination of answers to the questions that are weighted by."""

    codes: Sequence[str]
    of: Sequence[tuple[int, Any, float]]
    """Version, answers as they are stored, weight."""


def matching(session: Scope, survey_id: int, plan: Plan, selection: Selection) -> tuple[int, int]:
    """Tell how many responses a selection holds, suspicious ones included, and how many these are; one statement."""
    statement = Statement(survey_id)
    where = statement.select(plan, selection)
    query = f"SELECT count(*), count(*) FILTER (WHERE {FLAGGED}) FROM survey_response r WHERE {where}"
    people, suspicious = session.execute(text(query), statement.values).one()
    return people, suspicious


def combinations(
    session: Scope, survey_id: int, plan: Plan, selection: Selection, codes: Sequence[str]
) -> list[tuple[int, Any, int, int]]:
    """Count who answered some questions how: version, answers as stored, people, of them selected; one statement.

    Suspicious ones are left out where the selection does.
    """
    statement = Statement(survey_id)
    chosen = statement.select(plan, selection)
    place = statement.places(plan, codes)
    where = " AND ".join([*statement.conditions, *([f"NOT {FLAGGED}"] if selection.without else [])])
    query = (
        f"SELECT r.version, {place}, count(*), count(*) FILTER (WHERE {chosen}) "
        f"FROM survey_response r WHERE {where} GROUP BY 1, 2"
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(text(query), statement.values)]


def count(
    session: Scope, survey_id: int, plan: Plan, selection: Selection, weights: Weights | None = None
) -> list[Row]:
    """Count all questions of a selection; one statement, whose rows grow with different answers, not with people."""
    statement = Statement(survey_id)
    base = _base(statement, plan, selection, weights)
    sums = PLAINLY if weights is None else WEIGHTED
    parts = [ALL.format(sums=sums), WHOLE, *_parts(statement, plan), *_hidden(statement, plan, sums)]
    if selection.crosses:
        parts.append(CROSS.format(sums=sums))
        statement.values["row"] = json.dumps(plan.raw(selection.row))
        statement.values["column"] = json.dumps(plan.raw(selection.column))
    query = (
        f"WITH base AS NOT MATERIALIZED ({base}), given AS MATERIALIZED ({GIVEN.format(sums=sums)}) "
        f"{' UNION ALL '.join(parts)}"
    )
    return [Row(*row) for row in session.execute(text(query), statement.values)]


def _base(statement: Statement, plan: Plan, selection: Selection, weights: Weights | None) -> str:
    """Give the responses that are counted, each with its weight."""
    where = statement.select(plan, selection)
    if weights is None:
        return (
            f"SELECT r.version, r.day, r.answers, {FLAGGED} AS flagged FROM survey_response r WHERE {where}"
        )
    table = [{"version": version, "place": place, "weight": weight} for version, place, weight in weights.of]
    place, given = statement.places(plan, weights.codes), statement.bind(json.dumps(table))
    without = f"CASE WHEN {FLAGGED} THEN 0 ELSE w.weight END" if selection.without else "w.weight"
    return (
        f"SELECT r.version, r.day, r.answers, {FLAGGED} AS flagged, {without} AS weight "
        f"FROM survey_response r JOIN jsonb_to_recordset(CAST({given} AS jsonb)) "
        f"AS w(version bigint, place jsonb, weight float8) ON w.version = r.version AND w.place = {place} "
        f"WHERE {where}"
    )


def _parts(statement: Statement, plan: Plan) -> Iterator[str]:
    """Give the statements that take answers apart, for forms that the survey has."""
    keys: dict[Form, list[str]] = {form: [] for form in Form}
    for one in plan.editions:
        for code, form in one.forms.items():
            if code not in one.hidden:
                keys[form].append(code)
    statement.values["plain"] = sorted({code for form in PLAIN for code in keys[form]})
    statement.values["keys"] = sorted({code for codes in keys.values() for code in codes})
    statement.values["apart"] = sorted({code for form in APART for code in keys[form]})
    for form in (Form.RANKING, Form.MAP, Form.WORDS):
        statement.values[form.value] = keys[form]
    for form, part in PARTS.items():
        if keys[form]:
            statement.values[form.value] = keys[form]
            yield part


def _hidden(statement: Statement, plan: Plan, sums: str) -> Iterator[str]:
    """Give a statement for each question of a version whose hidden answers stay."""
    found = [(one, code) for one in plan.editions for code in one.hidden]
    for at, (one, code) in enumerate(found):
        statement.values |= {
            f"hidden_{at}": code,
            f"version_{at}": one.number,
            f"worded_{at}": one.forms[code] is Form.WORDS,
            f"needed_{at}": [code, *_needed(one, code)],
        }
        yield HIDDEN.format(at=at, sums=sums)


def _needed(one: Edition, code: str) -> list[str]:
    return sorted(one.hidden[code])
