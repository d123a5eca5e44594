"""What a mail address may be, for forms and for headers: the part of RFC 5321 that every server takes."""

import re

LONGEST = 254
LONGEST_LOCAL_PART = 64
# Without RFC 6531, which too few servers speak.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\[ -~])+)"')
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class NoAddressError(ValueError):
    """The text is no mail address."""


class TooLongError(NoAddressError):
    """The address is one, but longer than servers take."""


def plain(text: str, *, quoted: bool = False) -> str:
    """Return a mail address with its domain in small ASCII letters; raises NoAddressError or TooLongError.

    Quoted local parts, which few mailboxes of people have, are taken where ``quoted`` says so, and come back in the
    shortest way of writing them.
    """
    local, _, domain = text.rpartition("@")
    # The length first: turning a long domain into ASCII takes time in its square.
    if len(text) > LONGEST or len(local) > LONGEST_LOCAL_PART:
        raise TooLongError
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NoAddressError from None
    if quoted:
        local = _shortest(local)
    if not (_LOCAL_PART.fullmatch(local) or (quoted and _QUOTED.fullmatch(local))):
        raise NoAddressError
    if not _DOMAIN.fullmatch(ascii_domain):
        raise NoAddressError
    if len(local) + 1 + len(ascii_domain) > LONGEST:
        raise TooLongError
    return f"{local}@{ascii_domain}"


def _shortest(local: str) -> str:
    """Take quotes and backslashes away that mean nothing (RFC 5321, 4.1.2)."""
    found = _QUOTED.fullmatch(local)
    if found is None:
        return local
    meant = re.sub(r"\\(.)", r"\1", found[1])
    if _LOCAL_PART.fullmatch(meant):
        return meant
    return '"' + re.sub(r'(["\\])', r"\\\1", meant) + '"'
