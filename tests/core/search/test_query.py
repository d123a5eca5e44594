"""The search finds what everybody of the town may see, by its index, and nothing of any other town."""

import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.pool import NullPool

from baukasten.plugin.declarations import SearchDocument
from baukasten.projects.models import DRAFT, Module, Project
from baukasten.search import index, query
from baukasten.tenants import plugins
from tests.forum.conftest import open_forum

TYPE = "forum.post"
MANY = 20_000


@pytest.fixture
def put(session):
    """Store a document; gives its id."""
    numbers = iter(range(1, 1_000))

    def do(title, body="", *, where=None, module=None):
        number = next(numbers)
        index.put(
            where or session, SearchDocument(TYPE, number, title, body, f"/x/{number}", module_id=module)
        )
        return number

    return do


def found(session, words, **more):
    return [hit.content_id for hit in query.find(session, words, **more).items]


def test_words_are_found_in_their_forms_without_accents_and_with_typing_errors(session, put):
    benches, cafe, castle = (
        put("Sitzbänke am Fluss"),
        put("Ein Café für alle"),
        put("Die Burg", "Bürgerinnen reden"),
    )
    assert found(session, "Sitzbank") == [benches]
    assert found(session, "sitzbanke") == [benches]
    assert found(session, "cafe") == [cafe]
    assert found(session, "Sitzbänke am Flus") == [benches]
    assert found(session, "Burg") == [castle]
    assert found(session, "Wolken") == []


def test_title_weighs_more_than_text(session, put):
    in_text, in_title = put("Anderes", "Der Hafen und der Hafen"), put("Hafen")
    assert found(session, "Hafen") == [in_title, in_text]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "\x00",
        "'",
        '"',
        "\\",
        "a & | !",
        "((((",
        "%",
        "_",
        "-",
        "' OR 1=1 --",
        "x" * 5_000,
        "\u202e",
        "🚲",
        "<script>",
    ],
)
def test_no_question_breaks_the_search(session, put, words):
    put("Hafen")
    assert found(session, words) == []


def test_pages_follow_each_other_without_gap_or_double(session, put):
    wanted = {put(f"Hafen {number}") for number in range(45)}
    seen, after, pages = [], "", 0
    while True:
        page = query.find(session, "Hafen", after=after)
        seen += [hit.content_id for hit in page.items]
        pages += 1
        if not page.after:
            break
        after = page.after
    assert (pages, len(seen), set(seen)) == (3, 45, wanted)


@pytest.mark.parametrize(
    "after",
    ["x", "1~2", "1~a~b", "nan~forum.post~1", "1~forum.post~99999999999999999999", "1e999~a~1", "1~a\x00~1"],
)
def test_a_broken_position_begins_from_the_start(session, put, after):
    wanted = put("Hafen")
    assert found(session, "Hafen", after=after) == [wanted]


def test_a_document_is_replaced_and_removed(session, put):
    number = put("Hafen")
    index.put(session, SearchDocument(TYPE, number, "Brücke", "", "/x"))
    assert (found(session, "Hafen"), found(session, "Brücke")) == ([], [number])
    index.remove(session, TYPE, number)
    index.remove(session, TYPE, number)
    assert found(session, "Brücke") == []


def test_another_towns_documents_are_never_found_changed_or_cleared(database, session, other_town, put):
    own = put("Hafen")
    with database.session(other_town.id) as other:
        foreign = put("Hafen", where=other)
        assert found(other, "Hafen") == [foreign]
        index.remove(other, TYPE, own)
        other.execute(index.CLEAR, {"type": TYPE})
        other.commit()
    session.commit()
    assert found(session, "Hafen") == [own]


def test_without_a_town_nothing_is_found_or_stored(database, session, put):
    put("Hafen")
    session.commit()
    with database.session(None) as nobody:
        put("Hafen", where=nobody)
        nobody.commit()
        answer = nobody.execute(
            query.FIND,
            {
                "words": "Hafen",
                "types": [TYPE],
                "module": None,
                "limit": 9,
                "rank": None,
                "type": None,
                "id": None,
            },
        )
        assert answer.all() == []
    assert len(found(session, "Hafen")) == 1


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


def test_a_draft_and_a_hidden_module_are_not_found(session, forum, put):
    number = put("Hafen", module=forum.id)
    assert found(session, "Hafen") == [number] == found(session, "Hafen", module_id=forum.id)
    assert found(session, "Hafen", module_id=forum.id + 1) == []
    session.execute(update(Module).values(visible=False))
    assert found(session, "Hafen") == []
    session.execute(update(Module).values(visible=True))
    session.execute(update(Project).values(state=DRAFT))
    assert found(session, "Hafen") == []


def test_a_module_that_is_gone_is_not_found(session, put):
    put("Hafen", module=10**9)
    assert found(session, "Hafen") == []


def test_what_a_switched_off_plugin_left_is_not_found(session, town, put):
    number = put("Hafen")
    plugins.switch_off(session, town, "forum")
    assert found(session, "Hafen") == []
    plugins.switch_on(session, town, "forum")
    assert found(session, "Hafen") == [number]


@pytest.fixture
def crowded(database_urls, town, other_town):
    """Give the owner's connection to a database where both towns have very many documents."""
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    fill = text(
        "INSERT INTO search_document (tenant_id, content_type, content_id, title, excerpt, path, words) "
        "SELECT :town, 'forum.post', n, 'Beitrag ' || n, '', '/', to_tsvector('simple', 'beitrag wort' || n % 500) "
        "FROM generate_series(1, :many) AS n"
    )
    with engine.connect() as connection:
        for place in (town, other_town):
            connection.execute(fill, {"town": place.id, "many": MANY})
        # As autovacuum leaves them.
        for name in ("words", "title"):
            connection.execute(text(f"SELECT gin_clean_pending_list('ix_search_document_{name}')"))
        connection.execute(text("ANALYZE search_document"))
        yield connection
        connection.rollback()


def test_the_index_answers_in_a_large_town(crowded, town):
    """The plan of the function's own body: words by the index of words, and no look at another town's rows."""
    body = crowded.scalar(text("SELECT prosrc FROM pg_proc WHERE oid = 'platform.search_find'::regproc"))
    names = ("asked_words", "asked_types", "asked_module", "at_most", "after_rank", "after_type", "after_id")
    for place, name in enumerate(names, 1):
        body = body.replace(name, f"${place}")
    crowded.execute(text("SELECT set_config('app.tenant_id', :town, true)"), {"town": str(town.id)})
    crowded.exec_driver_sql("SET LOCAL search_path = platform, public")
    # As a function plans after its first few calls: for any question, not for this one.
    crowded.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
    crowded.exec_driver_sql(
        f"PREPARE asked (text, text[], bigint, integer, real, text, bigint) AS {body.replace('%', '%%')}"
    )
    plan = crowded.exec_driver_sql(
        "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ('wort7', '{forum.post}', NULL, 20, NULL, NULL, NULL)"
    ).scalar_one()
    nodes = list(steps(plan[0]["Plan"]))
    assert [
        node
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "search_document"
    ] == []
    read = {
        node["Index Name"]: node["Actual Rows"]
        for node in nodes
        # What few projects and modules there are may be looked up in any way.
        if node["Node Type"] == "Bitmap Index Scan" and node["Index Name"].startswith("ix_search_document")
    }
    assert read.keys() == {"ix_search_document_words", "ix_search_document_title"}
    # 20,000 documents over 500 words are 40 hits in this town, and as many in the other one.
    assert read["ix_search_document_words"] == MANY / 500


def steps(node):
    yield node
    for inner in node.get("Plans", ()):
        yield from steps(inner)
