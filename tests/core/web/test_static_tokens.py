"""The stylesheets read only tokens that the house theme sets, and speak names that KERN really has."""

import re
from pathlib import Path

import baukasten
from baukasten.web.assets.catalogues import CHECKOUT

CORE = Path(baukasten.__file__).parent
SHEETS = [*(CORE / "static/css").glob("*.css"), CHECKOUT / "plugins/forum/baukasten_forum/static/forum.css"]
TOKENS = (CHECKOUT / "themes/klar/tokens.css").read_text(encoding="utf-8")
KERN = CORE / "web/assets/node_modules/@kern-ux/native/dist/kern.css"
FEEDBACK = ("info", "success", "warning", "danger")
KERN_NAMES = {
    "--kern-color-action-default",
    "--kern-color-action-focus-default",
    "--kern-color-action-on-default",
    "--kern-color-layout-background-default",
    "--kern-color-layout-background-hued",
    "--kern-color-layout-border",
    "--kern-color-layout-text-default",
    "--kern-color-layout-text-muted",
    "--kern-metric-border-radius-default",
    "--kern-typography-font-family-default",
    *(f"--kern-color-feedback-{kind}" for kind in FEEDBACK),
    *(f"--kern-color-feedback-{kind}-background" for kind in FEEDBACK),
}


def names(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def test_house_theme_speaks_kern() -> None:
    assert names(r"(--kern-[a-z0-9-]+)\s*:", TOKENS) == KERN_NAMES
    # The package is there where the assets were built; then the names are held against it.
    if KERN.is_file():
        assert KERN_NAMES - names(r"(--kern-[a-z0-9-]+)\s*:", KERN.read_text(encoding="utf-8")) == set()


def test_other_themes_set_only_known_tokens() -> None:
    read = set().union(
        *(names(r"var\((--(?:kern|bk)-[a-z0-9-]+)", path.read_text("utf-8")) for path in SHEETS)
    )
    for path in CHECKOUT.glob("themes/*/tokens.css"):
        unread = names(r"(--[a-z0-9-]+)\s*:", path.read_text(encoding="utf-8")) - read
        assert unread == set(), path.parent.name


def test_every_token_without_fallback_is_set_by_the_house_theme() -> None:
    needed = set().union(
        *(names(r"var\((--(?:kern|bk)-[a-z0-9-]+)\)", path.read_text("utf-8")) for path in SHEETS)
    )
    assert needed - names(r"(--[a-z0-9-]+)\s*:", TOKENS) == set()


def test_light_values_stand_first_for_old_browsers() -> None:
    plain, _, newer = TOKENS.partition("@supports")
    assert "light-dark(" not in plain.partition(":root")[2]
    assert names(r"(--[a-z0-9-]+)\s*:", newer) - names(r"(--[a-z0-9-]+)\s*:", plain) == set()


def test_templates_carry_no_inline_style_or_script() -> None:
    folders = [CORE / "templates", CHECKOUT / "plugins/forum/baukasten_forum/templates"]
    pages = [path for folder in folders for path in folder.rglob("*.*")]
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:")
    assert [path.name for path in pages if inline.search(path.read_text(encoding="utf-8"))] == []


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = names(r'<symbol id="([a-z-]+)"', (CORE / "static/icons.svg").read_text(encoding="utf-8"))
    folders = [CORE / "templates", CHECKOUT / "plugins/forum/baukasten_forum/templates"]
    used = {
        name
        for folder in folders
        for path in folder.rglob("*.html")
        for name in names(r"icon(?:_name=|\()'([a-z-]+)'", path.read_text(encoding="utf-8"))
    }
    assert used - sprite == set()
