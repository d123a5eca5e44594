"""The floors: a bare Flask hello, and Flask with Core and one template over the same stored HTML, no permissions."""

import os

from flask import Flask
from markupsafe import Markup
from sqlalchemy import create_engine, text

LIST = text(
    "SELECT t.id, t.slug, t.title, t.replies, t.last_post_at, a.display_name AS author "
    "FROM forum_topic t LEFT JOIN membership a ON a.tenant_id = t.tenant_id AND a.id = t.author_id "
    "WHERE t.tenant_id = :tenant AND t.module_id = :module AND t.visibility IN ('published', 'folded') "
    "ORDER BY t.last_post_at DESC, t.id DESC LIMIT 30"
)
TOPIC = text("SELECT id, title, replies FROM forum_topic WHERE tenant_id = :tenant AND id = :topic")
POSTS = text(
    "SELECT p.number, p.body_html, p.created_at, a.display_name AS author "
    "FROM forum_post p LEFT JOIN membership a ON a.tenant_id = p.tenant_id AND a.id = p.author_id "
    "WHERE p.tenant_id = :tenant AND p.topic_id = :topic AND p.number BETWEEN 1 AND 50 ORDER BY p.number"
)
HEAD = (
    "<!doctype html><html lang=de><head><meta charset=utf-8><title>{{ title }}</title></head>"
    "<body><h1>{{ title }}</h1>"
)
LIST_PAGE = HEAD + (
    "<ol>{% for row in rows %}<li><a href='/{{ row.id }}-{{ row.slug }}'>{{ row.title }}</a> "
    "{{ row.author }} {{ row.replies }} {{ row.last_post_at.strftime('%d.%m.%Y') }}</li>{% endfor %}</ol></body></html>"
)
TOPIC_PAGE = HEAD + (
    "{% for row in rows %}<article id='post-{{ row.number }}'><h2>{{ row.author }}</h2>"
    "<time>{{ row.created_at.strftime('%d.%m.%Y, %H:%M') }}</time>{{ html(row.body_html) }}</article>{% endfor %}"
    "</body></html>"
)

hello = Flask("hello", static_folder=None)


@hello.get("/")
def greet() -> str:
    """Answer with a word."""
    return "Moin"


def make_floor() -> Flask:
    """Build the floor from ``BENCH_URL``, ``BENCH_TENANT``, ``BENCH_MODULE`` and ``BENCH_TOPIC``."""
    app = Flask("floor", static_folder=None)
    engine = create_engine(os.environ["BENCH_URL"], connect_args={"prepare_threshold": None})
    keys = {name: int(os.environ[f"BENCH_{name.upper()}"]) for name in ("tenant", "module", "topic")}

    # Compiled once, as files would be; compiling at each request would lift the floor.
    list_page, topic_page = app.jinja_env.from_string(LIST_PAGE), app.jinja_env.from_string(TOPIC_PAGE)

    @app.get("/list")
    def topics() -> str:
        with engine.connect() as connection:
            rows = connection.execute(LIST, keys).all()
        return list_page.render(title="Forum", rows=rows)

    @app.get("/topic")
    @app.get("/topic/<int:topic_id>")
    def topic(topic_id: int = keys["topic"]) -> str:
        values = {**keys, "topic": topic_id}
        with engine.connect() as connection:
            head = connection.execute(TOPIC, values).one()
            rows = connection.execute(POSTS, values).all()
        return topic_page.render(title=head.title, rows=rows, html=Markup)

    return app
