"""Addresses and display names, brought into the one form in which they are stored."""

import unicodedata

from baukasten.errors import Invalid
from baukasten.mail import headers
from baukasten.plugin.text import lazy

_ = lazy("core")

MIN_NAME, MAX_NAME = 2, 40
# Signs that steer the reading direction or cannot be seen let one name look like another.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Persian names need the one, names with emoji the other.
_JOINERS = frozenset("\u200c\u200d")
_MARKUP = frozenset("<>@\\/{}[]|`")


def address(text: str, field: str = "email") -> str:
    """Give an e-mail address as it is stored and compared, in small letters; raises Invalid if it is none."""
    return headers.address(text, field).lower()


def display_name(text: str, field: str = "display_name") -> str:
    """Give a name that others will see, with single spaces; raises Invalid for what is none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not MIN_NAME <= len(name) <= MAX_NAME:
        raise Invalid({field: _("A name has 2 to 40 characters.")})
    if any(_refused(letter) for letter in name):
        raise Invalid({field: _("Use letters, digits, spaces and simple signs such as a hyphen.")})
    if not any(letter.isalpha() for letter in name):
        raise Invalid({field: _("A name needs at least one letter.")})
    return name


def _refused(letter: str) -> bool:
    return letter in _MARKUP or (unicodedata.category(letter) in _INVISIBLE and letter not in _JOINERS)
