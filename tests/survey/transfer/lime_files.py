"""Writes LimeSurvey files for tests: structures of old and new versions, responses, archives."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

SID, GID = "4711", "7"
Values = Mapping[str, object]


@dataclass
class Made:
    """One question of a made-up survey."""

    code: str
    type: str
    text: str = ""
    answers: Sequence[str] = ()
    """Codes of the first scale; the text of an option is "Option" and its code."""
    seconds: Sequence[str] = ()
    subs: Sequence[str] = ()
    columns: Sequence[str] = ()
    relevance: str = "1"
    mandatory: str = "N"
    other: bool = False
    preg: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    sub_relevance: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    help: str = ""


def table(name: str, rows: Iterable[Values]) -> str:
    """Write one table; None is NULL and leaves its column out."""
    written = ""
    for row in rows:
        cells = "".join(
            f"<{key}>{escape(str(value))}</{key}>" for key, value in row.items() if value is not None
        )
        written += f"<row>{cells}</row>"
    return (
        f"<{name}><fields><fieldname>id</fieldname></fields><rows>{written}</rows></{name}>"
        if written
        else ""
    )


def document(kind: str, version: int, *tables: str, languages: Sequence[str] = ("en",)) -> bytes:
    """Put tables into a document."""
    spoken = "".join(f"<language>{one}</language>" for one in languages)
    head = f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>{version}</DBVersion>"
    body = "".join(tables)
    text = f'<?xml version="1.0" encoding="UTF-8"?><document>{head}<languages>{spoken}</languages>{body}</document>'
    return text.encode()


class _Tables:
    """Rows by table; in old versions each row carries its language and its text."""

    def __init__(self, languages: Sequence[str], *, old: bool) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.languages, self.old = languages, old

    def put(self, name: str, **row: object) -> None:
        self.rows.setdefault(name, []).append(row)

    def spoken(self, name: str, words: str, **row: object) -> None:
        for language in self.languages if self.old else [""]:
            self.put(name, **row, **({"language": language, words: row["said"]} if self.old else {}))

    def question(self, at: int, one: Made) -> None:
        other, said = "Y" if one.other else "N", one.text or f"Question {one.code}"
        self.spoken(
            "questions", "question", qid=at, parent_qid=0, sid=SID, gid=GID, type=one.type, title=one.code,
            preg=one.preg, other=other, mandatory=one.mandatory, question_order=at, scale_id=0,
            relevance=one.relevance, said=said, help=one.help,
        )  # fmt: skip
        for scale, subs in ((0, one.subs), (1, one.columns)):
            for order, code in enumerate(subs):
                self.spoken(
                    "subquestions", "question", qid=f"{at}{scale}{order:02}", parent_qid=at, sid=SID, gid=GID,
                    type="T", title=code, question_order=order, scale_id=scale,
                    relevance=one.sub_relevance.get(code, ""), said=f"Line {code}",
                )  # fmt: skip
        for scale, answers in ((0, one.answers), (1, one.seconds)):
            for order, code in enumerate(answers):
                aid, said = f"{at}{scale}{order:02}", f"Option {code}"
                self.spoken(
                    "answers",
                    "answer",
                    aid=aid,
                    qid=at,
                    code=code,
                    sortorder=order,
                    scale_id=scale,
                    said=said,
                )
        for name, value in one.attributes.items():
            self.put("question_attributes", qid=at, attribute=name, value=value)
        if one.default:
            self.put("defaultvalues", qid=at, scale_id=0, sqid=0, defaultvalue=one.default)


def structure(
    *questions: Made,
    version: int = 493,
    survey: Values | None = None,
    languages: Sequence[str] = ("en",),
    group: Values | None = None,
    more: str = "",
    kind: str = "Survey",
) -> bytes:
    """Write a survey of one group."""
    made = _Tables(languages, old=version < 350)
    made.spoken("groups", "group_name", gid=GID, sid=SID, group_order=1, said="Group", **(group or {}))
    for at, one in enumerate(questions, 1):
        made.question(at, one)
    if not made.old:
        _translated(made.rows, languages)
    settings = {
        "sid": SID,
        "language": languages[0],
        "additional_languages": " ".join(languages[1:]),
        "format": "G",
    }
    made.put("surveys", **(settings | dict(survey or {})))
    for language in languages:
        made.put("surveys_languagesettings", surveyls_language=language, surveyls_title=f"Survey {language}")
    written = (table(name, rows) for name, rows in made.rows.items())
    return document(kind, version, *written, more, languages=languages)


def _translated(tables: dict[str, list[dict[str, object]]], languages: Sequence[str]) -> None:
    """Move the texts into tables of their own, as newer versions do."""
    for name, to, key, words in (
        ("groups", "group_l10ns", "gid", "group_name"),
        ("questions", "question_l10ns", "qid", "question"),
        ("subquestions", "question_l10ns", "qid", "question"),
        ("answers", "answer_l10ns", "aid", "answer"),
    ):
        for row in tables.get(name, []):
            said, help_ = row.pop("said"), row.pop("help", "")
            for language in languages:
                texts = {words: said, **({"help": help_} if name == "questions" else {})}
                tables.setdefault(to, []).append({key: row[key], "language": language, **texts})


def responses(*rows: Values, version: int = 493) -> bytes:
    """Write responses; columns that begin with a digit get an underscore, a hash becomes a dash."""
    renamed = [
        {(f"_{key}" if key[0].isdigit() else key).replace("#", "-"): value for key, value in row.items()}
        for row in rows
    ]
    return document("Responses", version, table("responses", renamed))


def archive(survey: bytes, answered: bytes | None = None, **more: bytes) -> bytes:
    """Pack an archive as LimeSurvey does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"survey_{SID}.lss", survey)
        if answered is not None:
            made.writestr(f"survey_{SID}_responses.lsr", answered)
        for name, data in more.items():
            made.writestr(f"survey_{SID}_{name}", data)
    return packed.getvalue()


def column(qid: int, suffix: str = "") -> str:
    """Name a column of the responses."""
    return f"{SID}X{GID}X{qid}{suffix}"
