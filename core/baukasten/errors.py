"""What a service may refuse, and why: exceptions that every room raises and the web room shows."""

from collections.abc import Mapping
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - the name that catalogue extractors look for
    """Mark an English message id for the catalogue; whoever shows the message translates it."""
    return text


class BaukastenError(Exception):
    """A refusal with a message for people.

    The message is an English message id or a lazy text. It becomes a plain string when raised, so that an
    error that outlives its request still says what it said.
    """

    code: ClassVar[str] = "error"
    default: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, message: object = "") -> None:
        self.message = str(message) or self.default
        super().__init__(self.message)


class NotFound(BaukastenError):
    """The thing does not exist, or the actor may not know that it does: both look alike."""

    code = "not-found"
    default = N_("This page does not exist.")


class Denied(BaukastenError):
    """The actor may know the thing but not do this to it."""

    code = "denied"
    default = N_("You are not allowed to do this.")


class SignInNeeded(Denied):
    """A guest asks for what some signed-in person may do."""

    code = "sign-in"
    default = N_("Please sign in first.")


class Invalid(BaukastenError):
    """Values that cannot be taken; `errors` maps each field to its message, "" stands for the whole form."""

    code = "invalid"
    default = N_("Please check your entries.")

    def __init__(self, errors: Mapping[str, object] | None = None, message: object = "") -> None:
        super().__init__(message)
        self.errors: dict[str, str] = {field: str(text) for field, text in (errors or {}).items()}

    def __str__(self) -> str:
        """Name the fields too, since logs and failing tests show nothing else."""
        fields = "; ".join(f"{field}: {text}" for field, text in self.errors.items())
        return f"{self.message} ({fields})" if fields else self.message


class Conflict(BaukastenError):
    """Somebody else was first, or the thing has changed since it was read."""

    code = "conflict"
    default = N_("This has changed in the meantime. Please reload the page.")


class TooMany(BaukastenError):
    """A limit is reached; it opens again after `retry_after` whole seconds (RFC 9110, Retry-After)."""

    code = "too-many"
    default = N_("That was too often. Please wait a moment.")

    def __init__(self, retry_after: int, message: object = "") -> None:
        super().__init__(message)
        # Zero would invite an immediate retry that is refused again.
        self.retry_after = max(1, retry_after)


class Closed(BaukastenError):
    """The phase, module or discussion takes nothing more; `reason` says why, for people."""

    code = "closed"
    default = N_("This is closed.")

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason)
        self.reason = self.message


class Unavailable(BaukastenError):
    """A part outside the process (database, mail server, store) does not answer; trying later may help."""

    code = "unavailable"
    default = N_("This does not work at the moment. Please try again later.")
