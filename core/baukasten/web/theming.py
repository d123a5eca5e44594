"""Themes: folders of data (tokens, pictures, templates) that change how a town looks and never run code."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from baukasten.errors import BaukastenError
from baukasten.web.contrast import check_contrast, without_comments

HOUSE = "klar"
CHECKOUT = Path(__file__).resolve().parents[3] / "themes"
INSTALLED = Path(__file__).resolve().parents[1] / "themes"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_KEYS = frozenset({"name", "title", "parent", "tokens"})
# Tokens load nothing; a backslash could hide that one does.
_FORBIDDEN = re.compile(r"@import|url\s*\(|expression\s*\(|</|\\", re.IGNORECASE)


class ThemeError(BaukastenError):
    """A theme that cannot be used; the message names theme and reason."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme as it lies in its folder."""

    name: str
    title: str
    folder: Path
    parent: str = ""
    tokens: str = ""
    """The content of its own sheet of tokens."""

    @property
    def templates(self) -> Path:
        """Folder of templates that stand in front of those of plugins and core."""
        return self.folder / "templates"


class Themes(Mapping[str, Theme]):
    """All themes of the installation, with their ancestors resolved."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        """Take the themes; raises ThemeError for an unknown parent or a circle."""
        self._themes = {theme.name: theme for theme in themes}
        self._chains = {name: self._chain(name) for name in self._themes}
        self._css = {
            name: "\n".join(one.tokens for one in reversed(self.chain(name))) for name in self._themes
        }
        self._hashes = {
            hashlib.sha256(css.encode()).hexdigest()[:16]: name for name, css in self._css.items()
        }
        self._urls = {name: f"/theme/{digest}.css" for digest, name in self._hashes.items()}
        for name, css in self._css.items():
            # Two themes with equal tokens share one address.
            self._urls.setdefault(name, f"/theme/{hashlib.sha256(css.encode()).hexdigest()[:16]}.css")

    def __getitem__(self, name: str) -> Theme:
        return self._themes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._themes)

    def __len__(self) -> int:
        return len(self._themes)

    def names(self) -> list[str]:
        """Give the names in alphabetical order."""
        return sorted(self._themes)

    def chain(self, name: str) -> tuple[Theme, ...]:
        """Give a theme and its ancestors, nearest first; the house theme's for a name that is gone."""
        return self._chains.get(name) or self._chains.get(HOUSE, ())

    def css(self, name: str) -> str:
        """Give the tokens of a theme, its ancestors' first."""
        return self._css[name]

    def css_url(self, name: str) -> str:
        """Give the address of the tokens, which changes with them; the house theme's for a name that is gone."""
        return self._urls.get(name) or self._urls.get(HOUSE, "")

    def css_at(self, digest: str) -> str | None:
        """Give the tokens behind an address."""
        name = self._hashes.get(digest)
        return None if name is None else self._css[name]

    def problems(self, name: str) -> list[str]:
        """Name what cannot be read in a theme, in light and in dark."""
        return check_contrast(self._css[name])

    def _chain(self, name: str) -> tuple[Theme, ...]:
        found: list[Theme] = []
        step = name
        while step:
            if step not in self._themes:
                raise ThemeError(f"theme {name}: the parent {step} does not exist")
            if self._themes[step] in found:
                raise ThemeError(f"theme {name}: its parents run in a circle")
            found.append(self._themes[step])
            step = self._themes[step].parent
        return tuple(found)


def theme_folders() -> list[Path]:
    """Give the folders where themes lie: of the installed package, else of the checkout."""
    return [folder for folder in (INSTALLED, CHECKOUT) if folder.is_dir()][:1]


def load_themes(*folders: Path) -> Themes:
    """Read all themes below the folders; raises ThemeError that names the theme at fault."""
    found: dict[str, Theme] = {}
    for folder in folders or theme_folders():
        for described in sorted(folder.glob("*/theme.toml")):
            theme = read_theme(described)
            found[theme.name] = theme
    return Themes(found.values())


def read_theme(described: Path) -> Theme:
    """Read one theme from its ``theme.toml``; raises ThemeError."""
    folder = described.parent
    try:
        values = tomllib.loads(described.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"theme {folder.name}: theme.toml cannot be read: {error}") from error
    if unknown := sorted(set(values) - _KEYS):
        raise ThemeError(f"theme {folder.name}: theme.toml has unknown keys: {', '.join(unknown)}")
    if values.get("name") != folder.name or not _NAME.fullmatch(folder.name):
        raise ThemeError(f"theme {folder.name}: the name must be that of its folder, in small letters")
    return Theme(
        name=folder.name,
        title=str(values.get("title") or folder.name),
        folder=folder,
        parent=str(values.get("parent", "")),
        tokens=_tokens(folder, str(values.get("tokens", "tokens.css"))),
    )


def _tokens(folder: Path, name: str) -> str:
    """Read a sheet that sets tokens and nothing else."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ThemeError(f"theme {folder.name}: the tokens lie outside its folder")
    if not path.is_file():
        return ""
    css = path.read_text(encoding="utf-8")
    if found := _FORBIDDEN.search(without_comments(css)):
        raise ThemeError(f"theme {folder.name}: {found[0]} does not belong into a sheet of tokens")
    return css
