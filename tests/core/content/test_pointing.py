"""Texts that point at things and people of the site: only where the caller leads them."""

import pytest

from baukasten.content.markdown import render
from baukasten.content.pointing import Pointing, Reference

REL = 'rel="nofollow ugc noopener"'
SOURCE = f'<a href="/forum/beitrag/12" {REL}>Anna &lt;Torf&gt;</a>'
POINTING = Pointing({"post:12": Reference("/forum/beitrag/12", "Anna <Torf>")}, ["Anna Torf", "Anna"])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "> [von mir](post:12)\n> Ja.",
            f"<blockquote>\n<p><cite>{SOURCE}</cite><br>\nJa.</p>\n</blockquote>\n",
        ),
        ("> Ja, [#2](post:12)", f"<blockquote>\n<p>Ja, {SOURCE}</p>\n</blockquote>\n"),
        ("> [#2](post:99)\n> Ja.", "<blockquote>\n<p>#2<br>\nJa.</p>\n</blockquote>\n"),
        ("Siehe [#2](post:12).", f"<p>Siehe {SOURCE}.</p>\n"),
        ("![Bild](post:12)", f"<p>{SOURCE}</p>\n"),
        ("[Konto](/konto/) [x](//fremd.example) [y](#post-2)", None),
        ("[x](post:0) [y](post:12x) [z](javascript:12)", None),
        ("Hallo @anna torf, @ANNA und @Annas", "<p>Hallo <mark>@Anna Torf</mark>, <mark>@Anna</mark> und @Annas</p>\n"),
        ("a@Anna `@Anna` @Anna_ @@Anna", "<p>a@Anna <code>@Anna</code> @Anna_ @@Anna</p>\n"),
        ("[@Anna](https://fremd.example)", f'<p><a href="https://fremd.example" {REL}>@Anna</a></p>\n'),
        ("<cite>x</cite> <mark>", "<p>&lt;cite&gt;x&lt;/cite&gt; &lt;mark&gt;</p>\n"),
    ],
)  # fmt: skip
def test_what_a_text_may_point_at(text, html):
    assert render(text, pointing=POINTING) == (f"<p>{text}</p>\n" if html is None else html)


def test_without_pointing_keys_and_names_are_plain_words():
    assert render("[#2](post:12) @Anna") == "<p>[#2](post:12) @Anna</p>\n"


def test_only_so_many_people_are_called_but_each_as_often_as_one_likes():
    names = [f"Person{chr(97 + number)}" for number in range(12)]
    text = " ".join(f"@{name}" for name in names) + " @Persona"
    html = render(text, pointing=Pointing(names=names))
    assert html.count("<mark>") == 11
    assert html.endswith("@Personk @Personl <mark>@Persona</mark></p>\n")
