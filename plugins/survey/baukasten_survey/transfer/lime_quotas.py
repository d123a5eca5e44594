"""Quotas of a LimeSurvey file: how many responses of a kind are wanted."""

from collections.abc import Sequence

from baukasten.plugin import lazy
from baukasten_survey.transfer.comparing import against
from baukasten_survey.transfer.foreign import Name, Operation, Untranslatable, Words
from baukasten_survey.transfer.lime_logic import Logic, Where
from baukasten_survey.transfer.lime_source import Source, number
from baukasten_survey.transfer.lime_texts import Scribe
from baukasten_survey.transfer.pieces import Piece, joined
from baukasten_survey.transfer.reports import Quota, Report, Text
from baukasten_survey.transfer.tables import Row

_ = lazy("survey")

LARGEST = 10_000_000


def quotas(source: Source, logic: Logic, scribe: Scribe, report: Report) -> tuple[Quota, ...]:
    """Read all quotas; one whose members cannot be read is left out with a note."""
    found: list[Quota] = []
    for row in source.tables.get("quota", []):
        title, wanted = row.get("name", ""), int(number(row.get("qlimit"), -1))
        members = [
            one for one in source.tables.get("quota_members", []) if one.get("quota_id") == row.get("id")
        ]
        try:
            expression = _expression(members, logic)
        except Untranslatable as error:
            report.lost(
                "", _("The quota “%(name)s” could not be taken (at %(reason)s)."), name=title, reason=error
            )
            continue
        if not expression or not 0 <= wanted <= LARGEST:
            report.lost("", _("The quota “%(name)s” counts nothing and was left out."), name=title)
            continue
        if row.get("active", "1") == "0":
            report.info("", _("The quota “%(name)s” was switched off and was left out."), name=title)
            continue
        message = _message(source, row.get("id", ""), scribe)
        found.append(Quota(f"quota{len(found) + 1}", title, expression, wanted, message))
    return tuple(found)


def _message(source: Source, quota: str, scribe: Scribe) -> Text:
    rows = source.tables.get("quota_languagesettings", [])
    spoken = {
        row.get("quotals_language", ""): row.get("quotals_message", "")
        for row in rows
        if row.get("quotals_quota_id") == quota
    }
    return scribe.line(spoken, Where(), "")


def _expression(members: Sequence[Row], logic: Logic) -> str:
    """Members of one question are alternatives, different questions come together."""
    by_question: dict[str, list[Piece]] = {}
    for member in members:
        plan = logic.by_qid.get(member.get("qid", ""))
        if plan is None:
            raise Untranslatable(member.get("qid", "?"))
        by_question.setdefault(member["qid"], []).append(
            _member(member.get("code", ""), plan.asked.code, logic)
        )
    return (
        joined("and", [joined("or", pieces) for pieces in by_question.values()]).text if by_question else ""
    )


def _member(code: str, question: str, logic: Logic) -> Piece:
    """A quota names an answer as its code, or as line and code, such as ``SQ1-2``."""
    low = logic.lowering(Where())
    line, _dash, value = code.rpartition("-")
    if f"{question}_{line}" in logic.cells:
        return low.truth(Operation("==", (Name(f"{question}_{line}"), Words(value))))
    for name, value in ((f"{question}_{code}", "Y"), (question, code)):
        try:
            operands = logic.resolve(name, Where())
        except Untranslatable:
            continue
        if len(operands) == 1 and name not in logic.plans:
            return low.truth(Operation("==", (Name(name), Words(value))))
        if len(operands) == 1:
            return against(operands[0].having(guard=""), "==", Words(value))
    return low.truth(Operation("==", (Name(f"{question}_{line}"), Words(value))))
