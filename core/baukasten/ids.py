"""Names for things: readable slugs for addresses, secrets for links, and digests to store in their place."""

import hashlib
import re
import secrets
import unicodedata

SLUG_LENGTH = 60
_READ_AT_MOST = 1_000

# What decomposing to base letters gets wrong (German) or cannot do (letters without a base letter).
_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa",
        "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "&": " und ", "€": " euro ",
    }
)  # fmt: skip
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str, *, max_length: int = SLUG_LENGTH, fallback: str = "eintrag") -> str:
    """Return an address part of a-z, 0-9 and single hyphens, never empty, never longer than `max_length`.

    Cut at the end of a word where that keeps at least half of the length. Scripts other than Latin give the
    fallback: an address names its thing by number, the slug is only for people.
    """
    # German capitals become small and composed first, so that one table serves all forms.
    plain = unicodedata.normalize("NFC", text[:_READ_AT_MOST]).lower().translate(_LETTERS)
    letters = unicodedata.normalize("NFKD", plain).lower()
    # Accents vanish, but a dash or a foreign letter parts words, hence no encoding to ASCII with "ignore".
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    joined = _OTHER.sub("-", unmarked).strip("-")
    if len(joined) > max_length:
        head = joined[: max_length + 1]
        at_word = head.rpartition("-")[0]
        joined = (at_word if len(at_word) * 2 >= max_length else head[:max_length]).strip("-")
    return joined or fallback[:max_length]


def token(size: int = 32) -> str:
    """Return a fresh secret of `size` random bytes, safe in addresses and cookies."""
    return secrets.token_urlsafe(size)


def sha256(secret: str) -> str:
    """Return the hex digest (64 characters) under which a token is stored.

    Plain SHA-256 suffices because tokens have 256 random bits; passwords never come here.
    """
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
