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
from baukasten_survey.cells.shown import State, Table
from baukasten_survey.keys import POLL_VOTE
from baukasten_survey.polls import counting, facts, service
from baukasten_survey.polls.facts import PollFacts
from baukasten_survey.polls.models import Results

LOOKS = 10
"""So many times the smallest cell have voted when figures come before the end, as ``cells.shown.due`` says."""
MOMENT = dt.timedelta(seconds=1)
"""What ends at midnight ends on the day before."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One option in the results."""

    title: str
    state: State
    votes: int
    """All of them where they are shown, else at least so many."""
    percent: int
    """Of those who were counted; where several options can be chosen, all together make more than a hundred."""


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
    least: int
    """Fewer votes than this are never shown."""
    needed: int
    """How many votes it takes until there are results before the end."""
    bars: Sequence[Bar]
    counted: int
    """Of how many votes the results tell."""
    voters: int
    """How many have voted; 0 for whom results are not."""
    told: str
    """What is said in the place of results: ``end``, ``early``, ``soon`` or ``few``; else nothing."""
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
) -> tuple[Mapping[int, int], frozenset[int]]:
    """Give how many voted by survey, and in which of them somebody has; one statement."""
    can = [one for one in polls if member is not None or (one.guests and visit)]
    rights = [service.right_of(session, one, member, visit).digest for one in can]
    return facts.voters(session, [one.survey_id for one in polls], rights)


def box(poll: PollFacts, voters: int, voted: bool, *, may_vote: bool, changing: bool = False) -> Box:  # noqa: FBT001 - a fact
    """Give a poll as somebody sees it who has voted or not."""
    running = poll.is_open() and poll.visibility is Visibility.PUBLISHED
    if poll.is_open() and poll.closes_at is not None:
        valid_until(poll.closes_at)
    entitled = not poll.is_open() or (voted and poll.results is Results.VOTED)
    table = poll.figures.table if entitled and poll.figures else None
    bars = _bars(poll, table) if table is not None and not table.empty else ()
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
        after_end=not counting.comes_early(poll),
        least=poll.minimum,
        needed=LOOKS * poll.minimum,
        bars=bars,
        counted=table.people if table is not None else 0,
        voters=voters if entitled else 0,
        told="" if bars else _told(poll, voted=voted),
        url=url_for("survey_polls.vote", poll_id=poll.id),
        page_url=page_url(poll),
    )


def page_url(poll: PollFacts) -> str:
    """Give the address of a poll's own page."""
    return url_for("survey_polls.poll", poll_id=poll.id)


def _bars(poll: PollFacts, table: Table) -> list[Bar]:
    cells = [(one.title[poll.language], table.cells[one.code]) for one in poll.question.options]
    return [
        Bar(title, cell.state, cell.known, round(100 * cell.known / table.people)) for title, cell in cells
    ]


def _told(poll: PollFacts, *, voted: bool) -> str:
    """Say why there are no results, to whom they concern."""
    if poll.is_open():
        if not voted:
            return ""
        early = counting.comes_early(poll) and (poll.figures is None or poll.figures.table is None)
        return "early" if early else "end"
    return "few" if poll.figures is not None and poll.figures.final else "soon"


def _kept(session: Scope, polls: Sequence[PollFacts]) -> Markup:
    """Give what all guests see, counted once after the end."""
    over = [one for one in polls if not one.is_open()]
    final = ((one.id, one.is_open(), one.figures is not None and one.figures.final) for one in polls)
    key = ("survey", "poll-boxes", *final)

    def load() -> Mapping[str, object]:
        counts = facts.voters(session, [one.survey_id for one in over])[0] if over else {}
        boxes = [box(one, counts.get(one.survey_id, 0), voted=False, may_vote=False) for one in polls]
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
