"""A poll as a part of a page: the form for who may vote, the results for who may see them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, MemberRef, ModuleRef, Visibility
from baukasten.sdk import Scope, kept_part, may, part, remember, translator, valid_until
from baukasten_survey.keys import POLL_VOTE
from baukasten_survey.polls import facts, service
from baukasten_survey.polls.facts import NOBODY, Counted, PollFacts
from baukasten_survey.polls.models import Results

MOMENT = dt.timedelta(seconds=1)
"""What ends at midnight ends on the day before."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One option in the results."""

    title: str
    votes: int
    percent: int
    """Of those who voted; where several options can be chosen, all together make more than a hundred."""


@dataclass(frozen=True, slots=True)
class Box:
    """A poll on a page, as one reader sees it."""

    id: int
    title: str
    multiple: bool
    options: Sequence[tuple[str, str]]
    open: bool
    until: str
    """The day on which it ends; empty for none."""
    held: bool
    may_vote: bool
    """Whether the form stands here."""
    voted: bool
    may_change: bool
    changing: bool
    """Whether the form stands here again for who has voted."""
    after_end: bool
    """Whether results wait for the end."""
    bars: Sequence[Bar]
    voters: int
    too_few: bool
    """Whether results would be shown, were there more votes."""
    url: str
    page_url: str


def show(
    session: Session, module: ModuleRef, member: MemberRef | None, refs: Sequence[ContentRef]
) -> Mapping[ContentRef, Markup]:
    """Give the polls under contributions; one statement beside those that the process remembers."""
    scope = cast("Scope", session)
    key = ("survey", "polls", *(f"{ref.type}:{ref.id}" for ref in refs))
    polls = [one for one in remember(key, lambda: facts.of_contents(scope, refs)) if _is_for(one, member)]
    if not polls:
        return {}
    may_vote = member is not None and may(scope, member, POLL_VOTE, module)
    if member is None:
        return {ref: _kept(scope, found) for ref, found in _by_ref(polls).items()}
    counts, spent = standing(scope, polls, member)
    boxes = {
        one.id: box(one, counts[one.survey_id], one.survey_id in spent, may_vote=may_vote) for one in polls
    }
    return {
        ref: part("survey/poll_boxes.html", **_values(boxes[one.id] for one in found))
        for ref, found in _by_ref(polls).items()
    }


def standing(
    session: Scope, polls: Sequence[PollFacts], member: MemberRef | None, visit: str = ""
) -> tuple[Mapping[int, Counted], frozenset[int]]:
    """Give the votes by survey, and in which of them somebody has voted; one statement."""
    can = [one for one in polls if member is not None or (one.guests and visit)]
    rights = [service.right_of(session, one, member, visit).digest for one in can]
    return facts.counted(session, [one.survey_id for one in polls], rights)


def box(poll: PollFacts, counts: Counted, voted: bool, *, may_vote: bool, changing: bool = False) -> Box:  # noqa: FBT001 - a fact
    """Give a poll as somebody sees it who has voted or not."""
    running = poll.is_open() and poll.visibility is Visibility.PUBLISHED
    if poll.is_open() and poll.closes_at is not None:
        valid_until(poll.closes_at)
    entitled = not poll.is_open() or (voted and poll.results is Results.VOTED)
    enough = counts.voters >= poll.minimum
    again = running and voted and poll.changeable and may_vote
    return Box(
        id=poll.id,
        title=poll.question.title[poll.language],
        multiple=poll.multiple,
        options=[(one.code, one.title[poll.language]) for one in poll.question.options],
        open=poll.is_open(),
        until="" if poll.closes_at is None else translator().date(poll.closes_at - MOMENT),
        held=poll.visibility is not Visibility.PUBLISHED,
        may_vote=running and may_vote and not voted,
        voted=voted,
        may_change=again,
        changing=again and changing,
        after_end=poll.results is Results.END,
        bars=_bars(poll, counts) if entitled and enough else (),
        voters=counts.voters if entitled and enough else 0,
        too_few=entitled and not enough,
        url=url_for("survey_polls.vote", poll_id=poll.id),
        page_url=page_url(poll),
    )


def page_url(poll: PollFacts) -> str:
    """Give the address of a poll's own page."""
    return url_for("survey_polls.poll", poll_id=poll.id)


def _bars(poll: PollFacts, counts: Counted) -> list[Bar]:
    votes = {one.code: counts.by_option.get(one.code, 0) for one in poll.question.options}
    return [
        Bar(one.title[poll.language], votes[one.code], round(100 * votes[one.code] / counts.voters))
        for one in poll.question.options
    ]


def _kept(session: Scope, polls: Sequence[PollFacts]) -> Markup:
    """Give what all guests see, counted once after the end."""
    over = [one for one in polls if not one.is_open()]
    key = ("survey", "poll-boxes", *((one.id, one.is_open()) for one in polls))

    def load() -> Mapping[str, object]:
        counts = facts.counted(session, [one.survey_id for one in over])[0] if over else {}
        boxes = [box(one, counts.get(one.survey_id, NOBODY), voted=False, may_vote=False) for one in polls]
        return _values(boxes)

    for one in polls:
        if one.is_open() and one.closes_at is not None:
            valid_until(one.closes_at)
    return kept_part(key, "survey/poll_boxes.html", load)


def _values(boxes: Iterable[Box]) -> dict[str, object]:
    return {"boxes": list(boxes), "own_page": False, "wrong": False, "guest": False}


def _is_for(poll: PollFacts, member: MemberRef | None) -> bool:
    """Tell whether a reader sees a poll: while it waits, its author alone."""
    own = member is not None and poll.author_id == member.id
    return poll.visibility is Visibility.PUBLISHED or (own and poll.visibility is Visibility.HELD)


def _by_ref(polls: Sequence[PollFacts]) -> dict[ContentRef, list[PollFacts]]:
    found: dict[ContentRef, list[PollFacts]] = {}
    for one in polls:
        found.setdefault(one.ref, []).append(one)
    return found
