"""The gate for colours: what cannot be read does not become a theme."""

import pytest

from baukasten.web.contrast import check_contrast, contrast, luminance, modes_of
from baukasten.web.theming import load_themes

SHIPPED = load_themes()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000", "#ffffff", 21.0),
        ("#777777", "#FFF", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ffd100", "#ffffff", 1.46),
        ("#123456", "#123456", 1.0),
    ],
)
def test_known_contrasts(one: str, other: str, expected: float) -> None:
    assert round(contrast(one, other), 2) == expected == round(contrast(other, one), 2)


@pytest.mark.parametrize("colour", ["red", "rgb(0 0 0)", "#12345", "#gggggg", ""])
def test_only_plain_colours_are_judged(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        luminance(colour)


def test_a_sheet_has_two_modes_and_a_third_for_old_browsers() -> None:
    css = (
        ":root{--a:#111111;--b:#222222} /* --a:#999 */ @supports(x){:root{--a: light-dark(#333333, #444444)}}"
    )
    assert modes_of(css) == {
        "light": {"--a": "#333333", "--b": "#222222"},
        "dark": {"--a": "#444444", "--b": "#222222"},
        "old browsers": {"--a": "#111111", "--b": "#222222"},
    }


@pytest.mark.parametrize("name", SHIPPED.names())
def test_shipped_themes_can_be_read_in_every_mode(name: str) -> None:
    assert SHIPPED.problems(name) == []


def test_a_yellow_brand_colour_is_refused_with_figures() -> None:
    css = SHIPPED.css("klar") + ":root{--kern-color-action-default:#ffd100}"
    assert (
        "light: --kern-color-action-default on --kern-color-layout-background-default has 1.46, needs 4.5"
        in (check_contrast(css))
    )


def test_a_colour_that_only_fails_in_the_dark_is_found() -> None:
    css = SHIPPED.css("klar") + ":root{--kern-color-action-default:light-dark(#0f5260, #0f5260)}"
    problems = check_contrast(css)
    assert {problem.split(":")[0] for problem in problems} == {"dark"}


def test_references_are_followed_and_circles_end() -> None:
    whole = SHIPPED.css("klar")
    borrowed = ":root{--bk-accent:var(--kern-color-action-default);--bk-on-accent:var(--on)}"
    assert check_contrast(f"{whole}{borrowed}:root{{--on:var(--kern-color-action-on-default)}}") == []
    circle = check_contrast(whole + ":root{--bk-accent:var(--bk-deep);--bk-deep:var(--bk-accent)}")
    assert [problem for problem in circle if "cannot be judged" in problem] != []


def test_a_sheet_without_the_tokens_is_refused() -> None:
    assert len(check_contrast(":root{}")) > 10
