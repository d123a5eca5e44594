"""Earlier answers inside later texts: ``{q7}`` becomes what was answered there, as words and never as markup."""

import re

from baukasten_survey.answers.flow import Path
from baukasten_survey.answers.wording import Speaker

NAME = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,31})\}")
MARKS = re.compile(r"([\\`*_{}\[\]()<>#+.!|~&-])")
SCHEME = re.compile(r"(https?|mailto):", re.IGNORECASE)


def piped(text: str, path: Path, speaker: Speaker) -> str:
    """Put answers into a plain text; the template escapes the whole. Names of no question stay as they are."""
    if "{" not in text:
        return text
    return NAME.sub(lambda found: _words(found, path, speaker), text)


def piped_markdown(text: str, path: Path, speaker: Speaker) -> str:
    """Put answers into Markdown, their signs escaped, so that an answer is never a link or a heading."""
    if "{" not in text:
        return text

    def escaped(found: "re.Match[str]") -> str:
        words = _words(found, path, speaker)
        # A sign without width keeps what looks like an address from becoming a link.
        plain = SCHEME.sub("\\1\u2060:", " ".join(words.split()))
        return words if words == found[0] else MARKS.sub(r"\\\1", plain)

    return NAME.sub(escaped, text)


def _words(found: "re.Match[str]", path: Path, speaker: Speaker) -> str:
    question = path.flow.definition.questions.get(found[1])
    return found[0] if question is None else speaker.answer(question, path.answers)
