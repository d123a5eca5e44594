"""A SurveyJS description as a definition of ours."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import LANGUAGE, MOST_LANGUAGES
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.reports import Refused, Report, Text
from baukasten_survey.transfer.surveyjs_logic import condition, formula
from baukasten_survey.transfer.surveyjs_parts import Part, Question, dicts_of
from baukasten_survey.transfer.surveyjs_questions import build
from baukasten_survey.transfer.texts import each, has_pictures, has_scripts, markdown, plain

_ = lazy("survey")

LARGEST = 10_000_000
DEEPEST = 12
MOST_PARTS = 5_000
NO_SURVEY = _("This JSON file is no survey of SurveyJS.")


def is_surveyjs(data: object) -> bool:
    """Tell whether JSON looks like a survey of SurveyJS."""
    return isinstance(data, dict) and any(
        isinstance(data.get(name), list) for name in ("pages", "elements", "questions")
    )


def read_json(data: bytes) -> object:
    """Read JSON. Raises Refused for what is none, or is nested to do harm."""
    if len(data) > LARGEST:
        raise Refused(_("This file is larger than any survey; it is not read."))
    try:
        return json.loads(
            data.decode("utf-8-sig"), parse_int=_number, parse_float=_number, parse_constant=_number
        )
    except (ValueError, RecursionError) as error:
        raise Refused(_("This file is damaged: it is no JSON. Please export the survey again.")) from error


def _number(text: str) -> float:
    number = float(text)
    if abs(number) > 1e15 or number != number:  # noqa: PLR0124 - that is how nan is found
        raise Refused(_("This file holds a number that is larger than any survey needs."))
    return number


class Reader:
    """Reads one description."""

    def __init__(self, data: Mapping[str, Any], report: Report) -> None:
        self.data, self.report = data, report
        self.languages = _languages(data)
        self.codes, self.places = Codes("q"), Codes("p")
        self.operands: dict[str, Operand] = {}
        self.count = 0

    def definition(self) -> dict[str, Any]:
        """Give the definition. Raises Refused for a description without questions."""
        pages: list[Mapping[str, Any]] = [*dicts_of(self.data.get("pages"))] or [self.data]
        drafts = [self._page(page) for page in pages]
        if not any(group["questions"] for page in drafts for group in page["groups"]):
            raise Refused(_("This survey has no questions."))
        self._calculated(drafts)
        for page in drafts:
            self._settle(page)
        return {
            "languages": self.languages,
            "title": self.line(self.data.get("title"), ""),
            "intro": self.rich(self.data.get("description"), ""),
            "outro": self.rich(self.data.get("completedHtml"), ""),
            "pages": [page for page in drafts if page["groups"]],
        }

    def line(self, value: object, place: str) -> Text:
        """Give words by language on one line."""
        return each(self._spoken(value, place), plain, self._pipe)

    def rich(self, value: object, place: str) -> Text:
        """Give words by language as Markdown."""
        return each(self._spoken(value, place), markdown, self._pipe)

    def _spoken(self, value: object, place: str) -> dict[str, str]:
        first = self.languages[0]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            value = {first: str(value)}
        if not isinstance(value, dict):
            return {}
        found = {
            first if tag == "default" else tag: said for tag, said in value.items() if isinstance(said, str)
        }
        for said in found.values():
            if has_scripts(said):
                self.report.changed(
                    place, _("A text held scripts or form fields; only its words were taken.")
                )
            if has_pictures(said):
                self.report.lost(place, _("Pictures, sounds or films in a text were not taken."))
        return {tag: found[tag] for tag in self.languages if tag in found}

    def _pipe(self, inner: str) -> str:
        known = self.operands.get(inner.strip())
        code = known.question if known else self.codes.ours.get(inner.strip())
        return "{" + code + "}" if code else ""

    def _page(self, page: Mapping[str, Any]) -> dict[str, Any]:
        name = _named(page) or "p"
        groups: list[dict[str, Any]] = []
        self._fill(page, groups, [], 0)
        shuffled = page.get("questionsOrder", page.get("questionOrder")) == "random"
        return {
            "code": self.places.fresh(name),
            "title": page.get("title") if page is not self.data else None,
            "text": page.get("description") if page is not self.data else None,
            "conditions": [page.get("visibleIf")] if page is not self.data else [],
            "groups": groups,
            "random": shuffled,
        }

    def _fill(
        self, parent: Mapping[str, Any], groups: list[dict[str, Any]], conditions: list[object], depth: int
    ) -> None:
        """Questions next to each other are a group, a panel is one, and panels in panels stand behind each other."""
        if depth > DEEPEST:
            raise Refused(NO_SURVEY)
        fresh = True
        for element in dicts_of(parent.get("elements", parent.get("questions"))):
            self.count += 1
            if self.count > MOST_PARTS:
                raise Refused(
                    _("This survey does not fit in here (%(place)s): %(why)s"), place="", why=MOST_PARTS
                )
            if element.get("type") == "panel":
                inside = [*conditions, element.get("visibleIf")]
                groups.append(self._group(element, inside))
                self._fill(element, groups, inside, depth + 1)
                fresh = True
                continue
            if fresh and not (groups and depth and not groups[-1]["questions"]):
                groups.append(self._group({}, conditions))
            fresh = False
            self._question(element, groups[-1])

    def _group(self, panel: Mapping[str, Any], conditions: list[object]) -> dict[str, Any]:
        return {
            "code": self.places.fresh(_named(panel) or "g1"),
            "title": panel.get("title"),
            "text": panel.get("description"),
            "conditions": list(conditions),
            "random": panel.get("questionsOrder") == "random",
            "questions": [],
        }

    def _question(self, element: Mapping[str, Any], group: dict[str, Any]) -> None:
        name = _named(element) or f"q{self.count}"
        part = Part(element, name, self.codes.give(name), self.codes, self.languages)
        for question in build(part, self):
            group["questions"].append((part, question))
        self.operands |= {key: one for key, one in part.operands.items() if key not in self.operands}

    def _calculated(self, drafts: list[dict[str, Any]]) -> None:
        """Values that are calculated beside the questions are questions here."""
        for value in dicts_of(self.data.get("calculatedValues")):
            name, text = _named(value), value.get("expression")
            if name and isinstance(text, str):
                part = Part(
                    {"type": "expression", "expression": text}, name, self.codes.give(name), self.codes, []
                )
                for group in [group for page in drafts for group in page["groups"]][-1:]:
                    group["questions"] += [(part, question) for question in build(part, self)]
                self.operands.setdefault(name, Operand(Form.NUMBER, part.code))

    def _settle(self, page: dict[str, Any]) -> None:
        """Write texts and conditions, now that all names are known."""
        page["groups"] = [group for group in page["groups"] if group["questions"]]
        for holder in [page, *page["groups"]]:
            code = holder["code"]
            holder["title"], holder["text"] = (
                self.line(holder["title"], code),
                self.rich(holder["text"], code),
            )
            self._conditions(holder, code)
        for group in page["groups"]:
            group["questions"] = [self._finished(part, question) for part, question in group["questions"]]

    def _conditions(self, holder: dict[str, Any], place: str) -> None:
        written = [self.condition(text, place) for text in holder.pop("conditions", [])]
        found = list(dict.fromkeys(one for one in written if one))
        if found:
            holder["relevance"] = " and ".join(f"({one})" for one in found) if len(found) > 1 else found[0]

    def _finished(self, part: Part, question: Question) -> Question:
        question["title"] = self.line(question.get("title"), part.name) or {self.languages[0]: part.name}
        question["help"] = self.rich(question.get("help"), part.name)
        if question["kind"] == Kind.CALCULATED:
            question["title"] = {}
            self._formula(part, question)
        for holder in [question, *question.get("options", []), *question.get("rows", [])]:
            self._conditions(holder, part.name)
        for holder in [*question.get("options", []), *question.get("rows", [])]:
            holder["title"] = self.line(holder.get("title"), part.name) or {self.languages[0]: holder["code"]}
        for name in ("other", "low", "high", "unit"):
            if question.get(name) is not None:
                question[name] = self.line(question[name], part.name)
            elif name in question:
                del question[name]
        rules = []
        for rule in question.pop("rules", []):
            expression = (
                rule["expression"] if rule.get("ours") else self.condition(rule["expression"], part.name)
            )
            if expression:
                rules.append({"expression": expression, "message": self.line(rule.get("message"), part.name)})
        return question | ({"rules": rules} if rules else {})

    def _formula(self, part: Part, question: Question) -> None:
        try:
            question["expression"] = formula(question["expression"], self.resolve).text
        except Untranslatable as error:
            text = _("The equation “%(equation)s” could not be taken (at %(reason)s).")
            self.report.lost(part.name, text, equation=question["expression"], reason=error)
            question |= {"kind": Kind.INFO, "expression": "", "title": {self.languages[0]: part.name}}

    def condition(self, text: object, place: str) -> str:
        """Write a condition; "" with a note where that cannot be."""
        if not isinstance(text, str) or not text.strip():
            return ""
        try:
            return condition(text, self.resolve)
        except Untranslatable as error:
            lost = _("The condition “%(condition)s” could not be taken (at %(reason)s).")
            self.report.lost(place, lost, condition=text, reason=error)
            return ""

    def resolve(self, name: str) -> list[Operand]:
        """Give the place that a name stands for. Raises Untranslatable."""
        bare = name.strip().lstrip("#$")
        if bare in self.operands:
            return [self.operands[bare]]
        if bare.endswith("-Comment") and (known := self.operands.get(bare.removesuffix("-Comment"))):
            return [Operand(Form.TEXT, known.question, other=True)]
        raise Untranslatable(name)


def read_surveyjs(data: object, report: Report) -> dict[str, Any]:
    """Read a description. Raises Refused where it is none."""
    if not isinstance(data, dict) or not is_surveyjs(data):
        raise Refused(NO_SURVEY)
    for name, text in (
        ("triggers", _("Triggers of the survey were not taken.")),
        ("quizMode", _("The rules of a quiz were not taken.")),
        ("maxTimeToFinish", _("There are no time limits here, since nobody should have to hurry.")),
    ):
        if data.get(name):
            report.lost("", text)
    return Reader(data, report).definition()


def _named(part: Mapping[str, Any]) -> str:
    name = part.get("name")
    return name.strip() if isinstance(name, str) else ""


def _languages(data: Mapping[str, Any]) -> list[str]:
    """The survey's own language, and every one that a text is written in."""
    own = data.get("locale")
    first = own if isinstance(own, str) and LANGUAGE.fullmatch(own) else "en"
    found = [first]
    for tag in _tags(data, 0):
        if tag not in found and tag != "default" and len(found) < MOST_LANGUAGES:
            found.append(tag)
    return found


def _tags(value: object, depth: int) -> Iterator[str]:
    if depth > 2 * DEEPEST:
        return
    if isinstance(value, dict):
        # Words by language: every name is a language, every value is a text.
        tags = [tag for tag in value if isinstance(tag, str)]
        if "default" in tags and all(tag == "default" or LANGUAGE.fullmatch(tag) for tag in tags):
            yield from tags
        for one in value.values():
            yield from _tags(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _tags(one, depth + 1)
