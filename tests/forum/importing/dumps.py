"""Small dumps of forums that never were, in the words of the systems that would have made them."""

import gzip
import io
import tarfile

from PIL import Image

MOMENT = "2021-03-04 10:%02d:%02d.123456"
SIGNS = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def picture():
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def cell(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return "".join(SIGNS.get(sign, sign) for sign in str(value))


def copy(table, rows):
    """A COPY block; the columns are those of the first row."""
    names = ", ".join(rows[0])
    lines = ["\t".join(cell(value) for value in row.values()) for row in rows]
    return "\n".join([f"COPY public.{table} ({names}) FROM stdin;", *lines, "\\.", "", ""])


def discourse(**tables):
    """A dump as pg_dump writes it, tables in the order of their names."""
    head = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n\nCREATE TABLE public.posts (id integer);\n\n"
    blocks = [copy(name, tables[name]) for name in sorted(tables) if tables[name]]
    return (head + "".join(blocks) + "--\n-- PostgreSQL database dump complete\n--\n").encode()


def topic(number, title, **more):
    return {
        "id": number, "title": title, "category_id": None, "created_at": MOMENT % (number % 60, 0), "views": 4,
        "archetype": "regular", "visible": True, "closed": False, "archived": False, "pinned_at": None,
        "deleted_at": None, **more,
    }  # fmt: skip


def post(number, topic_id, place, raw, **more):
    return {
        "id": number, "user_id": 1, "topic_id": topic_id, "post_number": place, "raw": raw, "cooked": "<p>x</p>",
        "created_at": MOMENT % (number // 60 % 60, number % 60), "deleted_at": None, "hidden": False,
        "user_deleted": False, "reply_to_post_number": None, "post_type": 1, "like_count": 0, **more,
    }  # fmt: skip


def backup(path, dump, files=(), *, packed=True):
    """A backup with its uploads, as Discourse packs it."""
    with tarfile.open(path, "w:gz") as archive:
        name, data = ("dump.sql.gz", gzip.compress(dump)) if packed else ("dump.sql", dump)
        for inside, content in [(name, data), *files]:
            entry = tarfile.TarInfo(inside)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def quoted(value):
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{text}'"


def insert(table, rows, *, names=False):
    """CREATE TABLE and one INSERT of many rows, as mysqldump writes them."""
    columns = ",\n".join(f"  `{name}` mediumint(8) unsigned NOT NULL DEFAULT 0" for name in rows[0])
    create = f"DROP TABLE IF EXISTS `{table}`;\n/*!40101 SET @saved = 1 */;\nCREATE TABLE `{table}` (\n{columns},\n  PRIMARY KEY (`x`),\n  KEY `y` (`x`,`z`)\n) ENGINE=InnoDB;\n"
    values = ",".join("(" + ",".join(quoted(value) for value in row.values()) + ")" for row in rows)
    listed = " (" + ", ".join(f"`{name}`" for name in rows[0]) + ")" if names else ""
    return f"{create}LOCK TABLES `{table}` WRITE;\nINSERT INTO `{table}`{listed} VALUES {values};\nUNLOCK TABLES;\n"


def phpbb(prefix="phpbb_", **tables):
    """A dump as mysqldump writes it."""
    blocks = [
        insert(prefix + name, rows, names=name == "users") for name, rows in sorted(tables.items()) if rows
    ]
    return (
        "-- MySQL dump 10.13  Distrib 8.0\n--\n-- Host: localhost\n\n"
        + "\n".join(blocks)
        + "-- Dump completed\n"
    ).encode()


def old_topic(number, title, forum=2, **more):
    return {
        "topic_id": number, "forum_id": forum, "topic_title": title, "topic_time": 1_600_000_000 + number,
        "topic_status": 0, "topic_type": 0, "topic_moved_id": 0, "topic_visibility": 1, **more,
    }  # fmt: skip


def old_post(number, topic_id, text, **more):
    return {
        "post_id": number, "topic_id": topic_id, "poster_id": 2, "poster_ip": "192.0.2.7",
        "post_time": 1_600_000_000 + number, "post_username": "", "post_text": text, "bbcode_uid": "",
        "post_visibility": 1, **more,
    }  # fmt: skip
