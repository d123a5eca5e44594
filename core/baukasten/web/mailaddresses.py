"""What a mail address may be, for forms and for headers: the part of RFC 5321 that every server takes."""

import re

LONGEST = 254
LONGEST_LOCAL_PART = 64
# Without quoted local parts, which no mailbox of a person has, and without RFC 6531, which too few servers speak.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class NoAddressError(ValueError):
    """The text is no mail address."""


class TooLongError(NoAddressError):
    """The address is one, but longer than servers take."""


def plain(text: str) -> str:
    """Return a mail address with its domain in small ASCII letters; raises NoAddressError or TooLongError."""
    local, _, domain = text.rpartition("@")
    # The length first: turning a long domain into ASCII takes time in its square.
    if len(text) > LONGEST or len(local) > LONGEST_LOCAL_PART:
        raise TooLongError
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NoAddressError from None
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise NoAddressError
    if len(local) + 1 + len(ascii_domain) > LONGEST:
        raise TooLongError
    return f"{local}@{ascii_domain}"
