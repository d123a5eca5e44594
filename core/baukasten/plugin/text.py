"""Texts that are declared once in English and shown in the reader's language."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Self

from markupsafe import escape

Translate = Callable[[str, str], str]
"""Takes a domain (plugin name or ``core``) and an English text, gives the text in the reader's language."""


def _english(_domain: str, message: str) -> str:
    return message


# The web room and the worker set this once a request or job; outside both, texts stay English.
translate: ContextVar[Translate] = ContextVar("translate", default=_english)


class LazyText(str):
    """An English text that becomes the reader's language when it is printed."""

    __slots__ = ("domain",)
    domain: str

    def __new__(cls, domain: str, message: str) -> Self:
        """Remember which catalogue the text belongs to."""
        text = super().__new__(cls, message)
        text.domain = domain
        return text

    def __str__(self) -> str:
        """Give the text in the language of the current request or job."""
        return translate.get()(self.domain, str.__str__(self))

    def __format__(self, spec: str) -> str:
        """Format the translated text, so that f-strings translate too."""
        return format(str(self), spec)

    def __html__(self) -> str:
        """Give the translated text as HTML, so that templates may join it with other texts."""
        return str(escape(str(self)))

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Keep the domain when a text is copied or pickled."""
        return LazyText, (self.domain, str.__str__(self))


def lazy(domain: str) -> Callable[[str], LazyText]:
    """Give the function that a plugin marks its texts with, named ``_`` since extraction finds ``_("…")``."""

    def mark(message: str) -> LazyText:
        return LazyText(domain, message)

    return mark
