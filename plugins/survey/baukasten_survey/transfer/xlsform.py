"""An XLSForm workbook, read by pyxform, as a definition of ours."""

import importlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import LANGUAGE
from baukasten_survey.transfer.archives import Archive
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.operands import Operand
from baukasten_survey.transfer.reports import Refused, Report, Text
from baukasten_survey.transfer.tables import TOO_LARGE, WITH_DTD
from baukasten_survey.transfer.texts import each, has_pictures, markdown, plain
from baukasten_survey.transfer.xlsform_questions import SILENT, Draft, draft
from baukasten_survey.transfer.xpath import condition, filtered, formula

_ = lazy("survey")

WORKBOOK = "xl/workbook.xml"
LARGEST_WORKBOOK = 15_000_000
"""Bytes unpacked; a form of a thousand questions has less than one million."""
NO_FORM = _("This workbook is no XLSForm (%(why)s).")
DEEPEST = 12
GENERATED = ("reserved_name_for_field_list_labels", "generated_table_list_label", "generated_note")
"""What pyxform adds for the looks of a telephone."""
LANGUAGES = {
    "english": "en", "deutsch": "de", "german": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "italiano": "it", "dutch": "nl", "arabic": "ar", "turkish": "tr",
    "russian": "ru", "ukrainian": "uk", "polish": "pl", "portuguese": "pt",
}  # fmt: skip
_TAG = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})\)\s*$")
_PIPE = re.compile(r"\$\{\s*([^{}]+?)\s*\}")

Node = dict[str, Any]


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Load pyxform when a form is read: it takes a third of a second and memory that web processes need not pay."""
    return importlib.import_module("pyxform.xls2json_backends"), importlib.import_module("pyxform.xls2json")


def read_workbook(archive: Archive, data: bytes) -> Node:
    """Read a workbook with pyxform. Raises Refused for what is no XLSForm."""
    _measure(archive)
    backends, reader = _engine()
    try:
        with warnings.catch_warnings():
            # What openpyxl does not know of a workbook's looks matters to no form.
            warnings.simplefilter("ignore")
            book = backends.get_xlsform(xlsform=io.BytesIO(data), file_type=".xlsx")
            found: Node = reader.workbook_to_json(
                workbook_dict=book, form_name="survey", fallback_form_name="survey", warnings=[]
            )
    except Refused:
        raise
    except Exception as error:
        raise Refused(NO_FORM, why=str(error)[:300] or type(error).__name__) from error
    return found


def _measure(archive: Archive) -> None:
    """A workbook is XML too: no entities, and not more than can be held."""
    left = LARGEST_WORKBOOK
    for name in archive.ending(".xml", ".rels"):
        before = b""
        for piece in archive.chunks(name, LARGEST_WORKBOOK):
            left -= len(piece)
            both = before + piece
            if left < 0:
                raise Refused(TOO_LARGE)
            if b"<!" in both and (b"<!DOCTYPE" in both or b"<!ENTITY" in both):
                raise Refused(WITH_DTD)
            if not before and piece[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise Refused(WITH_DTD)
            before = piece[-10:]


def read_xlsform(form: Node, report: Report) -> dict[str, Any]:
    """Read a form as pyxform gives it. Raises Refused where it asks nothing."""
    return _Reader(form, report).definition()


class _Reader:
    """Reads one form."""

    def __init__(self, form: Node, report: Report) -> None:
        self.form, self.report = form, report
        self.tags = _languages(form, report)
        self.languages = list(dict.fromkeys(self.tags.values()))
        self.codes, self.places = Codes("q"), Codes("p")
        self.operands: dict[str, Operand] = {}
        self.drafts: list[tuple[Draft, dict[str, Any]]] = []

    def definition(self) -> dict[str, Any]:
        """Give the definition."""
        pages: list[dict[str, Any]] = []
        loose: dict[str, Any] | None = None
        for node in self.form.get("children", []):
            if node.get("name") == "meta":
                continue
            if node.get("type") in {"group", "repeat"}:
                loose = None
                pages.append(self._page(node))
            elif node.get("type") not in SILENT:
                if loose is None:
                    loose = self._page({})
                    pages.append(loose)
                self._question(node, loose["groups"][-1])
        for page in pages:
            page["groups"] = [group for group in page["groups"] if group["questions"]]
        pages = [page for page in pages if page["groups"]]
        if not pages:
            raise Refused(_("This survey has no questions."))
        for one, question in self.drafts:
            self._finish(one, question)
        for group in [group for page in pages for group in page["groups"]]:
            self._conditions(group, group["code"])
        title = self.form.get("title")
        return {
            "languages": self.languages,
            "title": {self.languages[0]: str(title)} if title and title != self.form.get("id_string") else {},
            "pages": pages,
        }

    def _page(self, node: Node) -> dict[str, Any]:
        groups: list[dict[str, Any]] = []
        name = str(node.get("name") or "p1")
        self._group(node, groups, [], 0)
        return {"code": self.places.fresh(name), "groups": groups}

    def _group(self, node: Node, groups: list[dict[str, Any]], conditions: list[str], depth: int) -> None:
        """Groups in groups stand behind each other, each with all conditions above it."""
        if depth > DEEPEST:
            raise Refused(NO_FORM, why="…")
        inside = [*conditions, str(node.get("bind", {}).get("relevant", ""))]
        head = {"title": self.line(node.get("label"), ""), "conditions": inside, "questions": []}
        groups.append({"code": self.places.fresh(str(node.get("name") or "g1")), **head})
        if node.get("type") == "repeat":
            text = _("The questions of “%(name)s” were asked as often as needed; here they are asked once.")
            self.report.lost(str(node.get("name", "")), text, name=node.get("name"))
        for child in node.get("children", []):
            if child.get("type") in {"group", "repeat"}:
                self._group(child, groups, inside, depth + 1)
                groups.append({"code": self.places.fresh("g1"), **head, "title": {}, "questions": []})
            elif child.get("type") not in SILENT:
                self._question(child, groups[-1])

    def _question(self, node: Node, group: dict[str, Any]) -> None:
        name = str(node.get("name", ""))
        if name.startswith("generated_table_list_label"):
            # The heading of a table, whose lines are questions of their own here.
            group["title"] = group["title"] or self.line(node.get("label"), "")
        if name.startswith(GENERATED):
            return
        one = draft(node, name, self.codes, self.languages, self.report)
        for question in one.questions:
            group["questions"].append(question)
            self.drafts.append((one, question))
        self.operands.setdefault(name, one.operand)

    def line(self, value: object, place: str) -> Text:
        """Give words by language on one line."""
        return each(self._spoken(value, place), plain, self._pipe)

    def rich(self, value: object, place: str) -> Text:
        """Give words by language as Markdown."""
        return each(self._spoken(value, place), markdown, self._pipe)

    def _spoken(self, value: object, place: str) -> dict[str, str]:
        if isinstance(value, str):
            value = {"default": value}
        if not isinstance(value, dict):
            return {}
        if value.keys() <= {*self.languages}:
            return {tag: said for tag, said in value.items() if isinstance(said, str)}
        found: dict[str, str] = {}
        for name, said in value.items():
            if isinstance(said, str) and name in self.tags:
                found.setdefault(self.tags[name], _PIPE.sub(lambda at: "{" + at[1] + "}", said))
                if has_pictures(said):
                    self.report.lost(place, _("Pictures, sounds or films in a text were not taken."))
        return {tag: found[tag] for tag in self.languages if tag in found}

    def _pipe(self, inner: str) -> str:
        known = self.operands.get(inner.strip())
        return "{" + known.question + "}" if known else ""

    def _finish(self, one: Draft, question: dict[str, Any]) -> None:
        """Write texts and conditions, now that all names are known."""
        place = one.name
        question["title"] = self.line(question.get("title"), place) or {self.languages[0]: place}
        question["help"] = self.rich(question.get("help"), place)
        self._conditions(question, place, one.operand)
        if question["kind"] == "calculated":
            question["title"] = {}
            self._formula(one, question)
        for option in question.get("options", []):
            columns = option.pop("columns", {})
            option["title"] = self.line(option.get("title"), place) or {self.languages[0]: option["code"]}
            if one.choice_filter and (relevance := self._filter(one, columns)):
                option["relevance"] = relevance
        given = question.pop("rules", [])
        written = [
            (self.condition(rule["expression"], place, one.operand), rule["message"]) for rule in given
        ]
        rules = [{"expression": text, "message": self.line(said, place)} for text, said in written if text]
        if rules:
            question["rules"] = rules

    def _filter(self, one: Draft, columns: Mapping[str, str]) -> str:
        try:
            return filtered(one.choice_filter, columns, lambda name: self.resolve(name, one.operand))
        except Untranslatable as error:
            text = _("The filter of the options “%(filter)s” could not be taken (at %(reason)s).")
            self.report.lost(one.name, text, filter=one.choice_filter, reason=error)
            return ""

    def _formula(self, one: Draft, question: dict[str, Any]) -> None:
        try:
            question["expression"] = formula(
                question["expression"], lambda name: self.resolve(name, None)
            ).text
        except Untranslatable as error:
            text = _("The equation “%(equation)s” could not be taken (at %(reason)s).")
            self.report.lost(one.name, text, equation=question["expression"], reason=error)
            question |= {
                "kind": "info",
                "expression": "",
                "title": {self.languages[0]: one.name},
                "relevance": "false",
            }

    def _conditions(self, holder: dict[str, Any], place: str, own: Operand | None = None) -> None:
        written = [self.condition(text, place, own) for text in holder.pop("conditions", []) if text]
        found = list(dict.fromkeys(one for one in written if one))
        if found:
            holder["relevance"] = " and ".join(f"({one})" for one in found) if len(found) > 1 else found[0]

    def condition(self, text: str, place: str, own: Operand | None) -> str:
        """Write a condition; "" with a note where that cannot be."""
        try:
            found = condition(text, lambda name: self.resolve(name, own))
        except Untranslatable as error:
            lost = _("The condition “%(condition)s” could not be taken (at %(reason)s).")
            self.report.lost(place, lost, condition=text, reason=error)
            return ""
        return "" if found == "true" else found

    def resolve(self, name: str, own: Operand | None) -> list[Operand]:
        """Give the place that a name stands for. Raises Untranslatable."""
        last = name.rpartition("/")[2]
        if name == "." and own is not None:
            return [own]
        if last in self.operands:
            return [self.operands[last]]
        raise Untranslatable(name)


def _languages(form: Node, report: Report) -> dict[str, str]:
    """Give the tag of each language that the form names, its own first."""
    default = form.get("default_language")
    named = [default] if isinstance(default, str) and default != "default" else []
    named += [name for name in _names(form) if name not in named and name != "default"]
    found: dict[str, str] = {}
    for name in named:
        known = _TAG.search(name)
        tag = known[1].lower() if known else LANGUAGES.get(name.strip().lower(), name.strip().lower())
        if LANGUAGE.fullmatch(tag) and len(found) < 20:
            found[name] = tag
        elif not found:
            found[name] = "en"
        else:
            report.lost(
                "",
                _("The language “%(name)s” is not known by its name; write it like Deutsch (de)."),
                name=name,
            )
    found["default"] = next(iter(found.values()), "en")
    return found


def _names(node: object, depth: int = 0) -> Iterator[str]:
    if depth > 2 * DEEPEST or not isinstance(node, dict):
        return
    for part in ("label", "hint"):
        if isinstance(node.get(part), dict):
            yield from (name for name in node[part] if isinstance(name, str))
    choices = node.get("choices")
    for child in [*node.get("children", []), *(choices if isinstance(choices, list) else [])]:
        yield from _names(child, depth + 1)
