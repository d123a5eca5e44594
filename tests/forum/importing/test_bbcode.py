"""BBCode as people typed it, and what becomes of it: nothing raises, no word is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baukasten.sdk import plain, render_markdown
from baukasten_forum.importing.bbcode import MAX_DEPTH, to_markdown

CASES = [
    ("", ""),
    ("Guten Tag", "Guten Tag"),
    ("[b]fett[/b]", "**fett**"),
    ("[i]schräg[/i]", "*schräg*"),
    ("[u]unter[/u]", "*unter*"),
    ("[s]weg[/s]", "~~weg~~"),
    ("[B]groß[/b]", "**groß**"),
    ("a [b] fett [/b] b", "a  **fett**  b"),
    ("[b][i]beides[/i][/b]", "***beides***"),
    ("[b]a [b]b[/b] c[/b]", "**a b c**"),
    ("[b]eins\n\nzwei[/b]", "**eins**\n\n**zwei**"),
    ("[b][/b]leer", "leer"),
    ("[url]https://a.example/x_y[/url]", "[https://a.example/x_y](<https://a.example/x_y>)"),
    ("[url=https://a.example/x]Wort[/url]", "[Wort](<https://a.example/x>)"),
    ('[url="https://a.example/x"]Wort[/url]', "[Wort](<https://a.example/x>)"),
    ("[url=www.a.example]Wort[/url]", "[Wort](<https://www.a.example>)"),
    ("[url=https://a.example/][/url]", "<https://a.example/>"),
    ("[url=javascript:alert]Klick[/url]", "Klick (javascript:alert)"),
    ("[url=./viewtopic.php?t=5]dort[/url]", "dort (./viewtopic.php?t=5)"),
    ("[url=https://a.example/][b]Wort[/b][/url]", "[**Wort**](<https://a.example/>)"),
    ("[img]https://a.example/b.png[/img]", "![](<https://a.example/b.png>)"),
    ("[img]b.png[/img]", "b.png"),
    ("[email]buero@a.example[/email]", "buero@a.example"),
    ("[email=buero@a.example]Büro[/email]", "Büro (buero@a.example)"),
    ("[size=150]groß[/size]", "groß"),
    ("[color=#FF0000]rot[/color]", "rot"),
    ("[align=center]mitte[/align]", "mitte"),
    ("[center]mitte[/center]", "mitte"),
    ("[spoiler=Ende]Er war's[/spoiler]", "Ende: Er war's"),
    ("[youtube]abc123[/youtube]", "abc123"),
    ("[attachment=0]plan.png[/attachment]", "(plan.png)"),
    ("[quote]Wort[/quote]", "> Wort"),
    ("[quote=Anna]Wort[/quote]", "> *Anna:*\n> Wort"),
    ('[quote="Anna B."]Wort[/quote] Antwort', "> *Anna B.:*\n> Wort\n\n Antwort"),
    ("[quote=Anna post_id=7 time=1 user_id=2]Wort[/quote]", "> *Anna:*\n> Wort"),
    ("[quote=A][quote=B]innen[/quote]außen[/quote]", "> *A:*\n> > *B:*\n> > innen\n>\n> außen"),
    ("[code]a [b]b[/b] *c*[/code]", "```\na [b]b[/b] *c*\n```"),
    ("[code]```[/code]", "````\n```\n````"),
    ("[code=php]echo 1;[/code]", "```\necho 1;\n```"),
    ("[list][*]a[*]b[/list]", "- a\n- b"),
    ("[list=1][*]a[*]b[/list]", "1. a\n2. b"),
    ("[list=a]\n[*]a\n[*]b\n[/list]", "1. a\n2. b"),
    ("[list][*]a[list][*]b[/list][*]c[/list]", "- a\n\n  - b\n- c"),
    ("[list][*]a[/*][*]b[/*][/list]", "- a\n- b"),
    ("[list]vorweg[*]a[/list]", "vorweg\n\n- a"),
    ("[*]allein", "\\[\\*\\]allein"),
    ("[b]ohne Ende", "\\[b\\]ohne Ende"),
    ("ohne Anfang[/b]", "ohne Anfang\\[/b\\]"),
    ("[b]über[i]kreuz[/b]weiter[/i]", "**über\\[i\\]kreuz**weiter\\[/i\\]"),
    ("[quote]ohne Ende", "\\[quote\\]ohne Ende"),
    ("[code]ohne Ende [b]x[/b]", "\\[code\\]ohne Ende **x**"),
    ("[unbekannt]Wort[/unbekannt]", "\\[unbekannt\\]Wort\\[/unbekannt\\]"),
    ("Liste [1] und [siehe oben]", "Liste \\[1\\] und \\[siehe oben\\]"),
    ("# kein Titel", "\\# kein Titel"),
    ("> kein Zitat", "\\> kein Zitat"),
    ("1. keine Liste", "1\\. keine Liste"),
    ("- kein Punkt", "\\- kein Punkt"),
    ("a\n    kein Code", "a\nkein Code"),
    ("5 * 3 * 2 und snake_case und _so_", "5 \\* 3 \\* 2 und snake_case und \\_so\\_"),
    ("<script>", "\\<script>"),
    ("&amp; bleibt", "\\&amp; bleibt"),
]
TAGS = [
    "b",
    "i",
    "u",
    "s",
    "url",
    "img",
    "email",
    "quote",
    "code",
    "list",
    "*",
    "size=9",
    "color=red",
    "center",
    "spoiler",
    "attachment=0",
    "quote=Zitat",
    "url=https://a.example/x",
    "unbekannt",
    "list=1",
    "/",
]
SIGNS = [
    "\n",
    "\n\n",
    " ",
    "    ",
    "*",
    "_",
    "`",
    "```",
    "~",
    "#",
    ">",
    "- ",
    "1. ",
    "[",
    "]",
    "<",
    "&",
    "\\",
    "!",
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_bbcode_becomes_markdown(source, expected):
    assert to_markdown(source) == expected


def test_the_signs_of_a_text_are_shown_as_they_were():
    source = "*a* _b_ `c` [d](e) <i> &lt; # 1. - > ~~f~~ \\ https://a.example/x_y_z?a=1&b=2"
    assert plain(render_markdown(to_markdown(source))) == source


def test_a_link_keeps_its_address():
    html = render_markdown(to_markdown("Siehe https://a.example/a_b_c?x=1&y=2 dort"))
    assert '<a href="https://a.example/a_b_c?x=1&amp;y=2"' in html


def test_the_first_line_of_a_quotation_is_given_by_who_knows():
    source = '[quote="Anna B." post_id=77 time=1 user_id=5]Wort[/quote]'
    assert to_markdown(source, quoted=lambda name, post: f"{name}/{post}") == "> Anna B./77\n> Wort"


def test_deep_nesting_stays_what_was_written():
    shown = to_markdown("[quote]" * 200 + "Wort" + "[/quote]" * 200)
    assert "Wort" in shown
    assert max(line.count("> ") for line in shown.split("\n")) <= MAX_DEPTH


@st.composite
def texts(draw):
    words = (f"wort{number}x" for number in range(10_000))
    pieces = draw(
        st.lists(
            st.sampled_from([*(f"[{tag}]" for tag in TAGS), *(f"[/{tag}]" for tag in TAGS), *SIGNS, "W"])
        )
    )
    return "".join(next(words) if piece == "W" else piece for piece in pieces)


@settings(max_examples=300, deadline=None)
@given(texts())
def test_no_word_is_lost(source):
    markdown = to_markdown(source)
    # Many open brackets in a row are refused later; the words are counted where they can be rendered.
    shown = plain(render_markdown(markdown)) if markdown.count("[") < 20 and len(source) < 300 else markdown
    assert sorted(re.findall(r"wort\d+x", shown)) == sorted(re.findall(r"wort\d+x", source))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="[]/=*\"' \nabquotelisrcd:>&<!_`-1.", max_size=200) | st.text(max_size=100))
def test_nothing_raises(source):
    assert isinstance(to_markdown(source), str)
