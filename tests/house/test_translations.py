"""Every text has a German translation that says the same with the same placeholders, and the catalogues compile."""

import os
import re
import time
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from baukasten.web.assets import catalogues
from baukasten.web.assets.messages import domain_of, main, messages, packages, translated
from tests.house.tree import ROOT

PACKAGES = packages(ROOT)
# %(name)s, %s and {name}; a lost one shows a gap to the reader, an invented one breaks the page.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
GERMAN = "translations/de/LC_MESSAGES/{}.po"


def german(package: Path) -> Catalog:
    path = package / GERMAN.format(domain_of(package))
    with path.open("rb") as stream:
        return read_po(stream, locale="de", domain=domain_of(package), abort_invalid=True)


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def untranslated(wanted: Catalog, given: Catalog) -> list[str]:
    found = []
    for message in texts(wanted):
        translation = given.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        if translation is None or not translated(translation):
            found.append(str(message.id))
    return found


def differing_placeholders(catalogue: Catalog) -> list[str]:
    """Name the texts whose translation names other values than the original's last form does."""
    found = []
    for message in texts(catalogue):
        originals = forms(message.id)
        allowed = {placeholder for text in originals for placeholder in PLACEHOLDER.findall(text)}
        needed = set(PLACEHOLDER.findall(originals[-1]))
        given = [set(PLACEHOLDER.findall(text)) for text in forms(message.string) if text]
        # "One reply" may leave the number out, the many may not.
        if any(names - allowed for names in given) or (given and needed - given[-1]):
            found.append(str(message.id))
    return found


@pytest.mark.parametrize("package", PACKAGES, ids=domain_of)
def test_every_text_is_translated(package):
    assert untranslated(messages(package), german(package)) == []


@pytest.mark.parametrize("package", PACKAGES, ids=domain_of)
def test_no_translation_lost_its_text(package):
    used = {message.id for message in texts(messages(package))}
    assert [message.id for message in texts(german(package)) if message.id not in used] == []


@pytest.mark.parametrize("package", PACKAGES, ids=domain_of)
def test_placeholders_are_the_same(package):
    assert differing_placeholders(german(package)) == []


@pytest.fixture
def checkout(tmp_path):
    """A small checkout: one room, one template, a catalogue that knows one of three texts."""
    package = tmp_path / "core/baukasten"
    (package / "translations/de/LC_MESSAGES").mkdir(parents=True)
    (package / "templates").mkdir()
    (package / "room.py").write_text('TITLE = _("Title")\n')
    (package / "templates/room.html").write_text(
        "{{ _('Hello %(name)s', name=name) }}{% trans n=n %}One reply{% pluralize %}%(n)s replies{% endtrans %}"
    )
    (package / GERMAN.format("core")).write_text('msgid ""\nmsgstr ""\n\nmsgid "Title"\nmsgstr "Titel"\n')
    return tmp_path


def test_missing_translations_are_found(checkout):
    package = checkout / "core/baukasten"
    missing = untranslated(messages(package), german(package))
    assert sorted(missing) == ["('One reply', '%(n)s replies')", "Hello %(name)s"]


def test_a_wrong_placeholder_is_found():
    catalogue = Catalog()
    catalogue.add("Hello %(name)s", "Hallo %(nmae)s")
    catalogue.add("{count} topics", "viele Themen")
    catalogue.add(("One reply", "%(n)s replies"), ("Eine Antwort", "%(n)s Antworten"))
    assert differing_placeholders(catalogue) == ["Hello %(name)s", "{count} topics"]


def test_update_adds_new_texts_and_drops_old_ones(checkout, capsys):
    package = checkout / "core/baukasten"
    (package / "room.py").write_text('TITLE = _("Heading")\n')
    assert main(checkout) == 0
    assert (
        capsys.readouterr().out == f"core/baukasten/{GERMAN.format('core')}: 3 texts wait for a translation\n"
    )
    assert {str(message.id) for message in texts(german(package))} == {
        "Heading",
        "Hello %(name)s",
        "('One reply', '%(n)s replies')",
    }
    main(checkout)
    assert capsys.readouterr().out == ""


def test_catalogues_compile_once_and_answer(checkout, capsys):
    assert catalogues.main(checkout) == 0
    compiled = checkout / "core/baukasten/translations/de/LC_MESSAGES/core.mo"
    with compiled.open("rb") as stream:
        assert GNUTranslations(stream).gettext("Title") == "Titel"
    catalogues.main(checkout)
    assert capsys.readouterr().out == "Compiled 1 of 1 catalogues\nCompiled 0 of 1 catalogues\n"


def test_words_written_while_a_catalogue_is_compiled_are_not_missed(checkout):
    source = checkout / "core/baukasten" / GERMAN.format("core")
    for minutes in (2, 1):
        # The second edit is older than the compiled file, as one is that came in between.
        moment = time.time() - 60 * minutes
        os.utime(source, (moment, moment))
        assert catalogues.stale(source)
        catalogues.compile_one(source)
        assert not catalogues.stale(source)


def test_a_malformed_catalogue_stops_the_build(checkout, capsys):
    source = checkout / "core/baukasten" / GERMAN.format("core")
    source.write_text('msgid "Title"\nTitel\n')
    assert catalogues.main(checkout) == 1
    assert capsys.readouterr().err.startswith(f"core/baukasten/{GERMAN.format('core')}: ")
    assert not source.with_suffix(".mo").exists()
