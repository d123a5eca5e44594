"""Conditions of old LimeSurvey files, kept in a table of their own: made into the text of a relevance equation."""

from collections.abc import Mapping, Sequence

from baukasten_survey.transfer.lime_source import Source
from baukasten_survey.transfer.tables import Row

SIGNS = frozenset({"==", "!=", "<", "<=", ">", ">="})
OLD_SIGNS = {"=": "==", "<>": "!=", "LT": "<", "GT": ">", "LE": "<=", "GE": ">=", "": "=="}


def apply_conditions(source: Source) -> None:
    """Give each question that has conditions but no equation the equation that they mean."""
    by_question: dict[str, list[Row]] = {}
    for row in source.tables.get("conditions", []):
        by_question.setdefault(row.get("qid", ""), []).append(row)
    lists = {asked.qid: asked.code for asked in source.questions if asked.type in {"M", "P"}}
    for asked in source.questions:
        rows = by_question.get(asked.qid, [])
        if rows and asked.relevance.strip() in {"", "1"}:
            asked.relevance = _equation(rows, lists)


def _equation(rows: Sequence[Row], lists: Mapping[str, str]) -> str:
    """Scenarios are alternatives; within one, conditions on the same question are, and questions come together."""
    scenarios: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        scenario = scenarios.setdefault(row.get("scenario", "1"), {})
        scenario.setdefault(row.get("cqid", ""), []).append(_condition(row, lists))
    return " or ".join(
        "(" + " and ".join("(" + " or ".join(parts) + ")" for parts in scenario.values()) + ")"
        for scenario in scenarios.values()
    )


def _condition(row: Row, lists: Mapping[str, str]) -> str:
    field, value = row.get("cfieldname", "").lstrip("+"), row.get("value", "")
    sign = row.get("method", "==").strip()
    sign = OLD_SIGNS.get(sign, sign)
    chosen = row.get("cfieldname", "").startswith("+")
    if row.get("cqid", "") in lists and not chosen and value not in {"Y", "N", " ", ""}:
        # Of several choices a condition names the one that is meant.
        field, value = f"{lists[row['cqid']]}_{value}", "Y"
    if field.startswith("{") and field.endswith("}"):
        field = field[1:-1]
    name = f"{field.removesuffix('.NAOK')}.NAOK"
    if value.startswith("@") and value.endswith("@"):
        other = value.strip("@")
        return f"{name} {sign} {other}.NAOK"
    quoted = '"' + value.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
    if sign == "RX":
        return f"regexMatch({quoted}, {name})"
    return f"{name} {sign} {quoted}" if sign in SIGNS else f"{name} ?? {quoted}"
