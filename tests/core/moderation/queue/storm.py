"""The shape of a lively day, and what must hold when it is over: no statement lost, none decided twice."""

from sqlalchemy import func, select

from baukasten.moderation.models import Case, Decision
from baukasten_forum.models import Post, Topic

DAY = (2, 1, 1, 1, 1, 3, 9, 22, 34, 41, 47, 52, 58, 55, 49, 51, 60, 78, 104, 131, 118, 73, 31, 9)
"""How lively each hour of a day is: quiet at night, a hill at noon, the peak after the evening news. Our own guess;
no data with times of statements lie beside this checkout."""
STATEMENTS = 2_241


def moments(count: int, seconds: float) -> list[float]:
    """Spread statements over a day that is compressed to some seconds; gives when each is due, in order."""
    whole = sum(DAY)
    due: list[float] = []
    for hour, lively in enumerate(DAY):
        begun = len(due)
        until = round(count * sum(DAY[: hour + 1]) / whole)
        due += [(hour + (n + 0.5) / (until - begun)) / len(DAY) * seconds for n in range(until - begun)]
        assert lively > 0
    return due


def check(session, topic_id, statements):
    """Prove that every statement came into view exactly once, by exactly one decision."""
    session.rollback()
    numbers = session.scalars(
        select(Post.number)
        .where(Post.topic_id == topic_id, Post.visibility == "published")
        .order_by(Post.number)
    ).all()
    bodies = session.scalars(select(Post.body).where(Post.topic_id == topic_id, Post.number > 1)).all()
    about = select(Post.id).where(Post.topic_id == topic_id, Post.number > 1)
    taken = session.execute(
        select(
            func.count(),
            func.count(func.distinct(Decision.content_id)),
            func.count(func.distinct(Decision.case_id)),
        ).where(Decision.content_id.in_(about), Decision.undone_at.is_(None))
    ).one()
    still_open = session.scalar(
        select(func.count()).select_from(Case).where(Case.content_id.in_(about), Case.closed_at.is_(None))
    )
    told = session.execute(select(Topic.replies, Topic.last_number).where(Topic.id == topic_id)).one()
    assert numbers == list(range(1, len(statements) + 2))
    assert sorted(bodies) == sorted(statements)
    assert tuple(taken) == (len(statements),) * 3
    assert still_open == 0
    assert tuple(told) == (len(statements), len(statements) + 1)
