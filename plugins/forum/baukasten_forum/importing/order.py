"""Numbers and order of sorted posts, the same whatever system they come from."""

from baukasten_forum.importing.staging import Staging

DELETED = "posts that were deleted or hidden"


def finish(staging: Staging) -> None:
    """Leave out what has nothing to show, number the posts, and put them in the order in which they are stored.

    A topic needs a post with number 1: where that was deleted, its place stays, without words.
    """
    db, report = staging.db, staging.report
    db.executescript("""
        CREATE INDEX post_topic ON post (topic, number);
        UPDATE post SET old_number = number;
        UPDATE post SET reply_to = NULL WHERE reply_to NOT IN (SELECT id FROM post WHERE NOT gone);
    """)
    empty = "topic NOT IN (SELECT topic FROM post WHERE NOT gone)"
    report.leave(DELETED, staging.count(f"SELECT count(*) FROM post WHERE gone AND (number <> 1 OR {empty})"))
    report.leave(
        "opening posts that were deleted; their places stay",
        staging.count(f"SELECT count(*) FROM post WHERE gone AND number = 1 AND NOT ({empty})"),
    )
    bare = "SELECT count(*) FROM topic WHERE id NOT IN (SELECT topic FROM post WHERE NOT gone)"
    report.leave("topics without a post to show", staging.count(bare))
    db.executescript(f"""
        DELETE FROM post WHERE gone AND (number <> 1 OR {empty});
        DELETE FROM topic WHERE id NOT IN (SELECT topic FROM post);
        DELETE FROM file WHERE post NOT IN (SELECT id FROM post WHERE NOT gone);
    """)
    _number(staging)
    # Posts are stored as they were written, so that what a post quotes is there before it; number 1 leads its topic.
    db.executescript("""
        UPDATE post SET place = id;
        UPDATE post SET place = (SELECT min(id) FROM post o WHERE o.topic = post.topic) WHERE number = 1;
        CREATE INDEX post_place ON post (place, number);
    """)
    _count(staging)


def _number(staging: Staging) -> None:
    """Number anew where numbers are missing or stand twice; else the first post alone gets its 1."""
    staging.db.executescript("""
        CREATE TEMP TABLE anew AS SELECT topic FROM post GROUP BY topic
            HAVING count(number) <> count(*) OR count(DISTINCT number) <> count(*);
        UPDATE post SET number = n FROM (
            SELECT id AS i, row_number() OVER (PARTITION BY topic ORDER BY number, created, id) AS n
            FROM post WHERE topic IN (SELECT topic FROM anew)
        ) WHERE id = i;
        UPDATE post SET number = 1 WHERE id IN (
            SELECT id FROM (SELECT id, min(number) AS least FROM post GROUP BY topic) WHERE least > 1
        );
    """)


def _count(staging: Staging) -> None:
    people = "SELECT count(DISTINCT author) FROM post WHERE author <> '' AND NOT gone"
    subjects = "SELECT count(*) FROM category WHERE id IN (SELECT category FROM topic)"
    staging.report.found = {
        "categories": staging.count(subjects),
        "topics": staging.count("SELECT count(*) FROM topic"),
        "posts": staging.count("SELECT count(*) FROM post"),
        "files": staging.count("SELECT count(*) FROM file"),
        "names of people": staging.count(people),
    }
