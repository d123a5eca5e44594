"""The words of a survey in one reader's language, with earlier answers put into them."""

from functools import lru_cache

from markupsafe import Markup, escape

from baukasten.sdk import EDITORIAL, Invalid, render_markdown
from baukasten_survey.answers.flow import Path
from baukasten_survey.answers.piping import piped, piped_markdown
from baukasten_survey.answers.wording import Speaker
from baukasten_survey.definition.model import Text, said


class Sayings:
    """Says texts to one respondent."""

    def __init__(self, path: Path, language: str) -> None:
        origin = path.flow.definition.languages[0]
        self.path, self.language, self.origin = path, language, origin
        self.speaker = Speaker(language, origin)

    def line(self, text: Text) -> str:
        """Give plain words."""
        return piped(said(text, self.language, self.origin), self.path, self.speaker)

    def prose(self, text: Text) -> str:
        """Give Markdown as HTML that pages may print; what was answered is never markup in it."""
        words = said(text, self.language, self.origin)
        return prose(piped_markdown(words, self.path, self.speaker)) if words else ""


@lru_cache(maxsize=1024)
def prose(words: str) -> str:
    """Turn a survey's Markdown into HTML; a text that is too wild for that is shown as it was written."""
    try:
        return render_markdown(words, profile=EDITORIAL)
    except Invalid:
        return Markup("<p>{}</p>").format(escape(words))
