"""Templates come from the right layer, speak the right language, and let nothing through unescaped."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from baukasten import clock
from baukasten.plugin.text import lazy
from baukasten.web.i18n import Catalogues, speaking
from baukasten.web.page import Page
from baukasten.web.templating import EXTENSION, Templates, render
from baukasten.web.theming import Theme, Themes
from tests.core.web.test_i18n import write

NOON = dt.datetime(2026, 5, 3, 12, 30, tzinfo=dt.UTC)


class House:
    """A small installation on disk: core, a plugin ``forum``, themes ``klar`` and ``meer`` (a child)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        write(root / "core", "de", "core", Hello="Hallo %(name)s", Save="Sichern")
        write(root / "forum", "de", "forum", Save="Thema sichern")
        self.texts: Catalogues = Catalogues({"core": root / "core", "forum": root / "forum"})
        self.themes = Themes([
            Theme("klar", "Klar", root / "themes/klar"),
            Theme("meer", "Meer", root / "themes/meer", "klar"),
        ])  # fmt: skip
        self.functions: dict[str, Any] = {"static": lambda path, plugin=None: f"/static/{plugin or ''}{path}"}

    def put(self, place: str, text: str) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def core(self, name: str, text: str) -> None:
        self.put(f"core/templates/{name}", text)

    def theme(self, name: str, text: str, theme: str = "klar") -> None:
        self.put(f"themes/{theme}/templates/{name}", text)

    def templates(self) -> Templates:
        plugins = {"forum": self.root / "forum"}
        return Templates(plugins, self.themes, self.functions, core=self.root / "core/templates")

    def show(self, name: str, theme: str = "klar", /, **values: Any) -> str:
        with speaking(self.texts.translator("de")):
            return self.templates().render(name, theme, **values)

    def say(self, text: str, /, **values: Any) -> str:
        self.core("page.html", text)
        return self.show("page.html", **values)

    def say_themed(self, text: str, /, **values: Any) -> str:
        self.theme("page.html", text)
        return self.show("page.html", **values)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_the_order_is_theme_parent_theme_plugin_core(house: House) -> None:
    house.core("a.html", "core")
    house.put("forum/templates/forum/a.html", "plugin")
    assert (house.show("a.html", "meer"), house.show("forum/a.html", "meer")) == ("core", "plugin")
    house.theme("forum/a.html", "parent")
    assert (house.show("forum/a.html", "meer"), house.show("forum/a.html", "klar")) == ("parent", "parent")
    house.theme("forum/a.html", "child", "meer")
    assert (house.show("forum/a.html", "meer"), house.show("forum/a.html", "klar")) == ("child", "parent")
    assert house.show("forum/a.html", "a theme that is gone") == "parent"


def test_a_plugin_fills_its_own_folder_alone(house: House) -> None:
    house.put("forum/templates/base.html", "stolen")
    house.core("forum/a.html", "core")
    for name in ("base.html", "forum/a.html"):
        with pytest.raises(TemplateNotFound):
            house.show(name)


@pytest.mark.parametrize(
    "name", ["../secret.html", "forum/../../secret.html", "", "a.py", "below:gone/a.html"]
)
def test_nothing_outside_is_found(house: House, name: str) -> None:
    house.put("secret.html", "secret")
    house.put("forum/secret.html", "secret")
    house.core("a.py", "secret")
    house.core("a.html", "core")
    with pytest.raises(TemplateNotFound):
        house.show(name)


def test_a_theme_may_wrap_what_lies_below(house: House) -> None:
    house.core("base.html", "<{% block main %}core{% endblock %}>")
    house.put("forum/templates/forum/a.html", '{% extends "base.html" %}{% block main %}plugin{% endblock %}')
    house.theme(
        "forum/a.html", '{% extends "below:klar/forum/a.html" %}{% block main %}[{{ super() }}]{% endblock %}'
    )
    house.theme(
        "forum/a.html",
        '{% extends "below:meer/forum/a.html" %}{% block main %}({{ super() }}){% endblock %}',
        "meer",
    )
    assert house.show("forum/a.html", "meer") == "<([plugin])>"


def test_a_core_page_extends_the_themes_frame(house: House) -> None:
    house.core("base.html", "core")
    house.core("page.html", '{% extends "base.html" %}{% block main %}{{ _("Save") }}{% endblock %}')
    house.theme("base.html", "theme:{% block main %}{% endblock %}")
    assert house.show("page.html") == "theme:Sichern"


def test_texts_come_from_the_catalogue_of_the_templates_folder(house: House) -> None:
    text = '{{ _("Save") }}, {{ gettext("Hello", name=name) }}'
    house.core("page.html", text)
    house.put("forum/templates/forum/page.html", text + '{% include "page.html" %}')
    assert house.show("page.html", name="Ada") == "Sichern, Hallo Ada"
    assert house.show("forum/page.html", name="Ada") == "Thema sichern, Hallo AdaSichern, Hallo Ada"
    house.theme("forum/page.html", text)
    assert house.show("forum/page.html", name="Ada") == "Thema sichern, Hallo Ada"


def test_macros_speak_for_their_own_template(house: House) -> None:
    house.core("ui.html", '{% macro save(x) %}<b>{{ _("Save") }}{{ x }}</b>{% endmacro %}')
    house.put("forum/templates/forum/page.html", '{% import "ui.html" as ui with context %}{{ ui.save(x) }}')
    assert house.show("forum/page.html", x="<i>") == "<b>Sichern&lt;i&gt;</b>"


def test_counts(house: House) -> None:
    assert house.say('{{ ngettext("%(num)s dog", "%(num)s dogs", 1500) }}') == "1.500 Hunde"
    assert house.say('{{ ngettext("%(num)s dog of %(x)s", "%(num)s dogs of %(x)s", 2, x="<i>") }}') == (
        "2 dogs of &lt;i&gt;"
    )


def test_everything_is_escaped_but_what_is_safe(house: House) -> None:
    evil = "<script>alert(1)</script>"
    shown = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert house.say('{{ x }}|{{ _("Hello", name=x) }}', x=evil) == f"{shown}|Hallo {shown}"
    assert house.say("{{ x }}", x=Markup("<b>x</b>")) == "<b>x</b>"


def test_lazy_texts_are_translated_and_escaped_when_shown(house: House) -> None:
    label = lazy("forum")("Save")
    assert house.say("{{ x }}|{{ 'a' ~ x }}", x=label) == "Thema sichern|aThema sichern"
    assert house.say("{{ x }}|{{ '<' ~ x }}", x=lazy("forum")("<i>")) == "&lt;i&gt;|&lt;&lt;i&gt;"


@pytest.mark.parametrize(
    "text",
    [
        "{{ _(x) }}",
        "{{ _('a' ~ x) }}",
        "{{ _('a', x) }}",
        "{{ _(*x) }}",
        "{{ ngettext('a', x, 2) }}",
        "{{ ngettext('a', 'b') }}",
        "{% set say = _ %}{{ say(x) }}",
        "{{ [x]|map(_)|list }}",
        "{{ _html('core', x) }}",
        "{% set _html = 1 %}",
        "{{ x|safe }}",
        "{% filter safe %}{{ x }}{% endfilter %}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
    ],
)
@pytest.mark.parametrize("themed", [False, True])
def test_no_way_around_escaping_compiles(house: House, text: str, *, themed: bool) -> None:
    with pytest.raises(TemplateSyntaxError):
        (house.say_themed if themed else house.say)(text, x="<i>")


def test_a_value_that_the_view_forgot_is_an_error(house: House) -> None:
    with pytest.raises(UndefinedError):
        house.say("{{ missing }}")


class Row:
    """As an object of the database's mapper looks to a template."""

    __mapper__ = "mapper"
    metadata = "tables"
    title = "Titel"

    def delete(self) -> str:
        return "deleted"


class Value:
    """A plain value with a method."""

    def path(self) -> str:
        return "/pfad"


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ x|attr('__class__') }}",
        "{{ [x]|map(attribute='__class__')|first }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ x.delete() }}",
        "{{ x.metadata }}",
        "{{ f() }}",
        "{{ f.__globals__ }}",
        "{{ kind() }}",
        "{{ items.append(1) }}",
        "{{ range(10000000)|list }}",
        "{{ self._TemplateReference__context }}",
    ],
)
def test_a_theme_reaches_nothing_but_values(house: House, text: str) -> None:
    values = {"x": Row(), "f": lambda: "called", "kind": Value, "items": []}
    with pytest.raises((SecurityError, UndefinedError, OverflowError)):
        house.say_themed(text, **values)
    assert values["items"] == []


def test_filters_that_make_html_are_not_for_themes(house: House) -> None:
    for name in ("tojson", "xmlattr"):
        with pytest.raises(TemplateSyntaxError):
            house.say_themed(f"{{{{ x|{name} }}}}", x={})


def test_a_theme_uses_what_pages_are_made_of(house: House) -> None:
    text = (
        "{% macro part(a) %}[{{ a }}{{ caller() }}]{% endmacro %}"
        "{% call part(1) %}x{% endcall %}{{ static('a.svg') }}{{ x.title }}{{ value.path() }}"
        "{% for k, v in pairs.items() %}{{ loop.cycle('a', 'b') }}{{ k }}{{ v }}{% endfor %}"
        "{{ when|date }}{{ when.isoformat()[:4] }}{{ 'a-b'.replace('-', '+') }}{{ range(2)|list }}"
        "{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}{{ dict(a=1).get('a') }}"
    )
    values = {"x": Row(), "value": Value(), "pairs": {"p": 1, "q": 2}, "when": NOON}
    expected = "[1x]/static/a.svgTitel/pfadap1bq23. Mai 20262026a+b[0, 1]21"
    assert house.say_themed(text, **values) == expected


def test_dates_and_numbers_as_functions_and_filters(house: House) -> None:
    with clock.turned(NOON):
        shown = house.say(
            "{{ date(x) }}|{{ x|datetime }}|{{ x|time }}|{{ ago(x) }}|{{ 4212|number }}",
            x=NOON - dt.timedelta(hours=3),
        )
    assert shown == "3. Mai 2026|3. Mai 2026, 11:30|11:30|vor 3 Stunden|4.212"


def test_a_mail_has_two_parts_in_the_readers_language(house: House) -> None:
    house.put(
        "forum/templates/forum/mail/reply.txt", '{{ _("Save") }} {{ _("Hello", name=x) }} {{ label }}\n'
    )
    house.put(
        "forum/templates/forum/mail/reply.html", '<p lang="{{ language.lang }}">{{ _("Hello", name=x) }}</p>'
    )
    house.put("forum/templates/forum/mail/short.txt", "kurz")
    templates = house.templates()
    german, english = house.texts.translator("de"), house.texts.translator("en")
    values = {"x": "A & B", "label": lazy("forum")("Save")}
    assert templates.render_mail("forum/mail/reply", german, **values) == (
        "Thema sichern Hallo A & B Thema sichern",
        '<p lang="de">Hallo A &amp; B</p>',
    )
    assert templates.render_mail("forum/mail/reply", english, **values)[0] == "Save Hello Save"
    assert templates.render_mail("forum/mail/short", german) == ("kurz", "")
    with pytest.raises(TemplateNotFound):
        templates.render_mail("forum/mail/none", german)


def test_in_a_request_the_frame_comes_along(house: House) -> None:
    house.core("page.html", "{{ page.title }}|{{ page.theme }}|{{ x }}")
    house.theme("page.html", "meer:{{ page.title }}", "meer")
    templates = house.templates()
    templates.page = lambda: Page(theme="klar")
    app = Flask(__name__)
    app.extensions[EXTENSION] = templates
    with app.test_request_context():
        assert render("page.html", title="Titel", x=1) == "Titel|klar|1"
        assert render("page.html", page=Page("Anders", theme="meer")) == "meer:Anders"


def test_a_page_that_says_how_long_ago_is_true_for_a_while_only(house: House) -> None:
    house.core("page.html", "{{ x|ago }}")
    app = Flask(__name__)
    with app.test_request_context(), clock.turned(NOON):
        house.show("page.html", x=NOON - dt.timedelta(minutes=5, seconds=20))
        assert g.valid_until == NOON + dt.timedelta(seconds=40)
