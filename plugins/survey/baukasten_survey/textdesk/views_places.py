"""What the pages of open texts share: the survey, its texts, how they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import NotFound, Scope, here
from baukasten_survey.keys import Kind, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Reader
from baukasten_survey.routes import LARGEST
from baukasten_survey.surveys import lookup
from baukasten_survey.texts.fields import Field, fields_of
from baukasten_survey.texts.models import Category

_ = lazy("survey")
BASE = "/antworten/texte/"
NONE = "0"
"""As a category in forms: the text fits none."""
PARTS: Mapping[str, LazyText] = {
    "other": _("Words beside “something else” to “%(question)s”"),
    "map": _("Words about the map to “%(question)s”"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A survey and what people wrote in it."""

    survey: Survey
    reader: Reader
    fields: Mapping[str, Field]

    def field(self, name: str) -> Field:
        """Give one text; raises NotFound."""
        if name not in self.fields:
            raise NotFound
        return self.fields[name]

    def title(self, field: Field) -> str:
        """Say which text it is, by its question."""
        question = self.reader.question(field.code)
        asked = (self.reader.words(question.title) if question else "") or field.code
        part = "other" if field.name != field.code else "map" if field.kind is Kind.MAP else ""
        return str(PARTS[part]) % {"question": asked} if part else asked


def place_of(session: Scope, module: ModuleRef) -> Place:
    """Give a survey that was opened, with its texts; two statements. Raises NotFound for a draft."""
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        raise NotFound
    return opened(session, survey)


def opened(session: Scope, survey: Survey) -> Place:
    """Give a survey that is known to be no draft, with its texts; one statement."""
    asked = lookup.history(session, survey.id)
    reader = Reader(asked.definitions, here().language)
    return Place(survey, reader, fields_of(asked.definitions, asked.names))


def number(given: str) -> int:
    """Read a number from an address or a form; rubbish is 0."""
    found = int(given) if given.isascii() and given.isdigit() and len(given) < len(str(LARGEST)) + 1 else 0
    return found if found <= LARGEST else 0


def line(name: str) -> str:
    """Read a field of one line."""
    return " ".join(request.form.get(name, "").replace("\0", "").split())


def category() -> int | None:
    """Read which category was pressed; nothing for none. Raises NotFound for rubbish."""
    given = request.form.get("category", "")
    found = number(given)
    if not found and given != NONE:
        raise NotFound
    return found or None


def labels(named: Sequence[Category]) -> dict[int, str]:
    """Give the names of categories by number, with that of none."""
    return {one.id: one.name for one in named} | {0: str(_("Fits no category"))}
