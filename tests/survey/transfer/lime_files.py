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


def structure(
    *questions: Made,
    version: int = 493,
    survey: Values | None = None,
    languages: Sequence[str] = ("en",),
    group: Values | None = None,
    more: str = "",
    kind: str = "Survey",
) -> bytes:
    """Write a survey of one group; in versions before 350 each row carries its language and its text."""
    old = version < 350
    tables: dict[str, list[dict[str, object]]] = {}

    def put(name: str, **row: object) -> None:
        tables.setdefault(name, []).append(row)

    def spoken(name: str, words: str, **row: object) -> None:
        for language in languages if old else [""]:
            put(name, **row, **({"language": language, words: row["said"]} if old else {}))

    spoken("groups", "group_name", gid=GID, sid=SID, group_order=1, said="Group", **(group or {}))
    for at, one in enumerate(questions, 1):
        spoken(
            "questions", "question", qid=at, parent_qid=0, sid=SID, gid=GID, type=one.type, title=one.code, preg=one.preg,
            other="Y" if one.other else "N", mandatory=one.mandatory, question_order=at, scale_id=0,
            relevance=one.relevance, said=one.text or f"Question {one.code}", help=one.help,
        )  # fmt: skip
        for scale, subs in ((0, one.subs), (1, one.columns)):
            for order, code in enumerate(subs):
                spoken(
                    "subquestions", "question", qid=f"{at}{scale}{order:02}", parent_qid=at, sid=SID, gid=GID, type="T",
                    title=code, question_order=order, scale_id=scale, relevance=one.sub_relevance.get(code, ""),
                    said=f"Line {code}",
                )  # fmt: skip
        for scale, answers in ((0, one.answers), (1, one.seconds)):
            for order, code in enumerate(answers):
                aid = f"{at}{scale}{order:02}"
                spoken(
                    "answers",
                    "answer",
                    aid=aid,
                    qid=at,
                    code=code,
                    sortorder=order,
                    scale_id=scale,
                    said=f"Option {code}",
                )
        for name, value in one.attributes.items():
            put("question_attributes", qid=at, attribute=name, value=value)
        if one.default:
            put("defaultvalues", qid=at, scale_id=0, sqid=0, defaultvalue=one.default)
    if not old:
        _translated(tables, languages)
    settings = {
        "sid": SID,
        "language": languages[0],
        "additional_languages": " ".join(languages[1:]),
        "format": "G",
    }
    put("surveys", **(settings | dict(survey or {})))
    for language in languages:
        put("surveys_languagesettings", surveyls_language=language, surveyls_title=f"Survey {language}")
    return document(
        kind, version, *(table(name, rows) for name, rows in tables.items()), more, languages=languages
    )


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
