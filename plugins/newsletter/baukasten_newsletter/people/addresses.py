"""Mail addresses of subscribers: one way of writing each, and the keyed hash that lists without addresses hold."""

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, Scope, keyring, mail_address

_ = lazy("newsletter")
WHOLE = _("Write the whole address, such as anna@example.org.")
PURPOSE = "newsletter.address"
"""Of the keyed hash; the same in all towns, so that a wish never to be written to can hold in all of them."""


def normal(text: str) -> str:
    """Give the one way of writing an address: domain in ASCII, all in small letters; raises Invalid for ``address``.

    Quoted local parts are taken (RFC 5321, 4.1.2); line breaks, control characters and letters outside of ASCII
    before the @ are not. Upper and lower case before the @ never tell two mailboxes of people apart.
    """
    try:
        address = mail_address(text, "address", quoted=True).lower()
    except Invalid as error:
        raise Invalid({"address": WHOLE}) from error
    if "." not in domain_of(address):
        raise Invalid({"address": WHOLE})
    return address


def domain_of(address: str) -> str:
    """Give the part behind the last @ of a normal address."""
    return address.rpartition("@")[2]


def fingerprint(session: Scope, address: str) -> bytes:
    """Give the keyed hash of a normal address, 32 bytes."""
    return keyring(session).mac(PURPOSE, address)
