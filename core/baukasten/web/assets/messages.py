"""Finds every text that people read, and brings the translation catalogues up to date with them."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from baukasten.web.assets.catalogues import CHECKOUT, sources

METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
# Without this an unreadable template would silently lose its texts.
OPTIONS = {"**/templates/**.*": {"silent": "false"}}
# What npm leaves beside the sources holds no text of ours.
SKIPPED = {"node_modules", "static", "migrations", "__pycache__"}


def domain_of(package: Path) -> str:
    """Return the translation domain of a package: a plugin's name, or `core`."""
    return package.name.removeprefix("baukasten_") if package.name != "baukasten" else "core"


def packages(root: Path = CHECKOUT) -> list[Path]:
    """Return the packages of a checkout that carry texts: the core, then each plugin."""
    return [
        root / "core/baukasten",
        *sorted(path.parent for path in root.glob("plugins/*/baukasten_*/__init__.py")),
    ]


def messages(package: Path) -> Catalog:
    """Return all texts of one package, with the places where each stands."""
    found = Catalog(domain=domain_of(package), project="baukasten", charset="utf-8")
    hits = extract_from_dir(
        package,
        METHODS,
        OPTIONS,
        DEFAULT_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=lambda folder: Path(folder).name not in SKIPPED,
    )
    for name, line, message, comments, context in hits:
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def update(package: Path, root: Path = CHECKOUT) -> list[Path]:
    """Add new texts to the package's catalogues and drop texts that are gone; returns the files that changed."""
    template = messages(package)
    changed = []
    for path in sources(root):
        if not path.is_relative_to(package):
            continue
        before = path.read_bytes()
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=path.parts[-3], domain=template.domain)
        # A guess at a similar text is wrong more often than it helps a translator.
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        with path.open("wb") as stream:
            # Line numbers would change with every edit and hide the real changes.
            write_po(stream, catalogue, width=110, sort_output=True, include_lineno=False)
        if path.read_bytes() != before:
            changed.append(path)
    return changed


def translated(message: Message) -> bool:
    """Tell whether a text has its translation, in every plural form."""
    strings = [message.string] if isinstance(message.string, str) else message.string or [""]
    return not message.fuzzy and all(strings)


def main(root: Path = CHECKOUT) -> int:
    """Update all catalogues and say which texts wait for a translation."""
    for package in packages(root):
        for path in update(package, root):
            with path.open("rb") as stream:
                waiting = sum(bool(message.id) and not translated(message) for message in read_po(stream))
            sys.stdout.write(f"{path.relative_to(root)}: {waiting} texts wait for a translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
