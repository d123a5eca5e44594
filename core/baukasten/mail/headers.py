"""Header values that every mail program reads alike: refused line breaks, checked addresses, encoded words.

The standard library's own header objects are not used: they decode what they are given (so that an encoded line
break in a subject becomes a real one), encode long links, and part long names with a space (Python 3.11).
"""

import unicodedata
from email.header import Header
from email.utils import quote

from baukasten.errors import N_, Invalid
from baukasten.web import mailaddresses

FOLD = "\r\n "
LONGEST_HEADER = 900

NO_LINE_BREAKS = N_("Line breaks and control characters are not possible here.")
TOO_LONG = N_("This is too long for a mail.")
NO_ADDRESS = N_("This is not a complete mail address.")


def one_line(value: str, field: str) -> str:
    """Return a value that may stand in a header; raises Invalid for line breaks and what programs take for one."""
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in value):
        raise Invalid({field: NO_LINE_BREAKS})
    if len(value) > LONGEST_HEADER:
        raise Invalid({field: TOO_LONG})
    return value


def address(value: str, field: str, *, quoted: bool = False) -> str:
    """Return a mail address in the form that every server takes, its domain in ASCII; raises Invalid if it is none.

    Letters outside of ASCII before the @ are refused: too few servers accept them (RFC 6531); quoted local parts too,
    but where ``quoted`` lets them in.
    """
    try:
        return mailaddresses.plain(one_line(value, field).strip(), quoted=quoted)
    except mailaddresses.NoAddressError as error:
        too_long = isinstance(error, mailaddresses.TooLongError)
        raise Invalid({field: TOO_LONG if too_long else NO_ADDRESS}) from None


def mailbox(name: str, addr_spec: str, header: str) -> str:
    """Return a checked address with a name, quoted or encoded as the name needs it."""
    if _is_plain(name):
        return f'"{quote(name)}" <{addr_spec}>' if name else addr_spec
    return f"{encoded(name, header)}{FOLD}<{addr_spec}>"


def encoded(text: str, header: str) -> str:
    """Return a value in ASCII: as it is, or in encoded words of which the first leaves room for the header's name."""
    if _is_plain(text):
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name=header).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Say whether a value may stand as it is; what looks encoded would be decoded into something else."""
    return text.isascii() and "=?" not in text
