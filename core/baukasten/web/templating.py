"""Pages and mails from templates: theme before parent theme before plugin before core."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from flask import current_app, has_request_context
from jinja2 import BaseLoader, Environment, Template, TemplateNotFound
from jinja2.loaders import split_template_path
from markupsafe import Markup

from baukasten.web.environments import (
    HTML,
    HTMLS,
    SUFFIXES,
    TEXT,
    TEXTS,
    HouseEnvironment,
    MemoryCache,
    ThemeEnvironment,
)
from baukasten.web.formats import true_until
from baukasten.web.here import here
from baukasten.web.i18n import CORE, Translator, current, speaking
from baukasten.web.page import Page
from baukasten.web.pagecache import valid_until
from baukasten.web.platform import platform
from baukasten.web.theming import HOUSE, Theme, Themes

EXTENSION = "baukasten.templates"
CORE_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
BELOW = "below:"
"""``below:<theme>/<template>`` names what a theme's template stands in front of."""


class LayerLoader(BaseLoader):
    """Finds a template in the layers of one theme and gives it to the environment it belongs to."""

    def __init__(self, chain: tuple[Theme, ...], plugins: Mapping[str, Path], core: Path) -> None:
        """Take the theme with its ancestors, the plugins' package folders and the core's templates."""
        self._chain = chain
        self._plugins = plugins
        self._core = core
        self.house: Environment | None = None
        self.theme: Environment | None = None

    def find(self, name: str) -> tuple[Path, bool]:
        """Give a template's file, and whether a theme brings it; raises TemplateNotFound."""
        chain, plain = self._chain, name
        if name.startswith(BELOW):
            owner, _, plain = name.removeprefix(BELOW).partition("/")
            names = [theme.name for theme in chain]
            if owner not in names:
                raise TemplateNotFound(name)
            chain = chain[names.index(owner) + 1 :]
        parts = split_template_path(plain)
        if not parts or not plain.endswith(SUFFIXES):
            raise TemplateNotFound(name)
        for theme in chain:
            path = theme.templates.joinpath(*parts)
            if path.is_file():
                return path, True
        # A plugin fills its own folder and no other, so that it cannot replace a page of the core.
        folder = self._plugins[parts[0]] / "templates" if parts[0] in self._plugins else self._core
        path = folder.joinpath(*parts)
        if not path.is_file():
            raise TemplateNotFound(name)
        return path, False

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, None]:
        """Read a template."""
        path, _is_theme = self.find(template)
        return path.read_text(encoding="utf-8"), str(path), None

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:  # noqa: A002 - Jinja's name
        """Give a template; one of a theme always comes from the sandbox, whoever asks for it."""
        home = self.theme if self.find(name)[1] else self.house
        if home is None or environment is home:
            return super().load(environment, name, globals)
        return home.get_template(name)

    def domain_of(self, name: str) -> str:
        """Give the catalogue of a template: that of the plugin whose folder it lies in, else the core's."""
        if name.startswith(BELOW):
            name = name.partition("/")[2]
        first = name.partition("/")[0]
        return first if first in self._plugins else CORE


class Templates:
    """All templates of an installation, in all its themes."""

    def __init__(
        self,
        plugins: Mapping[str, Path],
        themes: Themes,
        functions: Mapping[str, Callable[..., Any]],
        page: Callable[[], Page] = Page,
        core: Path = CORE_TEMPLATES,
    ) -> None:
        """Take plugins by package folder, functions that templates may call, and who builds a page's frame."""
        self.page = page
        self._plugins, self._core = dict(plugins), core
        self._themes = themes
        self._functions = {**FORMATS, **functions}
        self._compiled = MemoryCache()
        self._environments: dict[str, Environment] = {}

    def render(self, template: str, theme: str = HOUSE, /, **values: Any) -> str:
        """Fill a template; raises TemplateNotFound, and UndefinedError for a value that the view forgot."""
        return self.environment(theme).get_template(template).render(values)

    def render_mail(
        self, template: str, translator: Translator, theme: str = HOUSE, /, **values: Any
    ) -> tuple[str, str]:
        """Fill ``<template>.txt`` and ``<template>.html`` in the reader's language; without a request.

        Gives plain text and HTML; "" for an HTML part that does not exist. Addresses must come as values.
        """
        environment = self.environment(theme)
        with speaking(translator):
            spoken = {"language": translator.spoken, **values}
            text = environment.get_template(f"{template}.txt").render(spoken)
            try:
                html = environment.get_template(f"{template}.html")
            except TemplateNotFound as error:
                if error.name != f"{template}.html":
                    raise
                return text, ""
            return text, html.render(spoken)

    def environment(self, theme: str) -> Environment:
        """Give the environment that begins a page in this theme; built when first asked for."""
        found = self._environments.get(theme)
        if found is None:
            known = theme if theme in self._themes else HOUSE
            found = self._environments.get(known) or self._build(known)
            self._environments[known] = found
        return found

    def _build(self, theme: str) -> Environment:
        loader = LayerLoader(self._themes.chain(theme), self._plugins, self._core)
        house = loader.house = HouseEnvironment(loader, loader.domain_of, self._compiled)
        inner = {HTML: _html, HTMLS: _htmls, TEXT: _text, TEXTS: _texts}
        allowed = {**self._functions, **inner}
        sandbox = loader.theme = ThemeEnvironment(loader, loader.domain_of, allowed)
        for environment in (house, sandbox):
            environment.globals |= allowed
            environment.filters |= FORMATS
        return house


def render(template: str, /, **values: Any) -> str:
    """Fill a template with the frame of the current request; ``title`` becomes the page's title."""
    templates = cast("Templates", current_app.extensions[EXTENSION])
    page = values.get("page") or templates.page()
    if values.get("title"):
        page.title = str(values["title"])
    values["page"] = page
    return templates.render(template, page.theme, **values)


def part(template: str, /, **values: Any) -> Markup:
    """Fill a part of a page, without the frame, in the look and language of the current request."""
    templates = cast("Templates", current_app.extensions[EXTENSION])
    site = here().site
    return Markup(templates.render(template, site.theme if site else HOUSE, **values))  # noqa: S704 - a template's


def kept_part(key: tuple[Any, ...], template: str, load: Callable[[], Mapping[str, Any]]) -> Markup:
    """Fill a part that all readers of the town see alike, once a generation, language and look.

    ``key`` begins with the plugin's or room's name; ``load`` is called only when the part has to be filled.
    """
    place = here()
    whole = (*key, template, place.language, place.tenant.theme)
    return platform().parts.get(place.tenant.id, whole, lambda: part(template, **load()))


def _html(domain: str, message: str, **values: Any) -> Markup:
    return current().marked(domain, message, **values)


def _htmls(domain: str, singular: str, plural: str, count: int, **values: Any) -> Markup:
    return current().marked_plural(domain, singular, plural, count, **values)


def _text(domain: str, message: str, **values: Any) -> str:
    return current().gettext(domain, message, **values)


def _texts(domain: str, singular: str, plural: str, count: int, **values: Any) -> str:
    return current().ngettext(domain, singular, plural, count, **values)


def _date(value: date) -> str:
    return current().date(value)


def _month(moment: datetime) -> str:
    return current().month(moment)


def _datetime(moment: datetime) -> str:
    return current().datetime(moment)


def _time(moment: datetime) -> str:
    return current().time(moment)


def _number(number: float) -> str:
    return current().number(number)


def _ago(moment: datetime) -> str:
    # A kept page must not say "five minutes ago" tomorrow.
    if has_request_context():
        valid_until(true_until(moment))
    return current().ago(moment)


FORMATS: dict[str, Callable[..., Any]] = {
    "date": _date,
    "month": _month,
    "datetime": _datetime,
    "time": _time,
    "ago": _ago,
    "number": _number,
}
"""Functions and filters of all templates."""
