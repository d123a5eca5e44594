"""Sorting a dump of phpBB 3: the posts that guests could read there, numbered as they stood."""

import html
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from baukasten_forum.importing import inserts, old_addresses, sources
from baukasten_forum.importing.phpbb_text import to_markdown
from baukasten_forum.importing.rows import DumpError
from baukasten_forum.importing.staging import Staging

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "forums": ("forum_id", "parent_id", "forum_name", "forum_desc", "forum_password", "left_id"),
    "topics": (
        "topic_id", "forum_id", "topic_title", "topic_time", "topic_status", "topic_type", "topic_moved_id",
        "topic_visibility", "topic_approved",
    ),
    "posts": (
        "post_id", "topic_id", "poster_id", "post_time", "post_username", "post_text", "bbcode_uid",
        "post_visibility", "post_approved",
    ),
    "users": ("user_id", "username"),
    "attachments": (
        "attach_id", "post_msg_id", "in_message", "physical_filename", "real_filename", "attach_comment",
    ),
    "groups": ("group_id", "group_name"),
    "acl_groups": ("group_id", "forum_id", "auth_option_id", "auth_role_id", "auth_setting"),
    "acl_options": ("auth_option_id", "auth_option"),
    "acl_roles_data": ("role_id", "auth_option_id", "auth_setting"),
}  # fmt: skip
ESSENTIAL = ("topics", "posts")
ANONYMOUS = 1
LOCKED, MOVED = 1, 2
_TABLE = re.compile(rf"(\w*?)({'|'.join(COLUMNS)})")
OPEN_TO_GUESTS = """
    SELECT g.forum_id FROM old_acl_groups g JOIN old_groups n ON n.group_id = g.group_id AND n.group_name = 'GUESTS'
    LEFT JOIN old_acl_roles_data r ON r.role_id = g.auth_role_id AND g.auth_role_id > 0
    JOIN old_acl_options o ON o.auth_option_id = coalesce(r.auth_option_id, g.auth_option_id)
    WHERE o.auth_option = 'f_read'
    GROUP BY g.forum_id HAVING min(coalesce(r.auth_setting, g.auth_setting)) > 0
"""
"""Forums that the group of guests may read; a "never" (0) outweighs every "yes" (1)."""


def sort(staging: Staging, path: Path, files: Path | None) -> None:
    """Read a dump and sort it. Raises DumpError for a damaged one; ``files`` is phpBB's folder of attachments."""
    prefixes: dict[str, set[str]] = {}

    def wanted(table: str) -> bool:
        found = _TABLE.fullmatch(table)
        if found is None:
            return False
        if table not in needed:
            needed[table] = COLUMNS[found[2]]
            prefixes.setdefault(found[1], set()).add(found[2])
            staging.create({table: COLUMNS[found[2]]})
        return True

    def read(stream: IO[bytes]) -> None:
        staging.take(inserts.rows(stream, wanted), needed)

    needed: dict[str, tuple[str, ...]] = {}
    sources.walk(path, read, staging.keep)
    _choose(staging, prefixes)
    _topics(staging)
    _posts(staging)
    _attachments(staging, files)
    _paths(staging)


def text(row: sqlite3.Row) -> str:
    """Give the text of a post as Markdown, with marks for what it quotes."""
    return to_markdown(row["body"], row["extra"])


def post_path(row: sqlite3.Row) -> str:
    """Give the old address that names a post for good."""
    return old_addresses.phpbb_post(row["id"])


def more_paths(row: sqlite3.Row) -> list[str]:
    """Give the other addresses that a post had by itself."""
    return [old_addresses.phpbb_start(row["topic"], row["number"] - 1)]


def _choose(staging: Staging, prefixes: Mapping[str, set[str]]) -> None:
    """Take the tables of the one forum in the dump. Raises DumpError for none and for several."""
    whole = [prefix for prefix, tables in prefixes.items() if tables.issuperset(ESSENTIAL)]
    if len(whole) != 1:
        several = f"there are tables of several forums in it: {', '.join(sorted(whole))}"
        raise DumpError(
            "", 0, several if whole else "there are no tables of a phpBB forum with topics and posts in it"
        )
    for name, columns in COLUMNS.items():
        if name not in prefixes[whole[0]]:
            staging.create({name: columns})
        elif whole[0]:
            staging.db.execute(f'ALTER TABLE "old_{whole[0]}{name}" RENAME TO "old_{name}"')


def _topics(staging: Staging) -> None:
    db, report = staging.db, staging.report
    closed = "coalesce(forum_password, '') <> ''"
    if staging.count("SELECT count(*) FROM old_acl_groups") and staging.count(
        "SELECT count(*) FROM old_groups"
    ):
        closed += f" OR forum_id NOT IN ({OPEN_TO_GUESTS})"
    else:
        report.note(
            "forums",
            "the dump does not say which of them guests could read; all without a password are taken",
        )
    rows = db.execute(f"SELECT *, {closed} AS closed FROM old_forums ORDER BY left_id, forum_id").fetchall()
    for row in rows:
        title = html.unescape(row["forum_name"] or "")
        values = (row["forum_id"], title, _words(row["forum_desc"] or ""), row["left_id"])
        if not row["closed"]:
            db.execute("INSERT OR IGNORE INTO category VALUES (?, ?, '', ?, ?)", values)
    shut = f"forum_id IN (SELECT forum_id FROM old_forums WHERE {closed})"
    reasons = (
        ("shadows of topics that moved; their addresses lead on", f"topic_status = {MOVED}"),
        ("topics that not everybody could read", shut),
        ("topics that were deleted or never approved", "coalesce(topic_visibility, topic_approved, 1) <> 1"),
    )
    out = "0"
    for reason, condition in reasons:
        report.leave(
            reason, staging.count(f"SELECT count(*) FROM old_topics WHERE ({condition}) AND NOT ({out})")
        )
        out = f"{out} OR coalesce({condition}, 0)"
    db.execute(f"""
        INSERT OR IGNORE INTO topic
        SELECT topic_id, topic_title, forum_id, topic_time, CASE WHEN topic_type > 0 THEN topic_time END,
            CASE WHEN topic_status = {LOCKED} THEN 'locked' ELSE 'open' END
        FROM old_topics WHERE typeof(topic_id) = 'integer' AND NOT ({out})
    """)
    for row in db.execute("SELECT id, title FROM topic WHERE title LIKE '%&%'").fetchall():
        db.execute("UPDATE topic SET title = ? WHERE id = ?", (html.unescape(row["title"]), row["id"]))


def _posts(staging: Staging) -> None:
    db = staging.db
    db.execute("CREATE INDEX old_users_id ON old_users (user_id)")
    db.execute(f"""
        INSERT OR IGNORE INTO post (id, topic, number, created, author, body, extra, gone)
        SELECT p.post_id, p.topic_id,
            row_number() OVER (PARTITION BY p.topic_id ORDER BY p.post_time, p.post_id), p.post_time,
            CASE WHEN p.poster_id = {ANONYMOUS} THEN coalesce(p.post_username, '')
                ELSE coalesce(u.username, p.post_username, '') END,
            coalesce(p.post_text, ''), coalesce(p.bbcode_uid, ''), 0
        FROM old_posts p JOIN topic t ON t.id = p.topic_id LEFT JOIN old_users u ON u.user_id = p.poster_id
        WHERE coalesce(p.post_visibility, p.post_approved, 1) = 1 AND typeof(p.post_id) = 'integer'
    """)
    for row in db.execute("SELECT id, author FROM post WHERE author LIKE '%&%'").fetchall():
        db.execute("UPDATE post SET author = ? WHERE id = ?", (html.unescape(row["author"]), row["id"]))
    judged = "topic_id IN (SELECT id FROM topic) AND coalesce(post_visibility, post_approved, 1) <> 1"
    posts = "SELECT count(*) FROM old_posts WHERE "
    staging.report.leave("posts that were deleted or never approved", staging.count(posts + judged))
    staging.report.leave(
        "posts of what is left out", staging.count(f"{posts} topic_id NOT IN (SELECT id FROM topic)")
    )


def _attachments(staging: Staging, folder: Path | None) -> None:
    for row in staging.db.execute("""
        SELECT * FROM old_attachments JOIN post ON post.id = post_msg_id
        WHERE coalesce(in_message, 0) = 0 ORDER BY post_msg_id, attach_id
    """).fetchall():
        stored = row["physical_filename"] or ""
        place = folder / stored if folder and stored and Path(stored).name == stored else None
        values = (
            row["post_msg_id"],
            html.unescape(row["real_filename"] or stored),
            str(place) if place and place.is_file() else "",
            row["attach_id"],
            _words(row["attach_comment"] or ""),
        )
        staging.db.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?)", values)


def _paths(staging: Staging) -> None:
    """Let the address of a topic's shadow lead to where the topic went."""
    moved = f"""
        SELECT topic_id, (SELECT id FROM post WHERE topic = topic_moved_id ORDER BY number LIMIT 1) AS post
        FROM old_topics WHERE topic_status = {MOVED}
    """
    for row in staging.db.execute(moved).fetchall():
        if row["post"] is not None:
            path = old_addresses.phpbb_start(row["topic_id"], 0)
            staging.db.execute("INSERT OR IGNORE INTO old_path VALUES (?, ?)", (path, row["post"]))


def _words(text: str) -> str:
    """Give a short text without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>|\[/?\w+[^\]]*\]", " ", text)).split())
