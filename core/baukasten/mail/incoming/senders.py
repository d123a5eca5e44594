"""Who wrote a letter, and whether the server that received it could tell that they did."""

import re
from email.message import Message

from baukasten.errors import Invalid
from baukasten.mail.headers import address
from baukasten.mail.incoming.words import LONGEST_HEADER

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ONE_MAILBOX = re.compile(r"[^<>@,;:]*<\s*([^<>@,;:\s]+@[^<>@,;:\s]+)\s*>|\s*([^<>@,;:\s]+@[^<>@,;:\s]+)\s*")
_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s{0,9}=\s{0,9}([a-z]+)")


def sender_of(mail: Message) -> str:
    """Give the one address in From, in small letters; empty for none, several, or what programs read differently."""
    found = mail.get_all("From", [])
    if len(found) != 1:
        return ""
    raw = _QUOTED.sub("", " ".join(str(found[0])[:LONGEST_HEADER].split()))
    one = _ONE_MAILBOX.fullmatch(raw)
    if one is None:
        return ""
    try:
        return address(one[1] or one[2], "from").lower()
    except Invalid:
        return ""


def is_forged(mail: Message, trusted: str) -> bool:
    """Tell whether our own server found that the sender is not who they say (RFC 8601).

    ``trusted`` is the name by which it signs its findings; other findings were written by anybody. DMARC decides
    where it decided; else a failed signature or origin counts unless the other one holds.
    """
    results: set[tuple[str, str]] = set()
    for value in mail.get_all("Authentication-Results", []):
        server, _semicolon, findings = str(value)[:LONGEST_HEADER].partition(";")
        name = server.split()
        if trusted and name and name[0].lower() == trusted.lower():
            results.update(_RESULT.findall(findings.lower()))
    if ("dmarc", "fail") in results:
        return True
    verdicts = {verdict for method, verdict in results if method != "dmarc"}
    return ("dmarc", "pass") not in results and "fail" in verdicts and "pass" not in verdicts
