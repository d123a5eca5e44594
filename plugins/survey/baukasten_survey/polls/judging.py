"""What moderation does to polls: their words are screened, held, let in and hidden like a contribution's."""

from collections.abc import Callable, Sequence
from typing import cast

from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import (
    Content,
    ContentRef,
    ContentType,
    Detail,
    Original,
    Visibility,
    lazy,
)
from baukasten.sdk import Scope, member_names
from baukasten_survey.keys import POLL
from baukasten_survey.polls import facts, service
from baukasten_survey.polls.facts import PollFacts

_ = lazy("survey")
SHOWN = frozenset({Visibility.PUBLISHED, Visibility.FOLDED})
PATH = "/survey/abstimmung/{}"


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give what exists of these polls, whatever their visibility; as many statements as kinds of their hosts."""
    scope = cast("Scope", session)
    polls = {poll.id: poll for poll in facts.of_numbers(scope, ids)}
    names = member_names(scope, {poll.author_id for poll in polls.values() if poll.author_id is not None})
    seen = _seen(scope, [poll.ref for poll in polls.values()])
    return [
        Content(
            ref=ContentRef(POLL, poll.id),
            title=poll.question.title[poll.language],
            excerpt=" · ".join(_options(poll)),
            path=PATH.format(poll.id),
            author_id=poll.author_id,
            author_name=names.get(poll.author_id or 0, ""),
            created_at=poll.created_at,
            visibility=poll.visibility,
            module_id=poll.module_id,
            is_reachable=poll.ref in seen,
        )
        for poll in polls.values()
    ]


def become(visibility: Visibility) -> Callable[[Session, int], None]:
    """Give the step that leads a poll into a state."""

    def step(session: Session, poll_id: int) -> None:
        service.set_visibility(session, poll_id, visibility)

    return step


def detail(session: Session, poll_id: int) -> Detail | None:
    """Give the question with its options."""
    for poll in facts.of_numbers(cast("Scope", session), [poll_id]):
        options = Markup("").join(Markup("<li>{}</li>").format(one) for one in _options(poll))
        html = Markup("<p>{}</p><ul>{}</ul>").format(poll.question.title[poll.language], options)
        return Detail(text=_words(poll), html=str(html), language=poll.language)
    return None


def originals(session: Session, ids: Sequence[int]) -> dict[int, Original]:
    """Give what authors typed."""
    return {poll.id: Original(_words(poll)) for poll in facts.of_numbers(cast("Scope", session), ids)}


def _words(poll: PollFacts) -> str:
    return "\n".join([poll.question.title[poll.language], *(f"- {one}" for one in _options(poll))])


def _options(poll: PollFacts) -> list[str]:
    return [option.title[poll.language] for option in poll.question.options]


def _seen(session: Scope, refs: Sequence[ContentRef]) -> set[ContentRef]:
    """Give those contributions that are in view where they stand."""
    found = set()
    for kind in sorted({ref.type for ref in refs}):
        declared = session.contract.registry.content_types[kind].value
        contents = declared.find(session, [ref.id for ref in refs if ref.type == kind])
        found |= {one.ref for one in contents if one.visibility in SHOWN and one.is_reachable}
    return found


CONTENT_TYPES = [
    ContentType(
        POLL,
        _("Poll"),
        find,
        publish=become(Visibility.PUBLISHED),
        hide=become(Visibility.HIDDEN),
        restore=become(Visibility.PUBLISHED),
        reject=become(Visibility.REMOVED),
        remove=become(Visibility.REMOVED),
        hold=become(Visibility.HELD),
        detail=detail,
        originals=originals,
    )
]
