"""The register's window: whoever is entitled has a blinded token signed, once."""

import base64
import binascii

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, Standing, lazy
from baukasten.sdk import Conflict, Denied, Invalid, Scope, SignInNeeded, attempt, here, requires
from baukasten_survey.access import issuing, rights
from baukasten_survey.access.admission import Right
from baukasten_survey.keys import ANSWER, Anonymity
from baukasten_survey.models import Survey
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
LONGEST = 1_024
QUARTER, WRONG_TRIES = 15 * 60, 100


@routes.post("/schein")
@requires(ANSWER)
def sign_token(module: ModuleRef) -> ResponseReturnValue:
    """Sign a blinded token for a code or a member; asked again for the same token, the same signature comes."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.anonymity != Anonymity.BLIND or not lookup.is_running(survey):
        return _refused(str(_("This survey signs no tokens now.")), 409)
    try:
        signature = issuing.issue(session, survey, _right(session, module, survey), _blinded())
    except Invalid as error:
        here().undo()
        attempt("survey.code", QUARTER, network=request.remote_addr or "", per_network=WRONG_TRIES)
        return _refused(next(iter(error.errors.values()), error.message), 422)
    except (Conflict, Denied) as error:
        here().undo()
        return _refused(error.message, 409 if isinstance(error, Conflict) else 403)
    session.commit()
    return _answered(jsonify(signature=base64.b64encode(signature).decode("ascii")))


def _right(session: Scope, module: ModuleRef, survey: Survey) -> Right:
    code, member = request.form.get("code", "")[:100], here().member
    if survey.access in rights.WITH_CODE and (code.strip() or member is None):
        return rights.of_code(session, survey, code)
    if member is None:
        raise SignInNeeded
    if member.standing_in(module) is not Standing.ACTIVE:
        raise Denied(
            _("You cannot write here at the moment, so you cannot answer this survey with your account.")
        )
    return rights.of_member(session, survey, member)


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
