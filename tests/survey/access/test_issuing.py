"""Tokens are signed once for a right, the same again for the same token, and lead to an answer that nobody can join."""

import base64

import pytest

from baukasten.plugin import ModuleRef
from baukasten.sdk import Conflict, Denied, Invalid, NotFound, module_by_id
from baukasten_survey.access import admission, codes, issuing, rights
from baukasten_survey.access.models import TokenKey
from baukasten_survey.surveys import lookup
from tests.survey.access import holder
from tests.survey.conftest import open_survey


@pytest.fixture
def survey(session, database, town):
    module = open_survey(database, town, access="code", anonymity="blind")
    return lookup.of_module(session, module.id)


@pytest.fixture
def right(session, survey, admin):
    module = module_by_id(session, survey.module_id)
    assert isinstance(module, ModuleRef)
    (code,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
    return rights.of_code(session, survey, code)


def token(session, survey):
    """A prepared token, blinded, with what takes the blinding off."""
    prepared = holder.prepare(b"x" * 32)
    return prepared, *holder.blind(issuing.public_key(session, survey.id), prepared)


def written(prepared, signature):
    return base64.b64encode(prepared).decode(), base64.b64encode(signature).decode()


def test_an_unblinded_token_is_a_right_of_its_own(session, survey, right):
    prepared, blinded, secret = token(session, survey)
    key = issuing.public_key(session, survey.id)
    signature = holder.finalize(key, prepared, issuing.issue(session, survey, right, blinded), secret)
    entitled = rights.of_token(session, survey, key, *written(prepared, signature))
    assert entitled.digest != right.digest
    assert [admission.spend(session, survey.id, entitled) for _again in range(2)] == [True, False]
    assert signature not in (blinded, prepared)
    forged = bytes([signature[0] ^ 1]) + signature[1:]
    with pytest.raises(Denied):
        rights.of_token(session, survey, key, *written(prepared, forged))


def test_the_same_token_is_signed_again_and_another_never(session, survey, right):
    _prepared, blinded, _secret = token(session, survey)
    first = issuing.issue(session, survey, right, blinded)
    session.commit()
    assert issuing.issue(session, survey, right, blinded) == first
    _prepared, other, _secret = token(session, survey)
    with pytest.raises(Conflict, match="on another device"):
        issuing.issue(session, survey, right, other)


@pytest.mark.parametrize("blinded", [b"", b"\0" * 256, b"\xff" * 256, b"short"])
def test_what_is_no_token_spends_nothing(session, survey, right, blinded):
    with pytest.raises(Invalid):
        issuing.issue(session, survey, right, blinded)
    session.rollback()
    assert codes.all_series(session, survey.id) == [("Brief", 1, 0)]


def test_a_survey_has_one_key_and_loses_its_private_half_at_the_close(session, survey, right):
    issuing.open_register(session, survey)
    assert session.query(TokenKey).count() == 1
    key = issuing.public_key(session, survey.id)
    issuing.close_register(session, survey)
    session.commit()
    _prepared, blinded, _secret = token(session, survey)
    with pytest.raises(NotFound):
        issuing.issue(session, survey, right, blinded)
    assert issuing.public_key(session, survey.id) == key
    with pytest.raises(NotFound):
        issuing.public_key(session, survey.id + 1)
