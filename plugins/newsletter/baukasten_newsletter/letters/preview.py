"""What a letter will look like, with made-up personal parts in its slots."""

from collections.abc import Mapping

from markupsafe import escape

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import Scope, clock, dgettext, translator
from baukasten_newsletter.keys import Slot
from baukasten_newsletter.letters import rendering
from baukasten_newsletter.letters.rendering import Letter
from baukasten_newsletter.models import Edition, Issue

_ = lazy("newsletter")
VIEWS: Mapping[str, LazyText] = {
    "mail": _("Mail"),
    "handy": _("Phone"),
    "dunkel": _("Dark"),
    "text": _("Only text"),
}


def letter(
    session: Scope, issue: Issue, language: str, *, dark: bool = False, framed: bool = False
) -> Letter | None:
    """Give an edition as one reader would get it, with sample values; nothing for a language it does not have.

    ``framed`` for a page of the site, which loads pictures from the host that it is looked at, and no other.
    """
    editions = rendering.editions_of(session, issue.id)
    edition = next((one for one in editions if one.language == language or not language), None)
    if edition is None:
        return None
    paper = rendering.paper_for(session, issue, editions)
    made = rendering.compose(edition, paper, dark=dark)
    samples = _samples(edition, paper)
    html, text = made.html, made.text
    if framed:
        html = html.replace(f'src="{paper.head.origin}/', 'src="/')
    for slot, sample in samples.items():
        html, text = html.replace(slot, str(escape(sample))), text.replace(slot, sample)
    return Letter(made.language, made.subject, html, text, made.page_html)


def _samples(edition: Edition, paper: rendering.Paper) -> dict[Slot, str]:
    """Give values that look like a reader's, and lead to pages that do nothing."""
    home = paper.head.url(paper.module.path, edition.language)
    with paper.head.speaking(edition.language):
        day = translator().date(clock.now())
        why = dgettext(
            "newsletter", "You get this mail because you subscribed to “%(letters)s” on %(day)s.",
            letters=paper.module.title, day=day,
        )  # fmt: skip
        greeting = dgettext("newsletter", "Good day,")
    return {Slot.SALUTATION: greeting, Slot.PREFERENCES: home, Slot.LEAVE: home, Slot.WHY: why}
