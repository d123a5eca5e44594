"""A short text's marks become tags and nothing else does: the sanitisers would leave all of it as it is."""

import random
import time
from html.parser import HTMLParser

import pytest

from baukasten.content.lines import LINE_POLICY, render_line
from baukasten.content.sanitize import LINK_REL, SafeHtml, clean

BITS = (
    "<", ">", "&", '"', "'", "`", "*", "**", "_", "__", "[", "]", "(", ")", "](", "\\", "|", "{", "^", "\n", " ",
    "@", "@Anna Torf", "@Ä<b>", "a", "ß", "1", ".", ",", "!", ";", ":", "/", "//", "#", "?", "=", "%00", "\x00",
    "https://", "http://", "https://a.de/", "https://a.de/x_y_z?q=1&r=<2>", "javascript:alert(1)", "data:text/html,",
    "HTTPS://B.DE", "&amp;", "&lt;script&gt;", "&#x3c;", "<script>", "</a>", "<img src=x onerror=alert(1)>",
    "<!--", "-->", "]]>", "\u202e", "\u2028", "\ud800", "onclick=", "style=", "<br>", "🙂",
)  # fmt: skip
NAMES = ("Anna Torf", "Ä<b>")
A = f'<a href="{{}}" rel="{LINK_REL}">{{}}</a>'


class Reader(HTMLParser):
    """What a browser would make of a fragment."""

    def __init__(self, fragment):
        super().__init__()
        self.words, self.tags, self.links = "", [], {}
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "a":
            assert given.pop("rel") == LINK_REL
            self.links |= {len(self.tags): goal for goal in [given.pop("href", None)] if goal is not None}
        assert not given

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Guten Abend", "Guten Abend"),
        ("a < b & c > \"d\" 'e'", "a &lt; b &amp; c &gt; \"d\" 'e'"),
        ("**fett** und *schräg* und _so_", "<strong>fett</strong> und <em>schräg</em> und <em>so</em>"),
        ("**fett *schräg* `x`**", "<strong>fett <em>schräg</em> <code>x</code></strong>"),
        ("`a*b* <i>`", "<code>a*b* &lt;i&gt;</code>"),
        ("2 * 3 * 4, a_b_c, * x *", "2 * 3 * 4, a_b_c, * x *"),
        ("eins\nzwei\r\ndrei", "eins<br>zwei<br>drei"),
        ("[hier](https://a.de/b?c=1&d=2)", A.format("https://a.de/b?c=1&amp;d=2", "hier")),
        ("[hier](javascript:alert(1))", "[hier](javascript:alert(1))"),
        (
            "(siehe https://a.de/b_c_d).",
            "(siehe " + A.format("https://a.de/b_c_d", "https://a.de/b_c_d") + ").",
        ),
        ('https://a.de/"x', A.format("https://a.de/", "https://a.de/") + '"x'),
        ("https://a.de/<x>", A.format("https://a.de/", "https://a.de/") + "&lt;x&gt;"),
        ("https://a.de/w/X_(y)", A.format("https://a.de/w/X_(y)", "https://a.de/w/X_(y)")),
        ("www.a.de https:// a@https://b.de", "www.a.de https:// a@https://b.de"),
        ("@Anna Torf, ja; @Anna Torfhaus", "<mark>@Anna Torf</mark>, ja; @Anna Torfhaus"),
        ("x@Anna Torf", "x@Anna Torf"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
    ],
)
def test_marks_become_tags_and_all_else_is_what_was_typed(typed, shown):
    assert render_line(typed, names=NAMES) == shown
    assert isinstance(render_line(typed), SafeHtml)


def test_sanitisers_change_nothing_of_any_mixture():
    chance = random.Random(5)  # noqa: S311 - reproducible mixtures
    for _ in range(4_000):
        typed = "".join(chance.choices(BITS, k=chance.randint(1, 14)))
        shown = render_line(typed, names=NAMES)
        ours, left = Reader(shown), Reader(clean(shown, LINE_POLICY))
        assert (left.words, left.tags) == (ours.words, ours.tags), typed
        # An address that is none, as of a port that there is not, leads nowhere in browsers either.
        assert {**ours.links, **left.links} == ours.links, typed
        assert all(goal.lower().startswith(("http://", "https://")) for goal in ours.links.values())


@pytest.mark.parametrize(
    "typed",
    ["*_" * 500, "**" * 500, "[" * 1000, "https://" * 125, "_a " * 333, "https://a" + ")" * 991, "`" * 1000,
     "[a](https://" * 80, "**a*" * 250, "https://a" + "&" * 991, "@" * 1000],
)  # fmt: skip
def test_no_text_of_a_thousand_signs_takes_long(typed):
    begin = time.thread_time()
    for _ in range(10):
        render_line(typed, names=NAMES)
    assert time.thread_time() - begin < 0.2
