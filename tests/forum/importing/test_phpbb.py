"""A dump of phpBB 3: the posts that guests could read there, in both ways of storing them."""

import pytest
from sqlalchemy import select

from baukasten.media.models import Media
from baukasten_forum.importing.phpbb_text import source, to_markdown
from baukasten_forum.importing.rows import DumpError
from baukasten_forum.importing.texts import resolved
from baukasten_forum.models import Category
from tests.forum.importing import dumps
from tests.forum.importing.dumps import old_post, old_topic

LOCATION = "/beteiligung/torfhafen/forum"
XML = (
    '<r><QUOTE author="Deich &amp; Co" post_id="70" time="1" user_id="2"><s>[quote="Deich &amp; Co" post_id=70 time=1 '
    "user_id=2]</s>Der <B><s>[b]</s>Kran<e>[/b]</e></B><e>[/quote]</e></QUOTE><br/>\nJa &lt;genau&gt; <E>:)</E></r>"
)
OLD = (
    "[quote=&quot;Deich &amp; Co&quot;:3k2j]Der [b:3k2j]Kran[/b:3k2j][/quote:3k2j]\n"
    "[list:3k2j][*:3k2j]eins[/*:m:3k2j][*:3k2j]zwei[/*:m:3k2j][/list:u:3k2j] "
    '<!-- s:) --><img src="{SMILIES_PATH}/icon.gif" alt=":)" title="Lachen" /><!-- s:) --> '
    '<!-- m --><a class="postlink" href="https://a.example/ein/langer/weg">https://a.example/ein ... weg</a><!-- m -->'
)


def tables(**more):
    """A forum with every shape."""
    return {
        "forums": [
            {"forum_id": 1, "parent_id": 0, "left_id": 1, "forum_name": "Stadt", "forum_desc": "", "forum_password": "", "forum_type": 0},
            {"forum_id": 2, "parent_id": 1, "left_id": 2, "forum_name": "Hafen &amp; Kran", "forum_desc": "<t>Alles am Wasser</t>", "forum_password": "", "forum_type": 1},
            {"forum_id": 3, "parent_id": 1, "left_id": 3, "forum_name": "Mit Kennwort", "forum_desc": "", "forum_password": "$2y$x", "forum_type": 1},
            {"forum_id": 4, "parent_id": 1, "left_id": 4, "forum_name": "Moderation", "forum_desc": "", "forum_password": "", "forum_type": 1},
        ],
        "topics": [
            old_topic(5, "Kran &quot;Emma&quot;"),
            old_topic(6, "Zu", topic_status=1, topic_type=1),
            old_topic(7, "Kran", topic_status=2, topic_moved_id=5),
            old_topic(8, "Geheim", forum=3),
            old_topic(9, "Runde der Moderation", forum=4),
            old_topic(10, "Wartet", topic_visibility=0),
            old_topic(11, "An alle", forum=0, topic_type=3),
        ],
        "posts": [
            old_post(70, 5, "<t>Der Kran<br/>\nsteht.</t>"),
            old_post(71, 5, "<t>wartet noch</t>", post_visibility=0),
            old_post(72, 5, XML, poster_id=1, post_username="Gast &amp; Freund"),
            old_post(73, 5, "<t>gelöscht</t>", post_visibility=2),
            old_post(74, 5, OLD, bbcode_uid="3k2j", post_time=1_600_000_071),
            old_post(75, 6, '<r>Bild <ATTACHMENT filename="k.png" index="0"><s>[attachment=0]</s>k.png<e>[/attachment]</e></ATTACHMENT></r>'),
            old_post(76, 8, "<t>streng geheim</t>"),
            old_post(77, 9, "<t>unter Moderatoren</t>"),
            old_post(78, 10, "<t>ungeprüft</t>"),
            old_post(79, 11, "<t>Wir ziehen um.</t>", poster_id=99),
        ],
        "users": [
            {"user_id": 2, "username": "Deich &amp; Co", "user_email": "deich@post.example", "user_password": "geheim"},
        ],
        "attachments": [
            {"attach_id": 1, "post_msg_id": 75, "in_message": 0, "physical_filename": "2_abc", "real_filename": "k.png", "attach_comment": "Der Kran im Nebel"},
            {"attach_id": 2, "post_msg_id": 75, "in_message": 0, "physical_filename": "../../etc/passwd", "real_filename": "fort.pdf", "attach_comment": ""},
            {"attach_id": 3, "post_msg_id": 75, "in_message": 1, "physical_filename": "2_abc", "real_filename": "brief.png", "attach_comment": ""},
        ],
        "privmsgs": [{"msg_id": 1, "message_text": "streng geheim"}],
        **more,
    }  # fmt: skip


RIGHTS = {
    "groups": [{"group_id": 1, "group_name": "GUESTS"}, {"group_id": 5, "group_name": "ADMINISTRATORS"}],
    "acl_options": [{"auth_option_id": 20, "auth_option": "f_read"}, {"auth_option_id": 21, "auth_option": "f_post"}],
    "acl_roles_data": [
        {"role_id": 17, "auth_option_id": 20, "auth_setting": 1}, {"role_id": 16, "auth_option_id": 20, "auth_setting": 0},
    ],
    "acl_groups": [
        {"group_id": 1, "forum_id": 2, "auth_option_id": 0, "auth_role_id": 17, "auth_setting": 0},
        {"group_id": 1, "forum_id": 3, "auth_option_id": 20, "auth_role_id": 0, "auth_setting": 1},
        {"group_id": 1, "forum_id": 4, "auth_option_id": 0, "auth_role_id": 16, "auth_setting": 0},
        {"group_id": 5, "forum_id": 4, "auth_option_id": 0, "auth_role_id": 17, "auth_setting": 0},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """The attachments beside the dump."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "2_abc").write_bytes(dumps.picture())
    return made


@pytest.mark.parametrize("prefix", ["phpbb_", "forum33_", ""])
def test_what_guests_could_read_is_there(take, stored, session, folder, prefix):
    outcome = take(dumps.phpbb(prefix, **tables(**RIGHTS)), "phpbb", files=folder)
    found = stored()
    assert {name: (one.number, one.byline, row.title, row.state) for name, (one, row) in found.items()} == {
        "phpbb:post:70": (1, "Deich & Co", 'Kran "Emma"', "open"),
        "phpbb:post:74": (2, "Deich & Co", 'Kran "Emma"', "open"),
        "phpbb:post:72": (3, "Gast & Freund", 'Kran "Emma"', "open"),
        "phpbb:post:75": (1, "Deich & Co", "Zu", "locked"),
        "phpbb:post:79": (1, "", "An alle", "open"),
    }
    assert {row.title: bool(row.pinned_at) for _post, row in found.values()} == {
        'Kran "Emma"': False, "Zu": True, "An alle": True,
    }  # fmt: skip
    assert [(row.title, row.description) for row in session.scalars(select(Category))] == [
        ("Hafen & Kran", "Alles am Wasser")
    ]
    assert outcome.lines == [
        "1 categories, 3 topics, 5 posts, 2 files, 2 names of people",
        "left out: 3 posts of what is left out",
        "left out: 2 posts that were deleted or never approved",
        "left out: 1 shadows of topics that moved; their addresses lead on",
        "left out: 2 topics that not everybody could read",
        "left out: 1 topics that were deleted or never approved",
        "phpbb:post:75: fort.pdf: the file is not in the backup",
    ]
    media = session.scalars(select(Media)).all()
    assert [(row.content_id, row.name, row.alt) for row in media] == [
        (found["phpbb:post:75"][0].id, "k.webp", "Der Kran im Nebel")
    ]


def test_both_ways_of_storing_become_our_texts(take, stored, folder):
    take(dumps.phpbb(**tables(**RIGHTS)), "phpbb", files=folder)
    found = {name: one for name, (one, _topic) in stored().items()}
    first = found["phpbb:post:70"].id
    assert found["phpbb:post:70"].body == "Der Kran\nsteht."
    assert found["phpbb:post:72"].body == f"> [#1](post:{first})\n> Der **Kran**\n\nJa \\<genau> :)"
    assert found["phpbb:post:74"].body == (
        "> *Deich \\& Co:*\n> Der **Kran**\n\n- eins\n- zwei\n\n :) https://a.example/ein/langer/weg"
    )
    assert found["phpbb:post:75"].body == "Bild (k.png)\n\n\\[Anhang nicht übernommen: fort.pdf\\]"


def test_old_addresses_lead_to_the_posts(take, stored, folder, browse):
    take(dumps.phpbb(**tables(**RIGHTS)), "phpbb", files=folder)
    kran = stored()["phpbb:post:70"][1]
    base, client = f"{LOCATION}/{kran.id}-kran-emma#post-", browse()
    for old, number in (
        ("viewtopic.php?t=5", 1),
        ("viewtopic.php?f=2&t=5&start=2", 3),
        ("viewtopic.php?f=2&t=5&start=40", 1),
        ("viewtopic.php?p=72", 3),
        ("phpbb/viewtopic.php?t=5&p=74&sid=abc", 2),
        ("viewtopic.php?t=7", 1),
    ):
        response = client.get(f"{LOCATION}/von/{old}")
        assert (response.status_code, response.location) == (301, f"{base}{number}"), old
    for gone in ("viewtopic.php?t=8", "viewtopic.php?p=77", "viewtopic.php?t=-1", "viewtopic.php"):
        assert client.get(f"{LOCATION}/von/{gone}").status_code == 404, gone


def test_without_rights_only_the_password_counts_and_the_report_says_so(take, stored):
    lines = take(dumps.phpbb(**tables()), "phpbb").lines
    assert "phpbb:post:77" in stored()
    assert "phpbb:post:76" not in stored()
    assert (
        "forums: the dump does not say which of them guests could read; all without a password are taken"
        in lines
    )


def test_again_is_nothing_new(take, stored, folder):
    data = dumps.phpbb(**tables(**RIGHTS))
    assert take(data, "phpbb", files=folder, batch=2, stop=1).progress.new == 2
    assert take(data, "phpbb", files=folder, batch=1).progress.new == 3
    before = {name: (one.id, one.body, one.number) for name, (one, _topic) in stored().items()}
    outcome = take(data, "phpbb", files=folder)
    assert (outcome.progress.new, outcome.progress.present) == (0, 5)
    assert {name: (one.id, one.body, one.number) for name, (one, _topic) in stored().items()} == before


def test_a_dump_of_version_3_0_has_other_columns(take, stored):
    topics = [
        {
            "topic_id": 5,
            "forum_id": 2,
            "topic_title": "Alt",
            "topic_time": 1,
            "topic_status": 0,
            "topic_type": 0,
            "topic_moved_id": 0,
            "topic_approved": 1,
        }
    ]
    posts = [
        {"post_id": number, "topic_id": 5, "poster_id": 2, "post_time": number, "post_username": "", "post_text": "Wort", "bbcode_uid": "", "post_approved": number % 2}
        for number in (1, 2, 3)
    ]  # fmt: skip
    take(dumps.phpbb(topics=topics, posts=posts), "phpbb")
    assert [(name, one.number) for name, (one, _topic) in stored().items()] == [
        ("phpbb:post:1", 1),
        ("phpbb:post:3", 2),
    ]


def test_a_dump_without_a_forum_or_with_two_is_one_sentence(take, tmp_path):
    with pytest.raises(DumpError, match="there are no tables of a phpBB forum"):
        take(dumps.phpbb("wp_", posts=[{"ID": 1}]), "phpbb")
    one, two = (
        dumps.phpbb(prefix, topics=[old_topic(1, "a")], posts=[old_post(1, 1, "a")])
        for prefix in ("a_", "b_")
    )
    with pytest.raises(DumpError, match="tables of several forums in it: a_, b_"):
        take(one + two, "phpbb")


@pytest.mark.parametrize(
    ("stored_as", "uid", "expected"),
    [
        ("<t>a &amp; b</t>", "", "a & b"),
        ("<r><B><s>[b]</s>x<e>[/b]</e></B></r>", "", "[b]x[/b]"),
        ("[url=https:&#47;&#47;a.example:ab1]x[/url:ab1]", "ab1", "[url=https://a.example]x[/url]"),
        ("[size=150:ab1]x[/size:ab1]", "ab1", "[size=150]x[/size]"),
        ("[list=1:ab1][*:ab1]x[/*:m:ab1][/list:o:ab1]", "ab1", "[list=1][*]x[/*][/list]"),
        ("ohne Zeichen [b]x[/b]", "", "ohne Zeichen [b]x[/b]"),
        ('<!-- e --><a href="mailto:a@a.example">a@a.example</a><!-- e -->', "", "a@a.example"),
        ("<!-- ia0 -->plan.pdf<!-- ia0 -->", "", "plan.pdf"),
    ],
)
def test_a_stored_text_gives_back_what_was_typed(stored_as, uid, expected):
    assert source(stored_as, uid) == expected


def test_a_quotation_without_number_names_its_author():
    assert resolved(to_markdown("<t>[quote=Anna]x[/quote]</t>", ""), lambda _path: "") == "> *Anna:*\n> x"
