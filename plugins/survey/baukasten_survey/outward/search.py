"""What the search knows of surveys: what each is about, and what was found, as long as everybody may see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, SearchDocument, SearchSource
from baukasten.sdk import SafeHtml, Scope, clock, module_path, modules_by_id, plain, shorten
from baukasten_survey.answers.flow import Path, flow_of
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.definition.model import Definition, Text
from baukasten_survey.models import Survey
from baukasten_survey.outward import reading
from baukasten_survey.surveys.announcing import RESULTS, SURVEY

BATCH = 20
"""Surveys at a time; each may ask hundreds of questions."""
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Searched:
    """One of the two things that are found."""

    type: str
    query: Callable[..., reading.AnySelect]
    endpoint: str
    newest: bool
    tell: Callable[[Row[Any], ModuleRef, Sequence[Definition]], tuple[str, str]]
    """Gives title and body."""

    def document(self, session: Session, survey_id: int) -> SearchDocument | None:
        """Give a survey's document; nothing for what not everybody may see."""
        return next(self._documents(session, Survey.id == survey_id), None)

    def stream(self, session: Session) -> Iterator[SearchDocument]:
        """Give all documents of the town, some at a time."""
        last = 0
        while True:
            found = list(self._documents(session, Survey.id > last))
            yield from found
            if len(found) < BATCH:
                return
            last = found[-1].id

    def _documents(self, session: Session, *conditions: Any) -> Iterator[SearchDocument]:
        rows = session.execute(self.query(*conditions).order_by(Survey.id).limit(BATCH)).all()
        # Hidden modules are indexed too: the search leaves them out by itself, and has them back at once.
        modules = modules_by_id(session, {row.module_id for row in rows})
        asked = reading.definitions(session, [row.id for row in rows], newest=self.newest)
        contract = cast("Scope", session).contract
        for row in rows:
            module, defined = modules[row.module_id], asked[row.id]
            title, body = self.tell(row, module, defined)
            yield SearchDocument(
                content_type=self.type,
                id=row.id,
                title=shorten(title, LONGEST_TITLE),
                body=body,
                path=module_path(contract, module, self.endpoint),
                language=defined[0].languages[0],
                module_id=module.id,
                published_at=getattr(row, "published_at", None) or row.opens_at or row.created_at,
            )


def _survey(_row: Row[Any], module: ModuleRef, asked: Sequence[Definition]) -> tuple[str, str]:
    """Tell what is asked about, in all its languages; the questions themselves are no passages to read."""
    definition, *_older = asked
    path = flow_of(definition).follow({}, clock.now().date())
    said = [_about(path, language) for language in definition.languages]
    title = said[0][0] or module.title
    found = dict.fromkeys(words for pair in said for words in reversed(pair))
    return title, "\n".join(words for words in found if words and words != title)


def _about(path: Path, language: str) -> tuple[str, str]:
    """Give title and introduction as the front page shows them to somebody who has not answered yet."""
    sayings, definition = Sayings(path, language), path.flow.definition
    return sayings.line(definition.title), plain(SafeHtml(sayings.prose(definition.intro)))


def _results(row: Row[Any], module: ModuleRef, asked: Sequence[Definition]) -> tuple[str, str]:
    """Tell what was found: the town's words, and the questions that are shown."""
    title = reading.title(asked[0], asked[0].languages[0], module)
    found = [row.lead, title, module.title]
    for code, heading in row.shown:
        found += [heading, *_every(asked, code)]
    lines = dict.fromkeys([*found, *row.steps])
    return row.headline or title, "\n".join(one for one in lines if one)


def _every(asked: Sequence[Definition], code: str) -> Iterator[str]:
    """Give the words of a question in all languages, as its newest version has them."""
    for definition in asked:
        if code in definition.questions:
            text: Text = definition.questions[code].title
            yield from (text[language] for language in definition.languages if language in text)
            return


SEARCHED = (
    Searched(SURVEY, reading.surveys, "front", newest=True, tell=_survey),
    Searched(RESULTS, reading.results, "results", newest=False, tell=_results),
)
SOURCES = [SearchSource(one.type, one.document, one.stream) for one in SEARCHED]
