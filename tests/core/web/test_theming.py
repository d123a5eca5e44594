"""Themes are data: read, checked, laid over their parents."""

from pathlib import Path

import pytest

from baukasten.web.theming import ThemeError, Themes, load_themes


def theme(folder: Path, name: str, parent: str = "", css: str = "", /, **more: str) -> None:
    path = folder / name
    path.mkdir(parents=True)
    lines = {"name": name, "title": name.title(), "parent": parent, **more}
    (path / "theme.toml").write_text("".join(f'{k} = "{v}"\n' for k, v in lines.items()), encoding="utf-8")
    (path / "tokens.css").write_text(css, encoding="utf-8")


def test_a_theme_lies_over_its_parents(tmp_path: Path) -> None:
    theme(tmp_path, "klar", "", ":root{--a:1}")
    theme(tmp_path, "meer", "klar", ":root{--a:2}")
    theme(tmp_path, "hafen", "meer", ":root{--a:3}")
    themes = load_themes(tmp_path)
    assert [one.name for one in themes.chain("hafen")] == ["hafen", "meer", "klar"]
    assert themes.css("hafen") == ":root{--a:1}\n:root{--a:2}\n:root{--a:3}"
    assert themes.names() == ["hafen", "klar", "meer"]


def test_the_address_changes_with_the_tokens_of_any_ancestor(tmp_path: Path) -> None:
    theme(tmp_path / "one", "klar", "", ":root{--a:1}")
    theme(tmp_path / "one", "meer", "klar")
    theme(tmp_path / "two", "klar", "", ":root{--a:2}")
    theme(tmp_path / "two", "meer", "klar")
    one, two = load_themes(tmp_path / "one"), load_themes(tmp_path / "two")
    assert one.css_url("meer") != two.css_url("meer")
    digest = one.css_url("meer").removeprefix("/theme/").removesuffix(".css")
    assert (one.css_at(digest), two.css_at(digest)) == (one.css("meer"), None)


def test_a_theme_that_is_gone_looks_like_the_house(tmp_path: Path) -> None:
    theme(tmp_path, "klar", "", ":root{--a:1}")
    themes = load_themes(tmp_path)
    assert themes.css_url("gone") == themes.css_url("klar")
    assert themes.chain("gone") == themes.chain("klar")
    assert (Themes(()).css_url("gone"), Themes(()).chain("gone")) == ("", ())


def test_equal_tokens_share_an_address(tmp_path: Path) -> None:
    theme(tmp_path, "klar", "", ":root{--a:1}")
    theme(tmp_path, "twin", "", ":root{--a:1}")
    themes = load_themes(tmp_path)
    assert themes.css_url("klar") == themes.css_url("twin") != ""


def test_circles_and_orphans_are_refused_by_name(tmp_path: Path) -> None:
    theme(tmp_path / "a", "meer", "hafen")
    theme(tmp_path / "a", "hafen", "meer")
    with pytest.raises(ThemeError, match=r"theme \w+: its parents run in a circle"):
        load_themes(tmp_path / "a")
    theme(tmp_path / "b", "meer", "gone")
    with pytest.raises(ThemeError, match="theme meer: the parent gone does not exist"):
        load_themes(tmp_path / "b")


@pytest.mark.parametrize(
    "css",
    [
        "@import 'x.css';",
        ":root{--a:url(https://elsewhere.example/x)}",
        ":root{--a:URL (x)}",
        ":root{--a:</style>}",
        ":root{--a:u\\72l(x)}",
    ],
)
def test_tokens_load_nothing(tmp_path: Path, css: str) -> None:
    theme(tmp_path, "klar", "", css)
    with pytest.raises(ThemeError, match=r"theme klar: .* does not belong"):
        load_themes(tmp_path)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"script": "x.py"}, "unknown keys: script"),
        ({"name": "other"}, "name must be that of its folder"),
        ({"tokens": "../../secret.css"}, "outside its folder"),
    ],
)
def test_a_strange_description_is_refused(tmp_path: Path, more: dict[str, str], reason: str) -> None:
    (tmp_path / "secret.css").write_text("", encoding="utf-8")
    theme(tmp_path / "themes", "klar", **more)
    with pytest.raises(ThemeError, match=reason):
        load_themes(tmp_path / "themes")


def test_a_broken_description_is_named(tmp_path: Path) -> None:
    theme(tmp_path, "klar")
    (tmp_path / "klar/theme.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ThemeError, match=r"theme klar: theme\.toml cannot be read"):
        load_themes(tmp_path)


def test_the_house_theme_is_shipped() -> None:
    themes = load_themes()
    assert (themes["klar"].title, themes["klar"].parent) == ("Klar", "")
