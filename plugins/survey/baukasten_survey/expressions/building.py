"""Makes tree nodes of what the parser finds, with what only a whole call can tell."""

import difflib
from collections.abc import Collection

from baukasten.plugin import lazy
from baukasten_survey.expressions.moments import read_date, read_time
from baukasten_survey.expressions.nodes import Call, Clock, Codes, Day, Name, Node, Text
from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.expressions.signatures import LITERALS, SIGNATURES

_ = lazy("survey")


def nearest(word: str, known: Collection[str]) -> str | None:
    """Give the known word that was probably meant."""
    found = difflib.get_close_matches(word[:80], sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def call(function: str, arguments: tuple[Node, ...], position: int = 0) -> Node:
    """Build a call that is known, complete and has its pattern checked; raises Unparsable."""
    if function in LITERALS:
        return _literal(function, arguments, position)
    signature = SIGNATURES.get(function)
    if signature is None:
        guess = nearest(function, {*SIGNATURES, *LITERALS})
        if guess is None:
            raise Unparsable(_("There is no function “%(name)s”."), position, name=function)
        message = _("There is no function “%(name)s”. Did you mean “%(guess)s”?")
        raise Unparsable(message, position, name=function, guess=guess)
    if not signature.fits(len(arguments)):
        raise Unparsable(_("%(name)s() has too few or too many arguments."), position, name=function)
    if function == "value" and not isinstance(arguments[0], Name):
        raise Unparsable(_("value() takes the code of a question."), position)
    if function == "matches":
        if not isinstance(arguments[1], Text):
            message = _("The pattern of matches() has to be written out between quotation marks.")
            raise Unparsable(message, position)
        compile_pattern(arguments[1].value, position=arguments[1].position)
    return Call(function, arguments, position=position)


def codes(items: tuple[str, ...], position: int = 0) -> Codes:
    """Build a list of codes, each once."""
    return Codes(tuple(dict.fromkeys(items)), position=position)


def _literal(function: str, arguments: tuple[Node, ...], position: int) -> Node:
    first = arguments[0] if len(arguments) == 1 else None
    written = first.value if isinstance(first, Text) else ""
    day, clock = read_date(written), read_time(written)
    if function == "date" and day is not None:
        return Day(day, position=position)
    if function == "time" and clock is not None:
        return Clock(clock, position=position)
    if function == "date":
        raise Unparsable(_('A date is written as date("2026-01-31").'), position)
    raise Unparsable(_('A time is written as time("07:30").'), position)
