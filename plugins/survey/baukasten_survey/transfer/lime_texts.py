"""Texts of a LimeSurvey file: harmless words, with the answers that they repeat."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import MOST_QUESTIONS
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.lime_logic import Logic, Where, assigns
from baukasten_survey.transfer.operands import Form
from baukasten_survey.transfer.pieces import Piece, as_text, quoted
from baukasten_survey.transfer.reports import Report, Text
from baukasten_survey.transfer.texts import LONGEST, blocks_of, has_pictures, has_scripts, markdown, plain

_ = lazy("survey")

_NAME = re.compile(r"(?:INSERTANS:)?[A-Za-z0-9_#]+(?:\.\w+)*")
_TOKEN = re.compile(r"(?i)TOKEN:?\w*|FIRSTNAME|LASTNAME|EMAIL|ATTRIBUTE_\d+|SURVEYURL|OPTOUTURL|OPTINURL")
_SETTING = re.compile(
    r"SURVEYNAME|SURVEYDESCRIPTION|ADMINNAME|ADMINEMAIL|EXPIRY|SID|GID|QID|SAVEDID|SGQ|LANG|STARTDATE|"
    r"ASSESSMENT_\w+|PERC|PASSTHRU:.*|COMPLETED|THEREAREXQUESTIONS|NUMBEROFQUESTIONS"
)


NOTHING = "{}"
"""What a text says where it repeats the answer to something that is only read."""


class Scribe:
    """Writes texts; expressions in them that are no bare name become calculated questions."""

    def __init__(self, logic: Logic, codes: Codes, languages: Iterable[str], report: Report) -> None:
        self.logic, self.codes, self.report = logic, codes, report
        self.languages = list(languages)
        self.made: list[dict[str, Any]] = []
        """Calculated questions that wait for a place before the text that shows them."""
        self.known: dict[str, str] = {}
        self.piping: dict[tuple[str, str], str] = {}

    def line(self, texts: Mapping[str, str], where: Where, place: str) -> Text:
        """Give a text as plain words on one line."""
        return self._each(texts, where, place, plain)

    def rich(self, texts: Mapping[str, str], where: Where, place: str) -> Text:
        """Give a text as Markdown."""
        return self._each(texts, where, place, markdown)

    def heading(
        self, texts: Mapping[str, str], helps: Mapping[str, str], where: Where, place: str
    ) -> tuple[Text, Text]:
        """Split the words of a question: its first paragraph is the title, what follows stands with the help."""
        titles: Text = {}
        rest: Text = {}
        for language, words in self._spoken(texts).items():
            self._look(words, place)
            pipe = self._pipe(where, place)
            blocks = blocks_of(words, pipe, rich=False)
            if blocks:
                titles[language] = blocks[0]
            if len(blocks) > 1:
                more = blocks_of(words, pipe, rich=True)[1:]
                rest[language] = "\n\n".join(more).replace("\n\n- ", "\n- ")
        for language, words in self.rich(helps, where, place).items():
            rest[language] = f"{rest[language]}\n\n{words}" if language in rest else words
        return titles, rest

    def _each(
        self,
        texts: Mapping[str, str],
        where: Where,
        place: str,
        write: Callable[[str, Callable[[str], str]], str],
    ) -> Text:
        found = {}
        for language, words in self._spoken(texts).items():
            self._look(words, place)
            if written := write(words, self._pipe(where, place)):
                found[language] = written
        return found

    def _spoken(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Keep the languages of the survey, in their order; a text without language is in the first."""
        first = self.languages[0]
        given = {language or first: words for language, words in texts.items()}
        found = {language: given[language] for language in self.languages if given.get(language)}
        if found:
            return found
        # Of a file whose languages do not fit its texts, words in any language are better than none.
        words = next(filter(None, given.values()), "")
        return {first: words} if words else {}

    def _look(self, words: str, place: str) -> None:
        if has_scripts(words):
            self.report.changed(place, _("A text held scripts or form fields; only its words were taken."))
        if len(words) > LONGEST:
            self.report.lost(
                place, _("A text was longer than %(most)s signs; the rest was cut off."), most=LONGEST
            )
        if has_pictures(words):
            self.report.lost(place, _("Pictures, sounds or films in a text were not taken."))

    def _pipe(self, where: Where, place: str) -> Callable[[str], str]:
        key = where.plan.code if where.plan else ""

        def pipe(inner: str) -> str:
            if (key, inner) not in self.piping:
                self.piping[key, inner] = self.piped(inner, where, place)
            return self.piping[key, inner]

        return pipe

    def piped(self, inner: str, where: Where, place: str) -> str:
        """Give what stands for an expression in braces."""
        if _TOKEN.fullmatch(inner):
            self.report.lost(
                place, _("“{%(name)s}” names the invited person, which texts do not do here."), name=inner
            )
            return ""
        if _SETTING.fullmatch(inner) and inner not in self.logic.plans:
            self.report.lost(place, _("“{%(name)s}” has no counterpart in texts."), name=inner)
            return ""
        if not any(sign.isalpha() for sign in inner):
            return "{" + inner + "}"  # a pattern's {2,10}, say
        try:
            said = self._fact(inner) or self._answer(inner, where) or self._calculated(inner, where)
            return "" if said == NOTHING else said
        except Untranslatable as error:
            text = _("“{%(name)s}” in a text could not be taken (at %(reason)s).")
            self.report.lost(place, text, name=inner, reason=error)
            return ""

    def _fact(self, inner: str) -> str:
        """What is known of a question itself needs no calculation: its words, its type."""
        base, _dot, fact = inner.rpartition(".")
        known = self.logic.cells.get(base)
        plan = known[0] if known else self.logic.plans.get(base)
        if plan is None or fact not in {"question", "type", "mandatory", "qid", "gid"}:
            return ""
        if fact != "question":
            return str(getattr(plan.asked, fact))
        words = plan.asked.texts.get(self.languages[0], "")
        return plain(words, lambda _inner: "…")

    def _answer(self, inner: str, where: Where) -> str:
        """A bare name repeats an answer."""
        if not _NAME.fullmatch(inner):
            return ""
        found = self.logic.resolve(inner, where)
        if found and all(one.form is Form.SILENT for one in found):
            return NOTHING
        silent = {Form.FLAG, Form.RANK, Form.SILENT}
        if len(found) != 1 or found[0].form in silent or found[0].path != found[0].question:
            return ""
        return "{" + found[0].question + "}"

    def _calculated(self, inner: str, where: Where) -> str:
        """Anything else is calculated by a question of its own, once for each expression."""
        if assigns(inner):
            raise Untranslatable("=")
        piece = self.logic.formula(inner, where)
        if piece.sort is Sort.BOOLEAN:
            piece = as_text(piece)
        return "{" + self.calculation(piece) + "}"

    def calculation(self, piece: Piece) -> str:
        """Make a calculated question and give its code."""
        if piece.text not in self.known:
            if piece.sort is Sort.SET or len(self.codes.taken) >= MOST_QUESTIONS:
                raise Untranslatable(piece.text[:60])
            code = self.known[piece.text] = self.codes.fresh(f"text{len(self.known) + 1}")
            self.made.append({"code": code, "kind": Kind.CALCULATED.value, "expression": piece.text})
        return self.known[piece.text]

    def take_made(self) -> list[dict[str, Any]]:
        """Give the calculated questions that have no place yet."""
        made, self.made = self.made, []
        return made


def mixed(logic: Logic, text: str, where: Where) -> Piece:
    """Write an equation that is words and expressions in turn as one text. Raises Untranslatable."""
    bare = re.sub(r"<br\s*/?>", " ", text)
    bare = re.sub(r"</?[A-Za-z][^<>{}]*>", "", bare).strip()
    try:
        return logic.tailored(text, where)
    except Untranslatable:
        if "{" not in bare:
            raise
    pieces: list[str] = []
    found: list[str] = []

    def pipe(inner: str) -> str:
        found.append(as_text(logic.formula(inner, where)).text)
        return f"\ue000{len(found) - 1}\ue001"

    words = plain(bare, pipe)
    for part in re.split("(\ue000\\d+\ue001)", words):
        if part.startswith("\ue000"):
            pieces.append(found[int(part[1:-1])])
        elif part:
            pieces.append(quoted(part))
    return Piece(f"join({', '.join(pieces)})", Sort.TEXT)
