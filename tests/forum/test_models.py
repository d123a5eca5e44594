"""What the database itself promises about topics and posts."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from baukasten.errors import Conflict
from baukasten.projects import placing
from baukasten_forum import listing, thread


@pytest.mark.parametrize("sort", listing.SORTS.values(), ids=lambda sort: sort.key)
@pytest.mark.parametrize("part", ["first", "after", "before"])
def test_each_order_has_its_index(session, forum, topic, sort, part):
    session.execute(
        text(
            "INSERT INTO forum_topic (tenant_id, module_id, title, slug, last_post_at) "
            "SELECT tenant_id, module_id, 'T', 't', now() - n * interval '1 second' "
            "FROM forum_topic, generate_series(1, 3000) AS n"
        )
    )
    statement = getattr(sort, part)
    values = {"module": forum.id}
    if part != "first":
        key = 5 if sort.column == "replies" else listing.EPOCH
        values |= {"key": key, "id": 7}
    compiled = statement.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
    given = {name: values.get(name, compiled.params.get(name)) for name in compiled.params}
    plan = session.connection().exec_driver_sql(f"EXPLAIN {compiled}", given)
    lines = [row[0] for row in plan]
    names = {"last_post_at": "active", "created_at": "new", "replies": "replies"}
    assert any(f"ix_forum_topic_{names[sort.column]} on forum_topic" in line for line in lines), lines
    assert not any("Sort" in line for line in lines), lines


def test_a_number_is_given_once(session, forum, topic):
    with pytest.raises(IntegrityError, match="uq_forum_post"):
        session.execute(
            text(
                "INSERT INTO forum_post (tenant_id, topic_id, number, body, body_html, sanitiser_version) "
                "SELECT tenant_id, topic_id, 1, '', '', 1 FROM forum_post"
            )
        )


def test_nothing_is_in_view_without_a_number(session, forum, topic):
    with pytest.raises(IntegrityError, match="ck_forum_post_shown"):
        session.execute(text("UPDATE forum_post SET number = NULL"))


def test_a_forum_with_contributions_is_not_removed(session, forum, topic):
    with pytest.raises(Conflict):
        placing.remove_module(session, None, forum.id)


def test_an_empty_forum_may_go(session, forum):
    placing.remove_module(session, None, forum.id)
    assert session.scalar(text("SELECT count(*) FROM module")) == 0


def test_posts_stay_on_their_page():
    assert [thread.page_of(number) for number in (1, 50, 51, 100, 101)] == [0, 0, 50, 50, 100]
