"""Where a person goes on to after signing in: only to a page of the same site."""

from urllib.parse import urlsplit

LONGEST = 2_000


def local(wanted: str | None) -> str:
    """Give a wanted path if it stays on this site, else nothing; a stranger's link must not lead elsewhere."""
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/"):
        return ""
    # Browsers read a backslash as a slash and drop control characters, so "/\evil" would leave the site.
    if (
        wanted.startswith("//")
        or "\\" in wanted
        or any(ord(letter) < 33 or ord(letter) == 127 for letter in wanted)
    ):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else wanted
