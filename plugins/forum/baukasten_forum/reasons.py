"""Answers that speak for a whole topic, and the reasons of rejections that lists show."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from baukasten.plugin import Outcome, lazy
from baukasten.sdk import SafeHtml, here, title_of
from baukasten_forum.keys import PostKind
from baukasten_forum.listing import AnyRow
from baukasten_forum.models import SHOWN
from baukasten_forum.thread import POST

_ = lazy("forum")
REASON_LENGTH = 160
FIRST = POST.alias("opening")
OF_TOPIC = and_(
    POST.c.kind == PostKind.ANSWER.value,
    POST.c.visibility.in_(SHOWN),
    # An answer to a single reply does not speak for the topic.
    or_(POST.c.reply_to.is_(None), FIRST.c.number == 1),
)
WITH_FIRST = POST.outerjoin(
    FIRST,
    and_(
        FIRST.c.tenant_id == POST.c.tenant_id,
        FIRST.c.id == POST.c.reply_to,
        FIRST.c.topic_id == POST.c.topic_id,
    ),
)
REASONS = (
    select(POST.c.topic_id, POST.c.body_html)
    .ext(distinct_on(POST.c.topic_id))
    .select_from(WITH_FIRST)
    .where(POST.c.topic_id == func.any(bindparam("topics")), OF_TOPIC)
    .order_by(POST.c.topic_id, POST.c.number.desc())
)


def reasons(rows: Sequence[AnyRow]) -> dict[int, str]:
    """Give for rejected topics of a list the first sentence of the reason; one statement, none without them."""
    rejected = [row.id for row in rows if row.outcome == Outcome.REJECTED and row.answers]
    if not rejected:
        return {}
    label = str(_("Reason: %(reason)s"))
    return {
        row.topic_id: label % {"reason": title_of(SafeHtml(row.body_html), max_length=REASON_LENGTH)}
        for row in here().session.execute(REASONS, {"topics": rejected})
    }
