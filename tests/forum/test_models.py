"""What the database itself promises about topics and posts."""

import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from baukasten.errors import Conflict
from baukasten.projects import placing
from baukasten_forum import listing, thread
from tests.forum.conftest import open_forum

INDEXES = {
    "aktiv": "active",
    "neu": "new",
    "unterstuetzt": "supports",
    "antworten": "replies",
    "unbeantwortet": "unanswered",
    "wenig": "views",
}
VALUES = {"category": 1, "outcome": "open", "kind": "discussion", "since": listing.EPOCH}


@pytest.fixture(scope="module")
def kept():
    """What the plans of this file look at; it is never committed."""
    with contextlib.ExitStack() as open_until_the_end:
        yield {"stack": open_until_the_end}


@pytest.fixture
def many(kept, database, new_town):
    """A session in which a forum has three thousand topics in one category, half of them answered; and the forum."""
    if "many" not in kept:
        town = new_town()
        forum = open_forum(database, town)
        session = kept["stack"].enter_context(database.session(town.id))
        values = {"town": town.id, "module": forum.id}
        session.execute(
            text(
                "INSERT INTO forum_category (tenant_id, id, module_id, slug, title) "
                "OVERRIDING SYSTEM VALUE VALUES (:town, 1, :module, 'wohnen', 'Wohnen')"
            ),
            values,
        )
        session.execute(
            text(
                "INSERT INTO forum_topic "
                "(tenant_id, module_id, category_id, title, slug, last_post_at, answered_at, replies, supports, views) "
                "SELECT :town, :module, 1, 'T', 't', now() - n * interval '1 second', "
                "CASE n % 2 WHEN 1 THEN now() END, n, n, n FROM generate_series(1, 3000) AS n"
            ),
            values,
        )
        kept["many"] = session, forum
    return kept["many"]


def plan(session, forum, sort, clauses, part="", **more):
    """What the database would do for a page of the list."""
    values = {"module": forum.id, **VALUES, **more}
    if part:
        values |= {"key": listing.EPOCH if sort.column.endswith("_at") else 5, "id": 7}
    # What the table holds by estimate is the other tests' business: where the order has an index, it needs no sort.
    for way in ("sort", "seqscan", "bitmapscan", "incremental_sort"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    statement = listing.statement(sort.key, clauses, part).params(values)
    written = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return [row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {written}")]


@pytest.mark.parametrize("sort", listing.SORTS.values(), ids=lambda sort: sort.key)
@pytest.mark.parametrize("part", ["", "after", "before"])
@pytest.mark.parametrize("clauses", [(), ("current", "loose")], ids=["all", "usual"])
def test_each_order_has_its_index(many, sort, part, clauses):
    session, forum = many
    lines = plan(session, forum, sort, clauses, part)
    assert any(f"ix_forum_topic_{INDEXES[sort.key]} on forum_topic" in line for line in lines), lines
    assert not any("Sort" in line for line in lines), lines


@pytest.mark.parametrize("sort", listing.SORTS.values(), ids=lambda sort: sort.key)
@pytest.mark.parametrize("clause", ["category", "outcome", "answered", "unanswered", "since", "kind"])
def test_a_narrowed_list_is_read_in_its_order_too(many, sort, clause):
    session, forum = many
    lines = plan(session, forum, sort, (clause, "current"))
    assert not any("Seq Scan on forum_topic" in line or "Sort" in line for line in lines), lines


def test_the_topics_of_a_category_have_an_index_in_the_usual_order(session):
    # Which of two indexes the planner takes depends on what other tests left in the table.
    made = session.scalar(text("SELECT pg_get_indexdef('ix_forum_topic_category'::regclass)"))
    assert "(tenant_id, module_id, category_id, last_post_at, id) WHERE (visibility = ANY" in made


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
