"""The register's window: whoever is entitled has a blinded token signed, once."""

import base64
import binascii

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, Denied, Invalid, attempt, here, requires
from baukasten_survey.access import issuing, rights
from baukasten_survey.keys import ANSWER, Anonymity
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
LONGEST = 1_024
QUARTER = 15 * 60
WRONG_TRIES = 100
"""Wrong codes of one network in a quarter of an hour: offices share an address, and guessing still takes ages."""


@routes.post("/schein")
@requires(ANSWER)
def sign_token(module: ModuleRef) -> ResponseReturnValue:
    """Sign a blinded token for a code or a member; asked again for the same token, the same signature comes."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.anonymity != Anonymity.BLIND or not lookup.is_running(survey):
        return _refused(str(_("This survey signs no tokens now.")), 409)
    try:
        code = request.form.get("code", "")[:100]
        right = rights.of_whoever_asks(session, survey, module, here().member, code)
        signature = issuing.issue(session, survey, right, _blinded())
    except Invalid as error:
        here().undo()
        count_wrong()
        return _refused(next(iter(error.errors.values()), error.message), 422)
    except (Conflict, Denied) as error:
        here().undo()
        return _refused(error.message, 409 if isinstance(error, Conflict) else 403)
    session.commit()
    return _answered(jsonify(signature=base64.b64encode(signature).decode("ascii")))


def count_wrong() -> None:
    """Count a wrong code of the network that it came from; raises TooMany, which right ones never do.

    It spares the server and shows that somebody is guessing. What keeps codes from being guessed is their length, so
    nobody at an office is shut out because of a colleague.
    """
    attempt("survey.code", QUARTER, network=request.remote_addr or "", per_network=WRONG_TRIES)


def _blinded() -> bytes:
    try:
        return base64.b64decode(request.form.get("blinded", "")[:LONGEST], validate=True)
    except (ValueError, binascii.Error):
        raise Invalid({"blinded": _("This is no token that can be signed.")}) from None


def _refused(message: str, status: int) -> tuple[Response, int]:
    return _answered(jsonify(message=message)), status


def _answered(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
