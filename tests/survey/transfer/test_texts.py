"""Foreign HTML becomes plain words and Markdown."""

import pytest

from baukasten_survey.transfer.texts import markdown, plain


def _shout(inner):
    return f"<{inner.upper()}>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("Plain &amp; simple", "Plain & simple"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>One</p><p>Two<br>Three</p>", "One Two Three"),
        ("<script>x{y}</script>ok<style>p{}</style>", "ok"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("line\nbreak", "line break"),
        ("Hi {name}!", "Hi <NAME>!"),
        ("{ name } {} {", "{ name } {} {"),
        ("{if(a &lt; 3, '}', \"{\")}", "<IF(A < 3, '}', \"{\")>"),
        ("\x00\x07a\ue000b\u2028c", "abc"),
        ("unclosed <b>bold", "unclosed bold"),
    ],
)
def test_plain_words(html, words):
    assert plain(html, _shout) == words


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
        ('<a href="https://x.example/a_b">see_me</a>', "[see\\_me](<https://x.example/a_b>)"),
        ('<a href="javascript:x()">see</a>', "see"),
        ("# no *heading* [link](x)", "\\# no \\*heading\\* \\[link\\](x)"),
        ("1. no list", "1\\. no list"),
        ("&lt;script&gt;", "\\<script\\>"),
    ],
)
def test_markdown_says_only_what_was_meant(html, words):
    assert markdown(html, _shout) == words


def test_a_text_of_many_brackets_ends_soon():
    assert plain("<" * 50_000 + "{" * 50_000, _shout).startswith("<<")
