"""Sorting a backup of Discourse: what everybody could read there, under the numbers that it had."""

import html
import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO

from baukasten_forum.importing import copies, old_addresses, sources
from baukasten_forum.importing.discourse_text import UPLOAD, to_markdown
from baukasten_forum.importing.staging import Staging

NEEDED: Mapping[str, tuple[str, ...]] = {
    "categories": (
        "id", "name", "slug", "description", "parent_category_id", "read_restricted", "position",
    ),
    "topics": (
        "id", "title", "category_id", "created_at", "archetype", "visible", "closed", "archived", "pinned_at",
        "deleted_at",
    ),
    "posts": (
        "id", "user_id", "topic_id", "post_number", "raw", "created_at", "deleted_at", "hidden", "user_deleted",
        "reply_to_post_number", "post_type", "like_count",
    ),
    "users": ("id", "username"),
    "uploads": ("id", "original_filename", "url", "sha1"),
    "post_uploads": ("post_id", "upload_id"),
    "upload_references": ("upload_id", "target_id", "target_type"),
    "permalinks": ("url", "topic_id", "post_id"),
}  # fmt: skip
SAID = "(1, 2)"
"""Kinds of posts that somebody wrote for all: usual ones and moderators'. The others are actions and whispers."""
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
OPEN_CATEGORY = """
    SELECT c.id FROM old_categories c LEFT JOIN old_categories p ON p.id = c.parent_category_id
    WHERE coalesce(c.read_restricted, 'f') = 'f' AND coalesce(p.read_restricted, 'f') = 'f'
"""
NO_CATEGORY = f"category_id IS NOT NULL AND category_id NOT IN ({OPEN_CATEGORY})"
TOPIC_REASONS = (
    ("private messages", "archetype = 'private_message'"),
    ("topics that were deleted", "deleted_at IS NOT NULL"),
    ("topics that no list showed", "visible = 'f'"),
    ("topics that not everybody could read", NO_CATEGORY),
    ("topics of other kinds", "coalesce(archetype, 'regular') NOT IN ('regular', 'banner')"),
)
GONE = "p.deleted_at IS NOT NULL OR coalesce(p.hidden, 'f') = 't' OR coalesce(p.user_deleted, 'f') = 't'"


def sort(staging: Staging, path: Path, files: Path | None) -> None:
    """Read a backup and sort it. Raises DumpError for a damaged one; ``files`` is a folder of uploads beside it."""
    staging.create(NEEDED)

    def read(stream: IO[bytes]) -> None:
        staging.take(copies.rows(stream, NEEDED.__contains__), NEEDED)

    sources.walk(path, read, staging.keep)
    _categories(staging)
    _topics(staging)
    _posts(staging)
    _uploads(staging, files)
    _paths(staging)


def text(row: sqlite3.Row) -> str:
    """Give the text of a post as Markdown, with marks for what it quotes."""
    return to_markdown(row["body"], row["topic"])


def post_path(row: sqlite3.Row) -> str:
    """Give the old address that names a post for good."""
    return old_addresses.discourse_post(row["id"])


def more_paths(row: sqlite3.Row) -> list[str]:
    """Give the other addresses that a post had by itself."""
    return [old_addresses.discourse_number(row["topic"], row["old_number"])]


def _categories(staging: Staging) -> None:
    staging.db.execute(f"""
        INSERT OR IGNORE INTO category
        SELECT c.id, CASE WHEN p.name IS NULL THEN c.name ELSE p.name || ' / ' || c.name END, c.slug,
            c.description, c.position
        FROM old_categories c LEFT JOIN old_categories p ON p.id = c.parent_category_id
        WHERE c.id IN ({OPEN_CATEGORY}) AND c.slug <> 'uncategorized'
    """)
    rows = staging.db.execute("SELECT id, description FROM category WHERE description <> ''").fetchall()
    for row in rows:
        words = html.unescape(re.sub(r"<[^>]*>", " ", row["description"]))
        staging.db.execute(
            "UPDATE category SET description = ? WHERE id = ?", (" ".join(words.split()), row["id"])
        )


def _topics(staging: Staging) -> None:
    out = "0"
    for reason, condition in TOPIC_REASONS:
        count = f"SELECT count(*) FROM old_topics WHERE ({condition}) AND NOT ({out})"
        staging.report.leave(reason, staging.count(count))
        out = f"{out} OR coalesce({condition}, 0)"
    staging.db.execute(f"""
        INSERT OR IGNORE INTO topic
        SELECT id, title, category_id, CAST(strftime('%s', created_at) AS INTEGER),
            CAST(strftime('%s', pinned_at) AS INTEGER),
            CASE WHEN archived = 't' THEN 'archived' WHEN closed = 't' THEN 'locked' ELSE 'open' END
        FROM old_topics WHERE typeof(id) = 'integer' AND NOT ({out})
    """)


def _posts(staging: Staging) -> None:
    staging.db.executescript(f"""
        CREATE INDEX old_posts_topic ON old_posts (topic_id, post_number);
        CREATE INDEX old_users_id ON old_users (id);
        INSERT OR IGNORE INTO post (id, topic, number, created, author, body, reply_to, gone)
        SELECT p.id, p.topic_id, p.post_number, CAST(strftime('%s', p.created_at) AS INTEGER),
            coalesce(u.username, ''), coalesce(p.raw, ''), r.id, {GONE}
        FROM old_posts p JOIN topic t ON t.id = p.topic_id LEFT JOIN old_users u ON u.id = p.user_id
        LEFT JOIN old_posts r ON r.topic_id = p.topic_id AND r.post_number = p.reply_to_post_number
        WHERE coalesce(p.post_type, 1) IN {SAID} AND typeof(p.id) = 'integer'
            AND typeof(p.post_number) = 'integer' AND p.post_number BETWEEN 1 AND 2000000000;
    """)
    report = staging.report
    quiet = (
        f"SELECT count(*) FROM old_posts p JOIN topic t ON t.id = p.topic_id WHERE p.post_type NOT IN {SAID}"
    )
    report.leave("whispers and lines about actions", staging.count(quiet))
    report.leave(
        "posts of what is left out",
        staging.count("SELECT count(*) FROM old_posts WHERE topic_id NOT IN (SELECT id FROM topic)"),
    )
    likes = "SELECT sum(like_count) FROM old_posts WHERE id IN (SELECT id FROM post WHERE NOT gone)"
    report.leave("likes, for nobody stands behind them here", staging.count(likes))


def _uploads(staging: Staging, folder: Path | None) -> None:
    by_id, by_name = _places(staging, folder)
    wanted: dict[tuple[int, int], None] = {}
    for query in (
        "SELECT post_id AS post, upload_id AS upload FROM old_post_uploads",
        "SELECT target_id AS post, upload_id AS upload FROM old_upload_references WHERE target_type = 'Post'",
    ):
        wanted |= {(row["post"], row["upload"]): None for row in staging.db.execute(query)}
    texts = (
        "SELECT id, body FROM post WHERE NOT gone AND (body LIKE '%upload://%' OR body LIKE '%/uploads/%')"
    )
    for row in staging.db.execute(texts):
        for found in UPLOAD.findall(row["body"]):
            upload = by_name.get(_name(found))
            if upload is not None:
                wanted[row["id"], upload] = None
            else:
                _store(staging, row["id"], found.rpartition("/")[2], "")
    for post, upload in wanted:
        if upload in by_id:
            _store(staging, post, *by_id[upload])


def _places(staging: Staging, folder: Path | None) -> tuple[dict[int, tuple[str, str]], dict[str, int]]:
    """Give uploads by id, with name and place, and their ids by the names that texts call them."""
    kept = {row["path"]: row["place"] for row in staging.db.execute("SELECT * FROM kept")}
    by_id: dict[int, tuple[str, str]] = {}
    by_name: dict[str, int] = {}
    for row in staging.db.execute("SELECT * FROM old_uploads"):
        path = (
            (row["url"] or "").partition("//")[2].partition("/")[2]
            if "//" in (row["url"] or "")
            else row["url"] or ""
        )
        path = path.lstrip("/")
        place = kept.get(path) or _beside(folder, path)
        by_id[row["id"]] = (row["original_filename"] or path.rpartition("/")[2], place)
        by_name[_name(path)] = row["id"]
        if re.fullmatch(r"[0-9a-f]{40}", row["sha1"] or ""):
            by_name[base62(int(row["sha1"], 16))] = row["id"]
    return by_id, by_name


def _beside(folder: Path | None, path: str) -> str:
    """Give where a file lies in a folder that the operator named; nothing that leads out of it."""
    if folder is None or ".." in path.split("/"):
        return ""
    for place in (folder / path, folder / path.removeprefix("uploads/")):
        if place.is_file():
            return str(place)
    return ""


def _name(address: str) -> str:
    """Give the name by which an upload is known in texts: the last part of its address, without the suffix."""
    return address.rpartition("/")[2].partition("?")[0].partition(".")[0]


def _store(staging: Staging, post: int, name: str, place: str) -> None:
    position = "SELECT count(*) + 1 FROM file WHERE post = ?"
    staging.db.execute(
        f"INSERT INTO file (post, name, stored, position) SELECT ?, ?, ?, ({position}) "
        "WHERE EXISTS (SELECT 1 FROM post WHERE id = ? AND NOT gone)",
        (post, name, place, post, post),
    )


def base62(number: int) -> str:
    """Give a number as Discourse writes the hash of an upload in ``upload://``."""
    shown = ""
    while number:
        number, rest = divmod(number, 62)
        shown = BASE62[rest] + shown
    return shown


def _paths(staging: Staging) -> None:
    first = "coalesce(l.post_id, (SELECT id FROM post WHERE topic = l.topic_id ORDER BY number LIMIT 1))"
    rows = staging.db.execute(f"SELECT url, {first} AS post FROM old_permalinks l").fetchall()
    insert: Callable[..., object] = partial(
        staging.db.execute, "INSERT OR IGNORE INTO old_path VALUES (?, ?)"
    )
    for row in rows:
        if row["post"] is not None and row["url"]:
            insert((old_addresses.plain(row["url"]), row["post"]))
