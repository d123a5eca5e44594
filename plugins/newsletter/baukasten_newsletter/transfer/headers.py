"""What the columns of other programs' tables are called, and what their words for a state mean."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Column(StrEnum):
    """What a column tells about somebody."""

    ADDRESS = "address"
    NAME = "name"
    FIRST = "first"
    LAST = "last"
    LANGUAGE = "language"
    STATUS = "status"
    AGREED = "agreed"
    """To what somebody agreed."""
    WHEN = "when"
    HOW = "how"
    """On which way they agreed, such as a form or a list on paper."""


class Status(StrEnum):
    """What the program before knew about somebody's will."""

    WANTED = "wanted"
    UNWANTED = "unwanted"
    """Not confirmed there, ended there, or a word that nobody knows: nobody is written to on a guess."""
    NEVER = "never"


# Spellings without anything but letters and digits; programs: listmonk, Mailchimp, CleverReach, rapidmail, Mailman.
NAMES: Mapping[Column, Sequence[str]] = {
    Column.ADDRESS: (
        "email", "emailaddress", "emailadresse", "mail", "mailadresse", "mailaddress", "address", "adresse",
        "eposta", "epost", "emailkontakt", "subscriber", "abonnent",
    ),
    Column.NAME: ("name", "fullname", "vollername", "displayname", "anzeigename", "anrede", "realname"),
    Column.FIRST: ("firstname", "vorname", "fname", "givenname"),
    Column.LAST: ("lastname", "nachname", "lname", "familienname", "surname"),
    Column.LANGUAGE: ("language", "sprache", "lang", "locale"),
    Column.STATUS: ("status", "state", "zustand", "memberstatus", "subscriptionstatus"),
    Column.AGREED: ("agreedto", "consent", "consentto", "einwilligung", "einwilligungin", "wozu", "zweck"),
    Column.WHEN: (
        "agreedat", "agreedon", "consentat", "consentdate", "consentedat", "einwilligungam", "einwilligungsdatum",
        "datumdereinwilligung", "wann", "confirmtime", "confirmedat", "optintime", "optindate", "bestaetigtam",
        "bestätigtam", "createdat", "angemeldetam", "anmeldedatum", "activated",
    ),
    Column.HOW: (
        "how", "origin", "source", "consentsource", "optinsource", "herkunft", "herkunftdereinwilligung", "quelle",
        "wie", "weg",
    ),
}  # fmt: skip
WANTED = frozenset(
    ("", "enabled", "active", "aktiv", "confirmed", "bestätigt", "bestaetigt", "subscribed", "angemeldet")
)
NEVER = frozenset(
    ("blocklisted", "blacklisted", "blocked", "suppressed", "complained", "gesperrt", "blockiert", "nie")
)
_COLUMN_OF = {name: column for column, names in NAMES.items() for name in names}


def column_of(heading: str) -> Column | None:
    """Give what a heading means, in whichever case and with whichever signs between its words."""
    return _COLUMN_OF.get(re.sub(r"[\W_]+", "", heading.casefold()))


def places(headings: Sequence[str]) -> dict[Column, int]:
    """Give where each known column stands; of two with the same meaning the better known name counts."""
    found: dict[Column, tuple[int, int]] = {}
    for place, heading in enumerate(headings):
        column = column_of(heading)
        if column is None:
            continue
        rank = NAMES[column].index(re.sub(r"[\W_]+", "", heading.casefold()))
        found[column] = min(found.get(column, (rank, place)), (rank, place))
    return {column: place for column, (_rank, place) in found.items()}


def status_of(word: str) -> Status:
    """Give what a state of another program means for us."""
    plain = word.strip().casefold()
    if plain in WANTED:
        return Status.WANTED
    return Status.NEVER if plain in NEVER else Status.UNWANTED
