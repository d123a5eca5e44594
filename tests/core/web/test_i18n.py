"""Texts come from the domain, then the core, then English; values never become markup."""

import os
from pathlib import Path

import flask_babel
import pytest
from flask import Flask
from markupsafe import Markup

from baukasten.plugin.text import lazy
from baukasten.web.i18n import (
    Catalogues,
    current,
    dgettext,
    init_babel,
    speaking,
    use,
)

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
HEAD += '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'


def write(folder: Path, locale: str, domain: str, **texts: str) -> Path:
    path = folder / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(f'\nmsgid "{key}"\nmsgstr "{value}"\n' for key, value in texts.items())
    plural = '\nmsgid "%(num)s dog"\nmsgid_plural "%(num)s dogs"\nmsgstr[0] "%(num)s Hund"\nmsgstr[1] "%(num)s Hunde"\n'
    path.write_text(HEAD + body + (plural if domain == "core" and locale == "de" else ""), encoding="utf-8")
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Catalogues:
    core, forum = tmp_path / "core", tmp_path / "forum"
    write(core, "de", "core", Save="Sichern", Name="Name", Hello="Hallo %(name)s", Broken="%(nmae)s")
    write(core, "de_SIMPLE", "core", Name="Wie heißen Sie?")
    write(forum, "de", "forum", Save="Thema sichern", Topic="<b>Thema</b>")
    write(forum, "de_Informal", "forum", Topic="Dein Thema")
    return Catalogues({"core": core, "forum": forum, "chat": tmp_path / "chat"})


def test_the_domain_wins_then_the_core_then_english(texts: Catalogues) -> None:
    german = texts.translator("de")
    assert german.gettext("forum", "Save") == "Thema sichern"
    assert german.gettext("core", "Save") == "Sichern"
    assert german.gettext("forum", "Name") == "Name"
    assert german.gettext("chat", "Save") == "Sichern"
    assert german.gettext("stranger", "Save") == "Sichern"
    assert german.gettext("core", "Topic") == "Topic"
    assert german.gettext("forum", "Never written") == "Never written"
    assert texts.translator("en").gettext("forum", "Save") == "Save"


def test_a_variant_replaces_some_texts_and_leaves_the_rest(texts: Catalogues) -> None:
    simple, informal = texts.translator("de-simple"), texts.translator("de-informal")
    assert (simple.gettext("core", "Name"), simple.gettext("core", "Save")) == ("Wie heißen Sie?", "Sichern")
    assert (informal.gettext("forum", "Topic"), informal.gettext("core", "Name")) == ("Dein Thema", "Name")
    assert simple.ngettext("forum", "%(num)s dog", "%(num)s dogs", 2) == "2 Hunde"


def test_counts_choose_the_form_and_are_written_for_people(texts: Catalogues) -> None:
    german = texts.translator("de")
    assert german.ngettext("core", "%(num)s dog", "%(num)s dogs", 1) == "1 Hund"
    assert german.ngettext("chat", "%(num)s dog", "%(num)s dogs", 1200) == "1.200 Hunde"
    assert texts.translator("en").ngettext("core", "%(num)s dog", "%(num)s dogs", 1200) == "1,200 dogs"


def test_a_wrong_placeholder_in_a_translation_does_not_break_the_page(texts: Catalogues) -> None:
    assert texts.translator("de").gettext("core", "Broken", name="Ada") == "Broken"
    assert texts.translator("de").gettext("core", "Hello", name="Ada") == "Hallo Ada"


def test_values_are_escaped_and_safe_html_is_not_escaped_again(texts: Catalogues) -> None:
    german = texts.translator("de")
    assert german.marked("core", "Hello", name="<i>") == Markup("Hallo &lt;i&gt;")
    assert german.marked("core", "Hello", name=Markup("<i>x</i>")) == Markup("Hallo <i>x</i>")
    assert german.marked("forum", "Topic") == Markup("<b>Thema</b>")
    found = german.marked_plural("core", "%(num)s dog", "%(num)s dogs", 2, num="<2>")
    assert (found, type(found)) == (Markup("&lt;2&gt; Hunde"), Markup)


def test_a_catalogue_that_was_edited_since_it_was_compiled_is_read_anew(tmp_path: Path) -> None:
    source = write(tmp_path, "de", "core", Save="Alt")
    compiled = source.with_suffix(".mo")
    compiled.write_bytes(b"not a catalogue")
    os.utime(compiled, (1, 1))
    assert Catalogues({"core": tmp_path}).translator("de").gettext("core", "Save") == "Alt"


def test_lazy_texts_speak_the_language_in_use(texts: Catalogues) -> None:
    label = lazy("forum")("Save")
    with speaking(texts.translator("de")):
        assert (str(label), f"{label}", dgettext("core", "Hello", name="Ada")) == (
            "Thema sichern", "Thema sichern", "Hallo Ada",
        )  # fmt: skip
        with speaking(texts.translator("en")):
            assert (str(label), current().language) == ("Save", "en")
        assert current().language == "de"
    assert (str(label), current().language) == ("Save", "en")


def test_flask_babel_speaks_the_same_language(texts: Catalogues) -> None:
    app = Flask(__name__)
    init_babel(app)
    with app.test_request_context(), speaking(texts.translator("de-simple", "Europe/Lisbon")):
        assert str(flask_babel.get_locale()) == "de"
        assert str(flask_babel.get_timezone()) == "Europe/Lisbon"
        assert flask_babel.format_currency(1234.5, "EUR") == "1.234,50\xa0€"


def test_use_binds_until_the_next_request_binds_anew(texts: Catalogues) -> None:
    with speaking(texts.translator("en")):
        use(texts.translator("de"))
        assert dgettext("core", "Save") == "Sichern"
    assert texts.translator("de") is texts.translator("de")
