"""Passwords: what is good enough, how they are stored, and a check that takes as long without an account."""

import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from baukasten.errors import Invalid
from baukasten.plugin.text import lazy

_ = lazy("core")

MIN_LENGTH, MAX_LENGTH = 10, 200
"""The upper bound keeps a megabyte of password from costing a megabyte of work."""
MIN_DIFFERENT = 5

# Argon2id with the library's defaults, the second choice of RFC 9106, section 4: 64 MiB, three passes.
HASHER = PasswordHasher()
# A hundred sign-ins at once must not take 6 GiB; those that wait here wait for a twentieth of a second each.
AT_ONCE = threading.BoundedSemaphore(4)

# What German and English speakers type first when ten signs are asked for.
_WORN_OUT = frozenset(
    {
        "1234567890", "0123456789", "123456789a", "qwertzuiop", "qwertyuiop", "passwort123", "password123",
        "passwort1234", "password1234", "passwort12345", "ichliebedich", "hallohallo", "geheim1234",
        "willkommen1", "willkommen123", "sommer2026", "winter2026",
    }
)  # fmt: skip


def check(password: str, *, address: str = "", field: str = "password") -> None:
    """Refuse a password that is guessed first; raises Invalid that says what helps (NIST SP 800-63B, 5.1.1.2)."""
    if len(password) < MIN_LENGTH:
        raise Invalid(
            {field: _("Use at least 10 characters. Three or four words in a row are easy to keep in mind.")}
        )
    if len(password) > MAX_LENGTH:
        raise Invalid({field: _("Use at most 200 characters.")})
    plain = password.casefold()
    name = address.partition("@")[0]
    if plain in _WORN_OUT or len(set(plain)) < MIN_DIFFERENT or (len(name) > 3 and name in plain):
        raise Invalid({field: _("This password is easy to guess. Choose other words.")})


class _Workshop:
    """Where the work is done: in the caller's thread, unless told otherwise."""

    apply: Callable[[Callable[..., Any], tuple[Any, ...]], Any] | None = None


_workshop = _Workshop()


def work_in(apply: Callable[[Callable[..., Any], tuple[Any, ...]], Any] | None) -> None:
    """Do the work elsewhere, such as in a pool of threads where one loop answers all requests; None: here."""
    _workshop.apply = apply


def _done(work: Callable[..., Any], *values: Any) -> Any:
    with AT_ONCE:
        return work(*values) if _workshop.apply is None else _workshop.apply(work, values)


def digest(password: str) -> str:
    """Give what is stored in place of a password."""
    return str(_done(HASHER.hash, _same_signs(password)))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password fits; the same work is done when there is nothing to compare with."""
    dummy = _dummy()
    fits = _done(_fits, stored or dummy, _same_signs(password[:MAX_LENGTH]))
    return bool(fits and stored)


def _fits(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a stored hash was made with other settings than today's."""
    return HASHER.check_needs_rehash(stored)


def _same_signs(password: str) -> str:
    # Two keyboards may write the same umlaut with different code points.
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return digest("nobody has this password")
