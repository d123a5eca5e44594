"""Markdown becomes the HTML that pages need, within caps and in time that grows with the text alone."""

import gc
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baukasten.content.markdown import CONTRIBUTION, EDITORIAL, MAX_CHARACTERS, Profile, normalise, render
from baukasten.content.sanitize import LINK_REL, SafeHtml, clean
from baukasten.errors import Invalid


def link(address: str, words: str | None = None) -> str:
    return f'<a href="{address}" rel="{LINK_REL}">{words or address}</a>'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("Guten Tag", "<p>Guten Tag</p>\n"),
        ("eins\nzwei\r\ndrei", "<p>eins<br>\nzwei<br>\ndrei</p>\n"),
        ("**fett** *schräg*", "<p><strong>fett</strong> <em>schräg</em></p>\n"),
        ("~~weg~~ `code`", "<p><s>weg</s> <code>code</code></p>\n"),
        ("# A\n\n## B\n\n###### C", "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> Zitat", "<blockquote>\n<p>Zitat</p>\n</blockquote>\n"),
        ("```python\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>\n"),
        ("<b>roh</b> & so", "<p>&lt;b&gt;roh&lt;/b&gt; &amp; so</p>\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<p>| a | b |<br>\n|---|---|<br>\n| 1 | 2 |</p>\n"),
        ("Straße\u202e\x07 \ud800ä", "<p>Straße ä</p>\n"),
    ],
)  # fmt: skip
def test_contribution(source: str, expected: str) -> None:
    found = render(source)
    assert (found, type(found)) == (expected, SafeHtml)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[Plan](https://a.example/?x=1&y=2)", link("https://a.example/?x=1&amp;y=2", "Plan")),
        ("<https://a.example>", link("https://a.example")),
        ("<amt@a.example>", link("mailto:amt@a.example", "amt@a.example")),
        ("https://a.example/foo_bar_baz", link("https://a.example/foo_bar_baz")),
        ("(siehe https://a.example/x).", f"(siehe {link('https://a.example/x')})."),
        ("https://a.example/x_(y)!", f"{link('https://a.example/x_(y)')}!"),
        ("www.a.example, und", f"{link('https://www.a.example', 'www.a.example')}, und"),
        ("http://ä.example", link("http://xn--4ca.example", "http://ä.example")),
        ("http:// https://. www. xhttps://a", "http:// https://. www. xhttps://a"),
        ("`https://a.example`", "<code>https://a.example</code>"),
        ("[https://b.example](https://a.example)", link("https://a.example", "https://b.example")),
        ("[x](/verwaltung)", "[x](/verwaltung)"),
        ("[x](ftp://a.example)", "[x](ftp://a.example)"),
        ("![Der Plan](https://a.example/p.png)", link("https://a.example/p.png", "Der Plan")),
        ("![](https://a.example/p.png)", link("https://a.example/p.png")),
        ("[![Plan](https://b.example/p.png)](https://a.example)", link("https://a.example", "Plan")),
    ],
)
def test_links_of_a_contribution(source: str, expected: str) -> None:
    assert render(source) == f"<p>{expected}</p>\n"


def test_editorial_text_has_its_own_headings_tables_and_links_within_the_site() -> None:
    source = "# A\n\n| a | b |\n|---|:-:|\n| 1 | [x](/y) |\n\neins\nzwei"
    assert render(source, profile=EDITORIAL) == (
        "<h2>A</h2>\n<table>\n<thead>\n<tr>\n"
        '<th scope="col">a</th>\n<th scope="col">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
        f"<td>1</td>\n<td>{link('/y', 'x')}</td>\n</tr>\n</tbody>\n</table>\n<p>eins\nzwei</p>\n"
    )


def test_a_long_text_is_the_same_in_slices() -> None:
    paragraphs = [f"Absatz {n} mit *Betonung*" for n in range(700)]
    expected = "".join(f"<p>Absatz {n} mit <em>Betonung</em></p>\n" for n in range(700))
    assert render("\n\n".join(paragraphs), profile=EDITORIAL) == expected


def test_at_the_cap_and_one_beyond() -> None:
    assert len(render("ä" * MAX_CHARACTERS)) == MAX_CHARACTERS + len("<p></p>\n")
    with pytest.raises(Invalid) as caught:
        render("a" * (MAX_CHARACTERS + 1), field="text")
    words = "This text is longer than 20,000 characters. Please shorten it or split it."
    assert (caught.value.errors, caught.value.message) == ({"text": words}, words)
    assert len(render("a" * (MAX_CHARACTERS + 1), profile=EDITORIAL)) == MAX_CHARACTERS + 9


def test_bytes_count_too() -> None:
    assert render("\u4e2d" * MAX_CHARACTERS)
    with pytest.raises(Invalid, match="longer than"):
        render("\U00020000" * (MAX_CHARACTERS - 1))


@pytest.mark.parametrize(
    "source",
    [
        ">" * 21, "> " * 21 + "a", "- " * 21 + "a", "1. " * 21 + "a", " " * 220 + "a", "\t" * 60 + "a",
        "[" * 21, "a [b" * 21, "![" * 21, "*a **a " * 60 + "a** a*" * 60,
        "\n".join("  " * n + "- a" for n in range(120)),
    ],
)  # fmt: skip
def test_deep_nesting_is_refused(source: str) -> None:
    with pytest.raises(Invalid, match="nested too deeply"):
        render(source)


@pytest.mark.parametrize(
    ("source", "deepest"),
    [("> " * 20 + "a", "<blockquote>"), ("- " * 20 + "a", "<li>"), ("*a **a " * 40 + "a** a*" * 40, "<em>")],
)
def test_much_nesting_is_still_shown_whole(source: str, deepest: str) -> None:
    assert render(source).count(deepest) == (20 if deepest != "<em>" else 40)


def test_more_parts_than_the_sanitisers_should_see_are_refused() -> None:
    with pytest.raises(Invalid, match="too much formatting"):
        render("*a* " * 5_000)


# Families of input that grow without end; what is refused early must be refused in linear time too.
FAMILIES: dict[str, Callable[[int], str]] = {
    "quotes": lambda n: (">" * 19 + "\n" + "> a\n" * n)[:n],
    "lazy quotes": lambda n: ("> " * 19 + "\n" + "a\n" * n)[:n],
    "refused quotes": lambda n: "> " * (n // 2),
    "lists": lambda n: ("- " * 9 + "a\n") * (n // 20),
    "open brackets": lambda n: ("[" * 20 + "\n\n") * (n // 22),
    "refused brackets": lambda n: "[" * n,
    "half links": lambda n: "[a](" * (n // 4),
    "links": lambda n: "[a](https://a.example) " * (n // 23),
    "references": lambda n: "[a]: b\n" * (n // 7) + "[a]",
    "bare addresses": lambda n: "http://a.b " * (n // 11),
    "endless address": lambda n: "http://a" + ")" * n,
    "repeated scheme": lambda n: "http://" * (n // 7),
    "backticks": lambda n: "".join("`" * size + " " for size in range(1, int((2 * n) ** 0.5))),
    "fences": lambda n: "```\n" * (n // 4),
    "open asterisks": lambda n: "*a " * (n // 3),
    "closed asterisks": lambda n: "*a* bcdefgh " * (n // 12),
    "mixed asterisks": lambda n: "*_" * (n // 2),
    "underscores": lambda n: "_a" * (n // 2),
    "tildes": lambda n: "~~a " * (n // 4),
    "mis-nested tags": lambda n: "<a><b></a></b>" * (n // 14),
    "open tags": lambda n: "<" * n,
    "entities": lambda n: "&amp;" * (n // 5),
    "ampersands": lambda n: "&" * n,
    "quotation marks": lambda n: '"' * n,
    "paragraphs": lambda n: "abcd\n\n" * (n // 6),
    "backslashes": lambda n: "\\" * n,
}
HALF, WHOLE = 10_000, 20_000
# Below this neither the machine's noise nor the shape of the curve matters to anybody.
FLOOR_SECONDS = 0.06


def cost(work: Callable[[], object]) -> float:
    """Return the processor time of one call in seconds; a refusal is an answer as well."""
    # The rubbish of the tests before would be charged to whoever makes most objects now.
    gc.disable()
    start = time.thread_time()
    try:
        work()
    except Invalid:
        return time.thread_time() - start
    finally:
        gc.enable()
    return time.thread_time() - start


def check_linear(half: Callable[[], object], whole: Callable[[], object]) -> None:
    """Compare the best of some runs; only a curve that stays steep in every round is one."""
    small, large = cost(half), cost(whole)
    for _ in range(15):
        if large <= max(FLOOR_SECONDS, 2.5 * small) and large < 2:
            break
        small, large = min(small, cost(half)), min(large, cost(whole))
    assert large <= max(FLOOR_SECONDS, 2.5 * small)
    assert large < 2


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_text_takes_about_twice_the_time(family: str) -> None:
    half, whole = FAMILIES[family](HALF), FAMILIES[family](WHOLE)
    check_linear(lambda: render(half), lambda: render(whole))


PIECES = st.sampled_from(
    ["*", "**", "_", "~~", "`", "```", "[", "]", "(", ")", "![", "<", ">", "&", "&#106;", "&lt;", "\n", "\n\n", "> ",
     "- ", "1. ", "    ", "\t", "# ", "---", "|", "|-|-|", "\\", "https://a.example/", "www.", "javascript:",
     "mailto:a@b.c", "<a href=x>", "</p>", "<!--", "\x00", "\r", "\u202e", "\ufffe", "\x85", "\u2028", "&nbsp;", "&#0;",
     "&#xD800;", "&#13;", '"', "'", "=", "ä", "Wort", " "]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(max_size=120),
    st.text(st.characters(exclude_categories=()), max_size=40),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([CONTRIBUTION, EDITORIAL]))
def test_any_text_is_rendered_and_stays_the_same_when_cleaned_again(source: str, profile: Profile) -> None:
    try:
        found = render(source, profile=profile)
    except Invalid:
        return
    assert clean(found, profile.policy) == found
    assert render(normalise(source), profile=profile) == found
    # PostgreSQL takes neither.
    assert "\x00" not in found
    assert found.encode("utf-8").decode("utf-8") == found


def test_many_threads_render_at_once() -> None:
    source = "\n\n".join(f"> *Text {n}* https://a.example/{n}" for n in range(30))
    expected, results = render(source), list[str]()

    def work() -> None:
        results.extend(render(source) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 60
