"""What a LimeSurvey file says, in one shape for all its versions: texts by language, parts by their parents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import LANGUAGE, MOST_LANGUAGES
from baukasten_survey.transfer.reports import Refused, Report, Text
from baukasten_survey.transfer.tables import TOO_LARGE, Row

_ = lazy("survey")

MOST_ROWS = 120_000
DOCUMENTS = frozenset({"Survey", "Group", "Question"})
NO_SURVEY = _("This file holds no LimeSurvey survey.")
NO_QUESTIONS = _("This survey has no questions.")


@dataclass
class Answer:
    """One option of a question."""

    code: str
    scale: int
    order: float
    value: float | None
    texts: Text = field(default_factory=dict)


@dataclass
class Sub:
    """One line (scale 0) or column (scale 1) of a question."""

    qid: str
    code: str
    scale: int
    order: float
    relevance: str
    texts: Text = field(default_factory=dict)


@dataclass
class Asked:
    """One question as LimeSurvey keeps it."""

    qid: str
    gid: str
    sid: str
    type: str
    code: str
    order: float
    relevance: str
    preg: str
    other: bool
    mandatory: str
    theme: str
    scripted: bool = False
    """A script of its own ran where it was asked."""
    texts: Text = field(default_factory=dict)
    helps: Text = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    """Without the empty ones; of those by language, the one of the first language."""
    spoken: dict[str, Text] = field(default_factory=dict)
    """Attributes by language."""
    subs: list[Sub] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    defaults: list[Row] = field(default_factory=list)

    def scale(self, scale: int) -> list[Sub]:
        """Give the lines or the columns in their order."""
        return [sub for sub in self.subs if sub.scale == scale]

    def options(self, scale: int = 0) -> list[Answer]:
        """Give the options of a scale in their order."""
        return [one for one in self.answers if one.scale == scale]

    def on(self, attribute: str) -> bool:
        """Tell whether an attribute is switched on."""
        return self.attributes.get(attribute, "0") not in {"0", "N", "n", "", "no", "false"}


@dataclass
class Section:
    """One group of questions."""

    gid: str
    order: float
    relevance: str
    shuffled_with: str
    titles: Text = field(default_factory=dict)
    texts: Text = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)


@dataclass
class Source:
    """A whole file."""

    version: float
    languages: list[str]
    survey: Row
    spoken: dict[str, Row]
    """Texts of the survey by language."""
    sections: list[Section]
    tables: Mapping[str, list[Row]]

    @property
    def questions(self) -> list[Asked]:
        """All questions in their order."""
        return [one for section in self.sections for one in section.questions]


def gather(rows: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    """Collect the rows of a structure by table. Raises Refused if these are too many for any survey."""
    tables: dict[str, list[Row]] = {}
    for count, (table, row) in enumerate(rows):
        if count > MOST_ROWS:
            raise Refused(TOO_LARGE)
        tables.setdefault(table, []).append(row)
    return tables


def read_source(tables: Mapping[str, list[Row]], report: Report) -> Source:
    """Put the tables together. Raises Refused where there is no survey in them."""
    kind = _single(tables, "LimeSurveyDocType")
    if kind not in DOCUMENTS | {""} or not tables.get("questions"):
        raise Refused(NO_QUESTIONS if kind in DOCUMENTS else NO_SURVEY)
    survey = next(iter(tables.get("surveys", [])), {})
    languages = _languages(tables, survey, report)
    sections = _sections(tables, languages)
    questions = _questions(tables, languages)
    _add_subs(tables, questions, languages, report)
    _add_answers(tables, questions)
    _add_attributes(tables, questions, languages)
    _add_defaults(tables, questions, languages)
    _file_questions(sections, questions, report)
    spoken = {row.get("surveyls_language", ""): row for row in tables.get("surveys_languagesettings", [])}
    ordered = sorted(sections.values(), key=lambda one: one.order)
    version = number(_single(tables, "DBVersion"))
    return Source(version, languages, survey, spoken, [one for one in ordered if one.questions], tables)


def number(value: str | None, otherwise: float = 0.0) -> float:
    """Read a number of a row; whatever is none counts as `otherwise`."""
    try:
        found = float(value or "")
    except ValueError:
        return otherwise
    return found if abs(found) < 1e15 else otherwise


def _single(tables: Mapping[str, list[Row]], name: str) -> str:
    return next((row.get("value", "") for row in tables.get(name, [])), "")


def _languages(tables: Mapping[str, list[Row]], survey: Row, report: Report) -> list[str]:
    """The first language is the survey's own; the list at the file's head has no order."""
    named = [survey.get("language", ""), *survey.get("additional_languages", "").split()]
    named += [row["value"] for row in tables.get("languages", []) if "value" in row]
    found: list[str] = []
    for tag in named:
        if tag and tag not in found and LANGUAGE.fullmatch(tag):
            found.append(tag)
    if len(found) > MOST_LANGUAGES:
        report.lost("", _("Only %(most)s languages are taken over."), most=MOST_LANGUAGES)
    return found[:MOST_LANGUAGES] or ["en"]


def _put(texts: Text, language: str, words: str | None) -> None:
    if words:
        texts.setdefault(language, words)


def _sections(tables: Mapping[str, list[Row]], languages: list[str]) -> dict[str, Section]:
    found: dict[str, Section] = {}
    for row in tables.get("groups", []):
        gid = row.get("gid", "")
        section = found.setdefault(
            gid,
            Section(
                gid,
                number(row.get("group_order")),
                row.get("grelevance", ""),
                row.get("randomization_group", "").strip(),
            ),
        )
        language = row.get("language") or languages[0]
        _put(section.titles, language, row.get("group_name"))
        _put(section.texts, language, row.get("description"))
    for row in tables.get("group_l10ns", []):
        if (known := found.get(row.get("gid", ""))) is not None:
            _put(known.titles, row.get("language", languages[0]), row.get("group_name"))
            _put(known.texts, row.get("language", languages[0]), row.get("description"))
    return found


def _questions(tables: Mapping[str, list[Row]], languages: list[str]) -> dict[str, Asked]:
    found: dict[str, Asked] = {}
    for row in tables.get("questions", []):
        if row.get("parent_qid", "0") not in {"", "0"}:
            continue
        qid, language = row.get("qid", ""), row.get("language") or languages[0]
        if qid not in found:
            found[qid] = Asked(
                qid=qid,
                gid=row.get("gid", ""),
                sid=row.get("sid", ""),
                type=row.get("type", ""),
                code=row.get("title", ""),
                order=number(row.get("question_order")),
                relevance=row.get("relevance", ""),
                preg=row.get("preg", ""),
                other=row.get("other", "N").upper() == "Y",
                mandatory=row.get("mandatory", "N").upper(),
                theme=row.get("question_theme_name", ""),
            )
        _put(found[qid].texts, language, row.get("question"))
        _put(found[qid].helps, language, row.get("help"))
    for row in tables.get("question_l10ns", []):
        if (known := found.get(row.get("qid", ""))) is not None:
            _put(known.texts, row.get("language", languages[0]), row.get("question"))
            _put(known.helps, row.get("language", languages[0]), row.get("help"))
            known.scripted = known.scripted or bool(row.get("script", "").strip())
    return found


def _add_subs(
    tables: Mapping[str, list[Row]], questions: Mapping[str, Asked], languages: list[str], report: Report
) -> None:
    rows = [row for row in tables.get("questions", []) if row.get("parent_qid", "0") not in {"", "0"}]
    spoken: dict[str, list[Row]] = {}
    for row in tables.get("question_l10ns", []):
        spoken.setdefault(row.get("qid", ""), []).append(row)
    found: dict[str, Sub] = {}
    for row in [*tables.get("subquestions", []), *rows]:
        parent, qid = questions.get(row.get("parent_qid", "")), row.get("qid", "")
        if parent is None:
            report.lost(row.get("title", ""), _("This line belongs to no question of the file."))
            continue
        if qid not in found:
            scale, order = int(number(row.get("scale_id"))), number(row.get("question_order"))
            found[qid] = Sub(qid, row.get("title", ""), scale, order, row.get("relevance", ""))
            parent.subs.append(found[qid])
        for one in [row, *spoken.get(qid, [])]:
            _put(found[qid].texts, one.get("language") or languages[0], one.get("question"))
    for asked in questions.values():
        asked.subs.sort(key=lambda one: (one.scale, one.order))


def _add_answers(tables: Mapping[str, list[Row]], questions: Mapping[str, Asked]) -> None:
    found: dict[tuple[str, str, int], Answer] = {}
    by_aid: dict[str, Answer] = {}
    for row in tables.get("answers", []):
        parent = questions.get(row.get("qid", ""))
        if parent is None:
            continue
        scale = int(number(row.get("scale_id")))
        key = (row["qid"], row.get("code", ""), scale)
        if key not in found:
            value = number(row["assessment_value"]) if row.get("assessment_value") else None
            found[key] = Answer(key[1], scale, number(row.get("sortorder")), value)
            parent.answers.append(found[key])
        by_aid[row.get("aid", "")] = found[key]
        _put(found[key].texts, row.get("language", "") or "", row.get("answer"))
    for row in tables.get("answer_l10ns", []):
        if (known := by_aid.get(row.get("aid", ""))) is not None:
            _put(known.texts, row.get("language", ""), row.get("answer"))
    for asked in questions.values():
        asked.answers.sort(key=lambda one: (one.scale, one.order))


def _add_attributes(
    tables: Mapping[str, list[Row]], questions: Mapping[str, Asked], languages: list[str]
) -> None:
    for row in tables.get("question_attributes", []):
        asked, name, value = questions.get(row.get("qid", "")), row.get("attribute", ""), row.get("value", "")
        if asked is None or not value.strip():
            continue
        if row.get("language"):
            asked.spoken.setdefault(name, {}).setdefault(row["language"], value)
        if not row.get("language") or row["language"] == languages[0]:
            asked.attributes.setdefault(name, value.strip())


def _add_defaults(
    tables: Mapping[str, list[Row]], questions: Mapping[str, Asked], languages: list[str]
) -> None:
    """Since version 4 the values stand in a table of their own, one for each language; ours is the first."""
    spoken: dict[str, str] = {}
    for row in tables.get("defaultvalue_l10ns", []):
        words = row.get("defaultvalue", "")
        if words and (row.get("dvid", "") not in spoken or row.get("language") == languages[0]):
            spoken[row.get("dvid", "")] = words
    for row in tables.get("defaultvalues", []):
        asked = questions.get(row.get("qid", ""))
        if asked is None or row.get("language", languages[0]) not in {languages[0], ""}:
            continue
        words = row.get("defaultvalue") or spoken.get(row.get("dvid", ""), "")
        if words:
            asked.defaults.append({**row, "defaultvalue": words})


def _file_questions(sections: dict[str, Section], questions: Mapping[str, Asked], report: Report) -> None:
    """Put the questions into their groups; one whose group is missing gets a group at the end."""
    for asked in sorted(questions.values(), key=lambda one: one.order):
        if asked.gid not in sections:
            if sections or asked.gid:
                report.changed(asked.code, _("The group of this question is missing; it stands at the end."))
            sections[asked.gid] = Section(asked.gid, 1e14, "", "")
        sections[asked.gid].questions.append(asked)
