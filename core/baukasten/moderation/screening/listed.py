"""Whether a text has words of the town's lists: for what staff publish, which no list holds back."""

from baukasten.db.session import Scope
from baukasten.moderation.screening.settings import KEY, Limits
from baukasten.moderation.screening.words import Words, patterns
from baukasten.tenants import settings


def listed_word(session: Scope, text: str) -> str:
    """Give the first words of a text, as typed, that are held or refused when citizens write them; else nothing."""
    limits = Limits.of(settings.read(session, KEY))
    return Words(text).find((*patterns(limits.words_refused), *patterns(limits.words_held)))
