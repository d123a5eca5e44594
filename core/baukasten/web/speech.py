"""Which language a request is answered in: the address's, if the town offers it, else the town's own."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.web.here import Here
from baukasten.web.i18n import translator, use
from baukasten.web.languages import DEFAULT, ENVIRON_KEY, check_language

PLATFORM_LANGUAGES = ("de", "en")
"""What hosts of the platform itself speak."""


def speak_default() -> None:
    """Speak the platform's language until the town is known; else a refusal would speak the last request's."""
    use(translator(DEFAULT))


def speak(place: Here) -> ResponseReturnValue | None:
    """Bind the language and the town's time; a check of the gate, right after the site is known.

    An address that names the town's own language leads to the one without; one that the town does not offer
    does not exist.
    """
    site = place.site
    default = DEFAULT if site is None else site.language
    offered = PLATFORM_LANGUAGES if site is None else site.languages
    zone = "Europe/Berlin" if site is None else site.time_zone
    asked = request.environ.get(ENVIRON_KEY)
    place.language = default
    use(translator(default, zone))
    query = request.query_string.decode("latin-1")
    target = check_language(default, offered, asked, request.path, query)
    if target is not None:
        # Nothing is posted to such an address by our pages; 308 keeps what a stranger sends.
        return redirect(target, 301 if request.method in ("GET", "HEAD") else 308)
    if asked is not None:
        place.language = asked
        use(translator(asked, zone))
    return None


def speak_as_asked(place: Here) -> None:
    """Bind the language that a socket's handshake names in its query, if the town offers it, else the town's own."""
    asked = request.args.get("language", "")
    place.language = asked if asked in place.tenant.languages else place.tenant.language
    use(translator(place.language, place.tenant.time_zone))
