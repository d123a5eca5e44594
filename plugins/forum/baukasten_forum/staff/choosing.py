"""Posts and topics that staff ticks: shown by number, author and first words."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.plugin import lazy
from baukasten.sdk import MEMBERS, SafeHtml, Scope, excerpt
from baukasten_forum.listing import with_name
from baukasten_forum.models import SHOWN
from baukasten_forum.thread import POST

_ = lazy("forum")
SHEET = 200
"""Posts that can be ticked on one page."""
WORDS = 160
JOINED = POST.outerjoin(MEMBERS, with_name(MEMBERS, POST.c.author_id, POST.c.tenant_id))


@dataclass(frozen=True, slots=True)
class Choice:
    """A post that can be ticked."""

    number: int
    author: str
    excerpt: str
    ticked: bool


def posts(session: Scope, topic_id: int, begin: str, ticked: Collection[str]) -> list[Choice]:
    """Give a topic's replies from a number on, as an address has it; what is no number begins at the first."""
    asked = int(begin) if begin.isdecimal() and len(begin) <= 18 else 2
    chosen = {str(one) for one in ticked} or {begin}
    columns = (POST.c.number, POST.c.byline, POST.c.body_html, POST.c.visibility, MEMBERS.c.display_name)
    query = (
        select(*columns)
        .select_from(JOINED)
        .where(POST.c.topic_id == topic_id, POST.c.number >= max(asked, 2))
        .order_by(POST.c.number)
        .limit(SHEET)
    )
    former, hidden = str(_("Former member")), str(_("not in view"))
    return [
        Choice(
            row.number,
            row.display_name or row.byline or former,
            excerpt(SafeHtml(row.body_html), max_length=WORDS) if row.visibility in SHOWN else hidden,
            str(row.number) in chosen,
        )
        for row in session.execute(query)
    ]
