"""A backup of Discourse: everything that everybody could read there, under its numbers, and nothing else."""

import pytest
from sqlalchemy import select, text

from baukasten.media.models import Media
from baukasten_forum.importing import discourse
from baukasten_forum.importing.discourse_text import to_markdown
from baukasten_forum.importing.rows import DumpError
from baukasten_forum.importing.texts import resolved
from baukasten_forum.models import Category, Permalink, Post, Topic
from tests.forum.importing import dumps
from tests.forum.importing.dumps import MOMENT, post, topic

SHA = "4e1243bd22c66e76c2ba9eddc1f91394e57f9f83"
LOCATION = "/beteiligung/torfhafen/forum"


@pytest.fixture
def whole(tmp_path):
    """A backup with every shape."""
    tables = {
        "categories": [
            {"id": 1, "name": "Uncategorized", "slug": "uncategorized", "description": None, "parent_category_id": None, "read_restricted": False, "position": 0},
            {"id": 2, "name": "Hafen", "slug": "hafen", "description": "<p>Alles am &amp; im Wasser</p>", "parent_category_id": None, "read_restricted": False, "position": 1},
            {"id": 3, "name": "Kran", "slug": "kran", "description": None, "parent_category_id": 2, "read_restricted": False, "position": 2},
            {"id": 4, "name": "Intern", "slug": "intern", "description": None, "parent_category_id": None, "read_restricted": True, "position": 3},
        ],
        "topics": [
            topic(12, "Der Kran", category_id=3, pinned_at=MOMENT % (1, 1)),
            topic(13, "Zu", category_id=2, closed=True),
            topic(14, "Geheimes der Verwaltung", category_id=4),
            topic(15, "Brief", archetype="private_message"),
            topic(16, "Gelöscht", deleted_at=MOMENT % (1, 1)),
            topic(17, "Ungelistet", visible=False),
            topic(18, "Ohne Anfang", category_id=1),
        ],
        "posts": [
            post(70, 12, 1, "Der **Kran**.\n\n![Plan|40x30](upload://{}.png)\n\n[liste.csv|attachment](upload://fehlt.csv) (1 KB)", user_id=1, like_count=3),
            post(71, 12, 2, "Ja, @anna :crane:", user_id=2),
            post(72, 12, 3, "weg", deleted_at=MOMENT % (1, 1)),
            post(73, 12, 5, '[quote="ben, post:2, topic:12, full:true"]\nJa,\n[/quote]\n\nEben.', reply_to_post_number=2),
            post(74, 12, 6, "Thema geschlossen", post_type=3),
            post(75, 12, 7, "Nur unter uns", post_type=4),
            post(76, 13, 1, '[quote="anna, post:1, topic:12"]\nKran\n[/quote]\nAnderswo.', user_id=9),
            post(77, 14, 1, "intern"),
            post(78, 15, 1, "persönlich"),
            post(79, 16, 1, "fort"),
            post(80, 17, 1, "versteckt"),
            post(81, 18, 1, "Anfang", user_deleted=True),
            post(82, 18, 2, "Antwort", hidden=False),
            post(83, 18, 3, "gemeldet", hidden=True),
        ],
        "users": [
            {"id": 1, "username": "anna", "name": "Anna Geheim", "password_hash": "geheim"},
            {"id": 2, "username": "ben", "name": None, "password_hash": "geheim"},
        ],
        "uploads": [
            {"id": 5, "original_filename": "plan.png", "url": "/uploads/default/original/1X/" + SHA + ".png", "sha1": SHA, "extension": "png"},
            {"id": 6, "original_filename": "programm.exe", "url": "/uploads/default/original/1X/b.exe", "sha1": None, "extension": "exe"},
        ],
        "upload_references": [
            {"upload_id": 5, "target_id": 70, "target_type": "Post"},
            {"upload_id": 6, "target_id": 71, "target_type": "Post"},
            {"upload_id": 6, "target_id": 78, "target_type": "Post"},
            {"upload_id": 5, "target_id": 71, "target_type": "Draft"},
        ],
        "permalinks": [
            {"url": "alt/kran.html", "topic_id": 12, "post_id": None},
            {"url": "alt/brief.html", "topic_id": 15, "post_id": None},
            {"url": "alt/antwort.html?z=1&a=2", "topic_id": None, "post_id": 73},
        ],
        "email_tokens": [{"id": 1, "email": "anna@post.example", "token": "geheim"}],
    }  # fmt: skip
    tables["posts"][0]["raw"] = tables["posts"][0]["raw"].replace("{}", discourse.base62(int(SHA, 16)))
    uploads = [
        (f"uploads/default/original/1X/{SHA}.png", dumps.picture()),
        ("uploads/default/original/1X/b.exe", b"MZ\x90\x00" + b"\x00" * 60),
    ]
    return dumps.backup(tmp_path / "forum.tar.gz", dumps.discourse(**tables), uploads)


def test_what_everybody_could_read_is_there_under_its_numbers(take, stored, whole, session):
    outcome = take(whole, "discourse")
    found = stored()
    assert {name: (one.number, one.byline, one.visibility) for name, (one, _topic) in found.items()} == {
        "discourse:post:70": (1, "anna", "published"),
        "discourse:post:71": (2, "ben", "published"),
        "discourse:post:73": (5, "anna", "published"),
        "discourse:post:76": (1, "", "published"),
        "discourse:post:81": (1, "", "withdrawn"),
        "discourse:post:82": (2, "anna", "published"),
    }
    assert all(
        (one.via, one.author_id, one.entered_by) == ("import", None, None) for one, _topic in found.values()
    )
    assert {
        (row.title, row.state, row.replies, row.last_number, row.next_number) for _post, row in found.values()
    } == {
        ("Der Kran", "open", 2, 5, 6),
        ("Zu", "locked", 0, 1, 2),
        ("Ohne Anfang", "open", 1, 2, 3),
    }
    kran = found["discourse:post:70"][1]
    assert (kran.byline, kran.last_byline, kran.external_id) == ("anna", "anna", "discourse:topic:12")
    assert kran.pinned_at is not None
    assert kran.created_at.isoformat() == "2021-03-04T10:12:00+00:00"
    assert (outcome.progress.new, outcome.progress.present, outcome.progress.files) == (6, 0, 1)
    titles = {row.id: (row.title, row.description) for row in session.scalars(select(Category))}
    assert sorted(titles.values()) == [("Hafen", "Alles am & im Wasser"), ("Hafen / Kran", "")]
    assert titles[kran.category_id][0] == "Hafen / Kran"


def test_the_report_counts_what_is_left_out_and_names_trouble(take, whole):
    assert take(whole, "discourse").lines == [
        "2 categories, 3 topics, 6 posts, 3 files, 2 names of people",
        "left out: 3 likes, for nobody stands behind them here",
        "left out: 1 opening posts that were deleted; their places stay",
        "left out: 4 posts of what is left out",
        "left out: 2 posts that were deleted or hidden",
        "left out: 1 private messages",
        "left out: 1 topics that no list showed",
        "left out: 1 topics that not everybody could read",
        "left out: 1 topics that were deleted",
        "left out: 2 whispers and lines about actions",
        "discourse:post:70: fehlt.csv: the file is not in the backup",
        "discourse:post:71: programm.exe: We take pictures, PDF files, plain texts and CSV tables. Please save this as PDF.",
    ]  # fmt: skip


def test_quotations_lead_to_their_posts_and_files_stand_under_them(take, stored, whole, session):
    take(whole, "discourse")
    found = stored()
    first, reply, elsewhere = (found[f"discourse:post:{number}"][0] for number in (70, 73, 76))
    second = found["discourse:post:71"][0]
    assert reply.body == f"> [#2](post:{second.id})\n> Ja,\n\nEben."
    assert (
        f'<cite><a href="{LOCATION}/beitrag/{second.id}" rel="nofollow ugc noopener">ben</a></cite>'
        in reply.body_html
    )
    assert reply.reply_to == second.id
    assert f"[#1](post:{first.id})" in elsewhere.body
    assert (
        first.body
        == "Der **Kran**.\n\n(Bild: Plan)\n\n(Anhang: liste.csv) (1 KB)\n\n\\[Anhang nicht übernommen: fehlt.csv\\]"
    )
    assert second.body == "Ja, @anna :crane:\n\n\\[Anhang nicht übernommen: programm.exe\\]"
    media = session.scalars(select(Media)).all()
    assert [(row.content_type, row.content_id, row.uploader_id, row.alt) for row in media] == [
        ("forum.post", first.id, None, "plan.png")
    ]


def test_nothing_private_comes_along(take, whole, session):
    take(whole, "discourse")
    rows = session.execute(
        select(Topic.title, Post.body, Post.byline).join(Post, Post.topic_id == Topic.id)
    ).all()
    words = " ".join(" ".join(row) for row in rows)
    for secret in (
        "Geheim",
        "geheim",
        "intern",
        "persönlich",
        "unter uns",
        "fort",
        "versteckt",
        "gemeldet",
        "Anfang ",
    ):
        assert secret not in words.replace("Ohne Anfang", "")


def test_old_addresses_lead_to_the_posts(take, stored, whole, browse):
    take(whole, "discourse")
    found = stored()
    client = browse()
    reply, kran = found["discourse:post:73"]
    opening = f"{LOCATION}/{kran.id}-der-kran#post-1"
    answer = f"{LOCATION}/{kran.id}-der-kran#post-5"
    for old, target in (
        ("t/der-kran/12", opening),
        ("t/der-kran/12/5?u=anna", answer),
        ("t/12/4", opening),
        ("p/73", answer),
        ("alt/kran.html", opening),
        ("alt/antwort.html?a=2&z=1", answer),
    ):
        response = client.get(f"{LOCATION}/von/{old}")
        assert (response.status_code, response.location) == (301, target), old
    for gone in (
        "t/brief/15",
        "p/78",
        "alt/brief.html",
        "p/99999999999999999999999",
        "x\x00y",
        "viewtopic.php?t=1",
    ):
        assert client.get(f"{LOCATION}/von/{gone}").status_code == 404, gone
    assert reply.number == 5
    page = client.get(opening.partition("#")[0]).get_data(as_text=True)
    assert 'id="post-5"' in page
    headless = found["discourse:post:81"][1]
    page = client.get(f"{LOCATION}/{headless.id}-ohne-anfang").get_data(as_text=True)
    assert "<p>Antwort</p>" in page
    assert "Anfang</p>" not in page


def test_again_is_nothing_new_and_a_stopped_import_goes_on(take, stored, whole, session):
    assert take(whole, "discourse", batch=2, stop=1).progress.new == 2
    assert len(stored()) == 2
    outcome = take(whole, "discourse", batch=2)
    assert (outcome.progress.new, outcome.progress.present) == (4, 2)
    before = snapshot(session)
    again = take(whole, "discourse", batch=4)
    assert (again.progress.new, again.progress.present, again.progress.files) == (0, 6, 0)
    assert snapshot(session) == before
    assert session.scalar(select(Permalink.path).where(Permalink.path == "/p/73")) == "/p/73"


def test_a_post_that_staff_moved_is_still_the_same(take, stored, whole, session):
    take(whole, "discourse")
    found = stored()
    target = found["discourse:post:76"][1].id
    moved = found["discourse:post:73"][0]
    session.execute(
        text("UPDATE forum_post SET topic_id = :t, number = 9 WHERE id = :p"), {"t": target, "p": moved.id}
    )
    session.commit()
    assert take(whole, "discourse").progress.new == 0
    assert len(stored()) == 6


def snapshot(session):
    session.expire_all()
    posts = session.execute(
        select(Post.id, Post.topic_id, Post.number, Post.body, Post.body_html).order_by(Post.id)
    ).all()
    topics = session.execute(
        select(Topic.id, Topic.replies, Topic.last_number, Topic.next_number).order_by(Topic.id)
    ).all()
    links = session.execute(select(Permalink.path, Permalink.post_id).order_by(Permalink.path)).all()
    return posts, topics, links, session.query(Category).count(), session.query(Media).count()


def test_an_older_version_lacks_columns_and_tables(take, stored):
    tables = {
        "topics": [{"id": 1, "title": "Alt", "created_at": MOMENT % (1, 1)}],
        "posts": [
            {"id": 2, "user_id": 1, "topic_id": 1, "post_number": 3, "raw": "Wort", "created_at": "kaputt"}
        ],
    }
    take(dumps.discourse(**tables), "discourse")
    assert [(one.number, one.body, row.title) for one, row in stored().values()] == [(1, "Wort", "Alt")]


def test_long_and_hostile_texts_are_all_there(take, stored):
    long, deep = "Wort und Satz. " * 3_000, "[" * 60 + "tief" + ">" * 90
    tables = {
        "topics": [topic(1, "x" * 400), topic(2, "\x00 "), topic(3, "99")],
        "posts": [
            post(1, 1, 1, long), post(2, 2, 1, deep), post(3, 3, 1, "<script>alert(1)</script>"),
            post(99999999999999999999, 3, 2, "zu groß"), post(4, 3, 2, "a"), post(5, 3, 2, "b"),
        ],
    }  # fmt: skip
    take(dumps.discourse(**tables), "discourse")
    found = stored()
    assert found["discourse:post:1"][0].body_html.count("Wort") == 3_000
    assert "tief" in found["discourse:post:2"][0].body_html
    assert "<script" not in found["discourse:post:3"][0].body_html
    assert [found[f"discourse:post:{number}"][0].number for number in (3, 4, 5)] == [1, 2, 3]
    assert len(found["discourse:post:1"][1].title) <= 150


def test_a_cut_dump_writes_nothing(take, session):
    whole = dumps.discourse(topics=[topic(1, "a")], posts=[post(1, 1, 1, "a")])
    with pytest.raises(DumpError, match="table posts, line"):
        take(whole[: whole.index(b"COPY public.topics") - 8], "discourse")
    assert session.query(Topic).count() == 0


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('[quote="anna, post:3, topic:12"]\nHallo\n[/quote]\nDu', "> </t/12/3>\n> Hallo\n\nDu"),
        ('[quote="anna, post:3"]\nHallo\n[/quote]', "> </t/9/3>\n> Hallo"),
        ('[quote="anna"]Hallo[/quote]', "> *anna:*\n> Hallo"),
        ("[quote]Hallo[/quote]", "> Hallo"),
        ("[quote]ohne Ende", "\\[quote\\]ohne Ende"),
        ("ohne Anfang[/quote]", "ohne Anfang\\[/quote\\]"),
        ("```\n[quote]x[/quote]\n```", "```\n[quote]x[/quote]\n```"),
        ("[quote]\n```\na\n```\n[/quote]", "> ```\n> a\n> ```"),
        ("`[poll]` ist ein Wort", "`[poll]` ist ein Wort"),
        ("[poll type=regular]\n* Ja\n* Nein\n[/poll]", "* Ja\n* Nein"),
        ('[details="Mehr"]\nText\n[/details]', "**Mehr**\n\nText"),
        ("[spoiler]Ende[/spoiler]", "Ende"),
        ('[date=2021-05-06 time=10:00:00 timezone="Europe/Berlin"]', "2021-05-06 10:00:00"),
        ("![Kran|690x400](upload://abc.jpeg)", "(Bild: Kran)"),
        ("![](/uploads/default/original/1X/a.png)", "(Bild)"),
        ("[plan.pdf|attachment](upload://abc.pdf) (12 KB)", "(Anhang: plan.pdf) (12 KB)"),
        ('<img src="/uploads/a.png" alt="Kran">', "(Bild: Kran)"),
        ('<img src="https://a.example/b.png">', "![](<https://a.example/b.png>)"),
        ('<a href="https://a.example/">Wort</a>', "[Wort](<https://a.example/>)"),
        ("<b>fett</b><br>neu", "fett\nneu"),
        ("Hallo @anna :smile:", "Hallo @anna :smile:"),
    ],
)
def test_what_only_discourse_knows_is_put_in_our_words(raw, expected):
    assert resolved(to_markdown(raw, 9), lambda path: f"<{path}>") == expected
