"""Checks of a plugin's words: its German, its templates, its README, its own word on its quality."""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import TemplateError

from baukasten.testing.case import Case
from baukasten.web.assets.messages import messages, translated
from baukasten.web.templating import Templates
from baukasten.web.theming import load_themes

INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", re.IGNORECASE)
"""What the content security policy stops in the browser."""
EXPRESSION = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
"""What Jinja takes out before a browser sees anything."""
RULES = re.compile(r"done|open(: .+)?|exempt: .+")
FIRST_RUNG = frozenset({"contract_tests", "readme", "personal_data_declared", "german_complete"})


def german(case: Case) -> list[str]:
    """Name the texts that German readers would get in English."""
    path = case.package / "translations/de/LC_MESSAGES" / f"{case.name}.po"
    texts = [message for message in messages(case.package) if message.id]
    if not texts:
        return []
    if not path.exists():
        return [f"{path.relative_to(case.package)} is missing"]
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale="de")
    found = []
    for message in texts:
        one = message.id if isinstance(message.id, str) else message.id[0]
        given = catalogue.get(one, message.context)
        if given is None or not translated(given):
            found.append(f"{one!r} has no German")
    return found


def templates(case: Case) -> list[str]:
    """Name the templates outside the plugin's folder, those that do not compile, and inline scripts and styles."""
    folder = case.plugin.part("templates")
    if folder is None:
        return []
    helpers = case.contract.registry.template_helpers
    functions = {name: answer.value.function for name, answer in helpers.items()}
    environment = Templates({case.name: case.package}, load_themes(), functions).environment("klar")
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(f"{case.name}/"):
            found.append(f"{name} must lie below {case.name}/")
            continue
        try:
            environment.get_template(name)
        except TemplateError as error:
            found.append(f"{name}: {error.message}")
        # Mails and papers bring their own look: neither loads style sheets.
        if name.startswith((f"{case.name}/mail/", f"{case.name}/paper/")):
            continue
        if INLINE.search(EXPRESSION.sub("", path.read_text(encoding="utf-8"))):
            found.append(f"{name} has an inline script or style, which browsers refuse")
    return found


def readme(case: Case) -> list[str]:
    """Look for a README beside the package, else in the distribution's own description."""
    if (case.package.parent / "README.md").is_file():
        return []
    if case.plugin.distribution and not case.first_party:
        told = metadata(case.plugin.distribution).json.get("description")
        if isinstance(told, str) and told.strip():
            return []
    return ["there is no README.md beside the package"]


def quality(case: Case) -> list[str]:
    """Read quality.toml: every rule is done, open, or exempt for a reason; nothing of the first rung is open."""
    path: Path = case.package.parent / "quality.toml"
    if not path.is_file():
        # A wheel carries the package alone; the file is for whoever has the source.
        return [] if "site-packages" in path.parts else ["there is no quality.toml beside the package"]
    rungs = tomllib.loads(path.read_text(encoding="utf-8"))
    found = [
        f"{rung}.{rule}: {word!r} is neither done, open, nor exempt: with a reason"
        for rung, rules in rungs.items()
        if isinstance(rules, dict)
        for rule, word in rules.items()
        if not RULES.fullmatch(str(word))
    ]
    bronze = rungs.get("bronze", {})
    waiting = sorted(rule for rule in FIRST_RUNG if str(bronze.get(rule, "open")).startswith("open"))
    return [*found, *(f"bronze.{rule} is open" for rule in waiting)]
