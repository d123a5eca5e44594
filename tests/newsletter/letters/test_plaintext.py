"""The plain-text part: what a reader without HTML sees."""

import string

from hypothesis import given
from hypothesis import strategies as st

from baukasten_newsletter.letters import plaintext


def test_headings_are_underlined_and_paragraphs_apart():
    html = "<h2>Der Alte Torfhafen</h2><p>Eins.</p><p>Zwei.</p><h3>Klein</h3><p>Drei.</p>"
    assert (
        plaintext.text_of(html) == "Der Alte Torfhafen\n------------------\n\nEins.\n\nZwei.\n\nKlein\nDrei."
    )


def test_lists_keep_their_bullets_numbers_and_depth():
    html = (
        "<ul><li>eins</li><li><p>zwei</p><ol start='3'><li>drei</li><li>vier</li></ol></li></ul><p>Ende</p>"
    )
    assert plaintext.text_of(html) == "- eins\n- zwei\n  3. drei\n  4. vier\n\nEnde"


def test_a_link_tells_its_address_once():
    html = (
        '<p><a href="https://a.example/x">dort</a> und <a href="https://b.example">https://b.example</a>, '
        'oder <a href="mailto:rat@c.example">rat@c.example</a></p>'
    )
    assert plaintext.text_of(html) == ("dort <https://a.example/x> und https://b.example, oder rat@c.example")


def test_an_address_is_never_broken():
    address = "https://stadt.example/" + "x" * 100
    assert address in plaintext.text_of(
        f'<p>Ein Wort davor <a href="{address}">hier lang</a> und dahinter</p>'
    )


def test_quotations_pictures_rules_and_tables_are_readable():
    html = (
        '<blockquote><p>Ja.</p></blockquote><p><img src="x" alt="Der Kai bei Nacht"></p><p><img src="x" alt=""></p>'
        "<hr><table><tr><th>Ort</th><th>Tag</th></tr><tr><td>Kai</td><td>Montag</td></tr></table><p>Ende</p>"
    )
    assert plaintext.text_of(html) == (
        "> Ja.\n\n[Der Kai bei Nacht]\n\n--------------------\n\nOrt | Tag\nKai | Montag\n\nEnde"
    )


def test_written_lines_stay_and_others_are_wrapped():
    assert plaintext.text_of("<p>eins<br>zwei</p>") == "eins\nzwei"
    assert plaintext.text_of("<pre><code>a   b\n  c</code></pre>") == "a   b\n  c"
    text = plaintext.text_of(f"<ul><li>{'Wort ' * 40}</li></ul>")
    assert text.split("\n")[1].startswith("  Wort")
    assert max(len(line) for line in text.split("\n")) <= plaintext.WIDTH


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<ul>",
                "<li>",
                "</li>",
                "</ul>",
                "<a href='x'>",
                "</a>",
                "<blockquote>",
                "</blockquote>",
                "<h2>",
                "</h2>",
                "<td>",
                "<ol start='9999999999'>",
                "<br>",
                "a",
                " b ",
                "&amp;",
                "<pre>",
                "</pre>",
            ]
        ),
        max_size=40,
    )
)
def test_no_html_is_too_odd(parts):
    found = plaintext.text_of("".join(parts))
    assert "<" not in found.replace("<x>", "")
    assert found.count("b") == parts.count(" b ")


@given(st.text(alphabet=string.ascii_letters + " äöü", max_size=400))
def test_words_survive(text):
    assert plaintext.text_of(f"<p>{text}</p>").split() == text.split()
