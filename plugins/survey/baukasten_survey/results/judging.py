"""What moderation does to quotes: a reader reports one, and whoever moderates takes it out of view."""

from collections.abc import Callable, Sequence
from typing import cast

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Content, ContentRef, ContentType, Visibility, lazy
from baukasten.sdk import Scope, module_path, modules_by_id, shorten
from baukasten_survey.models import Survey
from baukasten_survey.results.models import Publication
from baukasten_survey.texts.models import Quote, QuoteState

_ = lazy("survey")
QUOTE = "survey.quote"
SIGNS = 120
SEEN = {
    QuoteState.CHOSEN: Visibility.HELD,
    QuoteState.RELEASED: Visibility.PUBLISHED,
    QuoteState.BACK: Visibility.HIDDEN,
}


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give what exists of these quotes, whatever their state; nobody is named as their author.

    One that is released stands nowhere before results are published, and when these are taken back.
    """
    joined = (Survey.tenant_id == Quote.tenant_id) & (Survey.id == Quote.survey_id)
    published = exists().where(
        Publication.survey_id == Quote.survey_id, Publication.published_at.is_not(None)
    )
    query = select(Quote, Survey.module_id, published).join(Survey, joined)
    rows = session.execute(query.where(Quote.id.in_(ids))).all()
    scope = cast("Scope", session)
    modules = modules_by_id(scope, {module for _quote, module, _published in rows})
    paths = {number: module_path(scope.contract, one, "results") for number, one in modules.items()}
    return [
        Content(
            ref=ContentRef(QUOTE, quote.id),
            title=str(_("Voice from a survey")),
            excerpt=shorten(quote.body, SIGNS),
            path=f"{paths[module]}#voice-{quote.id}" if module in paths else "",
            author_id=None,
            author_name="",
            created_at=quote.at,
            visibility=SEEN[QuoteState(quote.state)],
            module_id=module,
            is_reachable=stands,
        )
        for quote, module, stands in rows
    ]


def become(state: QuoteState) -> Callable[[Session, int], None]:
    """Give the step that leads a quote into a state."""

    def step(session: Session, number: int) -> None:
        changed = update(Quote).where(Quote.id == number).values(state=state)
        session.execute(changed, execution_options={"synchronize_session": "fetch"})

    return step


CONTENT_TYPES = [
    ContentType(
        QUOTE,
        _("Voice from a survey"),
        find,
        publish=become(QuoteState.RELEASED),
        hide=become(QuoteState.BACK),
        restore=become(QuoteState.RELEASED),
        reject=become(QuoteState.BACK),
    )
]
