"""Writes the questions of a LimeSurvey file as ours."""

from collections.abc import Mapping
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import OTHER, Kind, Shape, Style
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.lime_defaults import default_of
from baukasten_survey.transfer.lime_logic import Logic, Where
from baukasten_survey.transfer.lime_plan import Plan, Planner
from baukasten_survey.transfer.lime_rules import Rules
from baukasten_survey.transfer.lime_source import Sub
from baukasten_survey.transfer.lime_texts import Scribe, mixed
from baukasten_survey.transfer.lime_words import word
from baukasten_survey.transfer.pieces import Piece, joined
from baukasten_survey.transfer.reports import Report, Text

_ = lazy("survey")

Question = dict[str, Any]
FIXED_WORDS = {
    "C": ("Yes", "Uncertain", "No"),
    "E": ("Increase", "Same", "Decrease"),
    "G": ("Female", "Male"),
}


class Writer:
    """Writes one question after the other."""

    def __init__(self, planner: Planner, logic: Logic, scribe: Scribe, report: Report) -> None:
        self.planner, self.logic, self.scribe, self.report = planner, logic, scribe, report
        self.rules = Rules(logic, scribe, report)
        self.languages = planner.source.languages

    def write(self, plan: Plan) -> list[Question]:
        """Give the questions that one becomes, after those that its texts calculate."""
        asked, where = plan.asked, Where(plan)
        question: Question = {"code": plan.code, "kind": plan.kind or Kind.INFO}
        if plan.kind is None:
            text = _("There is no question here like LimeSurvey's type “%(type)s”; its text is shown.")
            self.report.lost(asked.code, text, type=asked.type)
        title, help_ = self.scribe.heading(asked.texts, asked.helps, where, asked.code)
        if plan.kind is Kind.CALCULATED:
            title = {}
            self._equation(plan, question)
        elif not title:
            title = {self.languages[0]: asked.code or plan.code}
        question |= {"title": title, "help": help_}
        if plan.kind not in {Kind.INFO, Kind.CALCULATED, None}:
            question["required"] = asked.mandatory == "Y"
            question["soft"] = asked.mandatory == "S"
        if relevance := self.logic.relevance(asked.relevance, plan):
            question["relevance"] = relevance
        filters = self.rules.filters(plan)
        self._options(plan, question, filters)
        self._rows(plan, question, filters)
        self._look(plan, question)
        self.rules.add(plan, question)
        self._default(plan, question)
        self._hidden(plan, question)
        found = [question, *self._beside(plan, question)]
        return [*self.scribe.take_made(), *found]

    def _equation(self, plan: Plan, question: Question) -> None:
        asked = plan.asked
        text = asked.attributes.get("equation", "") or next(iter(asked.texts.values()), "")
        try:
            question["expression"] = mixed(self.logic, text, Where(plan)).text
        except Untranslatable as error:
            lost = _("The equation “%(equation)s” could not be taken (at %(reason)s).")
            self.report.lost(asked.code, lost, equation=text, reason=error)
            question["kind"] = Kind.INFO

    def _options(self, plan: Plan, question: Question, filters: Mapping[str, Piece]) -> None:
        scale = plan.asked.options()
        subs = {sub.code: sub.texts for sub in plan.asked.subs}
        said = {one.code: one.texts for one in scale}
        if (plan.kind in {Kind.MULTIPLE, Kind.RANKING} and not scale) or plan.type in ":;MP":
            said = subs
        if plan.kind is Kind.SCALE and plan.type in "AB":
            question |= {
                "style": Style.DIFFERENTIAL,
                "minimum": 1.0,
                "maximum": 5.0 if plan.type == "A" else 10.0,
            }
            return
        if plan.type in "KQ":
            question["options"] = [
                {"code": code, "title": word("Value", self.languages)} for code in plan.options
            ]
            return
        numbers = self.planner.numbers(plan, plan.options)
        options = []
        for at, (foreign, ours) in enumerate(plan.options.items()):
            title = self._option_title(plan, foreign, at, said)
            option: dict[str, Any] = {"code": ours, "title": title}
            if ours in numbers:
                option["value"] = numbers[ours]
            if foreign in filters and plan.kind in {Kind.SINGLE, Kind.DROPDOWN, Kind.MULTIPLE, Kind.RANKING}:
                option["relevance"] = filters[foreign].text
            options.append(option)
        if options:
            question["options"] = options
        if plan.type == "5":
            question["style"] = Style.LIKERT
        self._other(plan, question)
        self._exclusive(plan, question)

    def _option_title(self, plan: Plan, foreign: str, at: int, said: Mapping[str, Text]) -> Text:
        if plan.type in FIXED_WORDS:
            return word(FIXED_WORDS[plan.type][at], self.languages)
        if plan.type in {"5", "A", "B", "I"}:
            return dict.fromkeys(self.languages, foreign)
        words = self.scribe.line(said.get(foreign, {}), Where(plan), plan.asked.code)
        return words or {self.languages[0]: foreign}

    def _other(self, plan: Plan, question: Question) -> None:
        asked = plan.asked
        if not asked.other or plan.type not in "L!MP":
            return
        spoken = asked.spoken.get("other_replace_text") or {
            "": asked.attributes.get("other_replace_text", "")
        }
        own = self.scribe.line(spoken, Where(plan), asked.code)
        question["other"] = own or word("Other", self.languages)

    def _exclusive(self, plan: Plan, question: Question) -> None:
        alone = plan.asked.attributes.get("exclude_all_others", "")
        wanted = {plan.options.get(code.strip()) for code in alone.replace(",", ";").split(";")}
        for option in question.get("options", []):
            if plan.kind is Kind.MULTIPLE and option["code"] in wanted:
                option["exclusive"] = True

    def _rows(self, plan: Plan, question: Question, filters: Mapping[str, Piece]) -> None:
        if plan.kind in {Kind.MULTIPLE, Kind.RANKING} or not plan.asked.scale(0):
            return
        question["rows"] = [
            self._row(plan, sub, filters) for sub in plan.asked.scale(0) if sub.code in plan.rows
        ]
        question["rows"] = list({row["code"]: row for row in question["rows"]}.values())

    def _row(self, plan: Plan, sub: Sub, filters: Mapping[str, Piece]) -> dict[str, Any]:
        words = self.scribe.line(sub.texts, Where(plan), plan.asked.code)
        row: dict[str, Any] = {"code": plan.rows[sub.code]}
        if plan.kind is Kind.SCALE:
            row["high"] = {tag: said.partition("|")[2].strip() for tag, said in words.items()}
            words = {tag: said.partition("|")[0].strip() for tag, said in words.items()}
        row["title"] = {tag: said.replace("|", " – ") for tag, said in words.items()} or {
            self.languages[0]: sub.code
        }
        if sub.code in filters:
            row["relevance"] = filters[sub.code].text
        return row

    def _look(self, plan: Plan, question: Question) -> None:
        """Take over order, units and the like; how wide a field is drawn is not worth a note."""
        asked = plan.asked
        if (
            asked.on("random_order")
            or asked.attributes.get("answer_order") == "random"
            or (asked.attributes.get("subquestion_order") == "random")
        ):
            question["random"] = True
        if "alphabetical" in {
            asked.attributes.get("answer_order"),
            asked.attributes.get("subquestion_order"),
        } or (asked.on("alphasort")):
            self.report.changed(asked.code, _("The options are no longer sorted by their words."))
        for name in ("prefix", "suffix"):
            spoken = asked.spoken.get(name) or {"": asked.attributes.get(name, "")}
            words = self.scribe.line(spoken, Where(plan), asked.code)
            if words and question["kind"] in {Kind.NUMBER, Kind.SLIDER, Kind.MATRIX_NUMBER}:
                question["unit"] = words
        if plan.kind is Kind.MAP:
            question["shapes"] = [Shape.POINT]
        if plan.kind is Kind.FILE and asked.attributes.get("allowed_filetypes"):
            self.report.changed(asked.code, _("Which types of files may be sent is decided by the platform."))
        if asked.on("time_limit"):
            self.report.lost(
                asked.code, _("There are no time limits here, since nobody should have to hurry.")
            )
        if plan.type == "H":
            self.report.info(
                asked.code, _("The table stands the other way round: its columns are lines now.")
            )
        if plan.type == "I":
            self.report.changed(
                asked.code, _("The language is asked; switching it is part of each page here.")
            )
        self._further(plan)

    def _further(self, plan: Plan) -> None:
        asked = plan.asked
        if asked.scripted:
            self.report.changed(asked.code, _("A script ran beside this question; it was not taken."))
        if asked.theme.startswith("image_select"):
            text = _("Pictures were chosen here; they are not in the file. Upload them to the options.")
            self.report.changed(asked.code, text)
        if asked.on("other_comment_mandatory"):
            self.report.changed(asked.code, _("The words beside “other” may stay empty."))
        if asked.on("other_numbers_only"):
            self.report.changed(asked.code, _("Beside “other” any words may be written, not only numbers."))
        if asked.on("exclude_all_others_auto"):
            self.report.changed(asked.code, _("Nothing is chosen by itself when all options are chosen."))
        if asked.on("parent_order"):
            self.report.changed(asked.code, _("Options are not shuffled in the order of another question."))
        if asked.on("assessment_value") and plan.type in "MP" and self.planner.assessed:
            self.report.lost(asked.code, _("What single options count as in an assessment was not taken."))

    def _default(self, plan: Plan, question: Question) -> None:
        """Take what was filled in beforehand; what is calculated for that is named."""
        found, whole = default_of(plan)
        if found is not None:
            question["default"] = found
        if not whole:
            self.report.lost(plan.asked.code, _("Answers that were filled in beforehand were not taken."))

    def _hidden(self, plan: Plan, question: Question) -> None:
        """What was always hidden came in with the address, or was calculated."""
        if not plan.asked.on("hidden") or plan.kind is Kind.CALCULATED:
            return
        if plan.kind in {Kind.SHORT, Kind.LONG}:
            for name in ("required", "soft", "max_length", "pattern", "rules"):
                question.pop(name, None)
            question |= {"kind": Kind.HIDDEN, "parameter": plan.code}
        else:
            question["relevance"] = "false"
            self.report.changed(
                plan.asked.code, _("This question was always hidden; nobody can answer it here.")
            )

    def _beside(self, plan: Plan, question: Question) -> list[Question]:
        """Write the further questions that one of LimeSurvey's becomes."""
        found = []
        base = {key: question[key] for key in ("relevance",) if key in question}
        label = question["title"]
        if "comment" in plan.beside and plan.type == "O":
            title = self._labelled(label, "Comment")
            found.append({"code": plan.beside["comment"], "kind": Kind.LONG, "title": title, **base})
        elif "comment" in plan.beside:
            found.append(self._comments(plan, question, base))
        if "time" in plan.beside:
            title = self._labelled(label, "Time")
            base |= {"kind": Kind.TIME, "required": question["required"]}
            found.append({"code": plan.beside["time"], "title": title, **base})
        if "second" in plan.beside:
            found.append(self._second(plan, question))
        return found

    def _labelled(self, title: Text, english: str) -> Text:
        words = word(english, self.languages)
        return {tag: f"{said} – {words.get(tag, english)}" for tag, said in title.items()}

    def _comments(self, plan: Plan, question: Question, base: dict[str, Any]) -> Question:
        """A comment belongs to an option that is chosen."""
        rows = []
        for option in question.get("options", []):
            foreign = next(code for code, ours in plan.options.items() if ours == option["code"])
            chosen = f'"{option["code"]}" in {plan.code}'
            rows.append({"code": plan.rows[foreign], "title": option["title"], "relevance": chosen})
        if plan.asked.other:
            other = question.get("other") or word("Other", self.languages)
            rows.append(
                {"code": plan.rows["other"], "title": other, "relevance": f'"{OTHER}" in {plan.code}'}
            )
        own = joined("and", [Piece(base["relevance"], Sort.BOOLEAN, loose=True)] if base else [])
        return {
            "code": plan.beside["comment"],
            "kind": Kind.MATRIX_TEXT,
            "title": self._labelled(question["title"], "Comment"),
            "rows": rows,
            "options": [{"code": "text", "title": word("Comment", self.languages)}],
            **({"relevance": own.text} if base else {}),
        }

    def _second(self, plan: Plan, question: Question) -> Question:
        """The second scale of a table with two."""
        asked, where = plan.asked, Where(plan)
        said = {one.code: one.texts for one in asked.options(1)}
        numbers = self.planner.numbers(plan, plan.seconds, 1)
        options = []
        for foreign, ours in plan.seconds.items():
            words = self.scribe.line(said.get(foreign, {}), where, asked.code)
            option: dict[str, Any] = {"code": ours, "title": words or {self.languages[0]: foreign}}
            options.append(option | ({"value": numbers[ours]} if ours in numbers else {}))
        title = dict(question["title"])
        for name, one in (("dualscale_headerA", question), ("dualscale_headerB", None)):
            spoken = asked.spoken.get(name) or {"": asked.attributes.get(name, "")}
            head = self.scribe.line(spoken, where, asked.code)
            heads = {tag: f"{said} – {head[tag]}" if tag in head else said for tag, said in title.items()}
            if one is not None:
                one["title"] = heads
            else:
                title = heads
        self.report.info(asked.code, _("The table with two scales became two questions."))
        kept = ("rows", "required", "soft", "relevance", "random", "kind")
        found = {key: question[key] for key in kept if key in question}
        return found | {"code": plan.beside["second"], "title": title, "options": options}
