"""Codes of letters: no slip and no swap goes unseen, they are kept as hashes, and one is spent once."""

import pytest

from baukasten.plugin.refs import Role
from baukasten.sdk import Conflict, Denied, Invalid
from baukasten_survey.access import admission, codes, rights
from baukasten_survey.access.admission import CROCKFORD
from baukasten_survey.models import Admission
from baukasten_survey.surveys import lookup
from tests.survey.conftest import open_survey


@pytest.fixture
def module(database, town):
    return open_survey(database, town, access="code")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


def made(session, admin, module, survey, count=3, series="Brief"):
    return list(codes.hand_out(session, admin, module, survey, count, series))


def test_a_code_is_read_however_it_was_typed():
    code = codes.draw()
    for typed in (codes.grouped(code), code.lower(), f" {code[:4]} {code[4:8]}.{code[8:]} "):
        assert codes.read(typed) == code
    signs = "1010BCDEF01"
    whole = signs + codes.check_sign(signs)
    assert codes.read(whole.replace("1", "I").replace("0", "o")) == whole
    assert codes.read(whole.replace("1", "l")) == whole


def test_ten_thousand_guesses_find_no_code_and_no_machine_lives_to_find_one():
    drawn = len(CROCKFORD) ** (codes.SIGNS - 1)
    # The check sign is public, so whoever guesses leaves it out of account. All codes of the largest series are there.
    assert 10_000 * codes.MOST / drawn < 1e-8
    thousand_a_second = drawn / codes.MOST / 1_000 / (365 * 24 * 3600)
    assert thousand_a_second > 50


def test_every_single_slip_and_every_swap_is_seen():
    code = "7K3PQX0VHM4"
    code += codes.check_sign(code)
    slips = {code[:at] + sign + code[at + 1 :] for at in range(12) for sign in CROCKFORD} - {code}
    swaps = set()
    for at in range(12):
        for other in range(at + 1, 12):
            signs = list(code)
            signs[at], signs[other] = signs[other], signs[at]
            swaps.add("".join(signs))
    for wrong in slips | (swaps - {code}):
        with pytest.raises(Invalid, match="slip"):
            codes.read(wrong)
    assert len(slips) == 12 * 31


@pytest.mark.parametrize("typed", ["", "ABC", "U" * 12, "ABCD-EFGH-JKM\0", "Ä" * 12, "1" * 13, "1" * 10_000])
def test_what_is_no_code_is_refused_with_what_one_looks_like(typed):
    with pytest.raises(Invalid, match="twelve letters and digits"):
        codes.read(typed)


def test_only_hashes_are_kept(session, admin, module, survey):
    drawn = made(session, admin, module, survey)
    rows = session.query(Admission).all()
    assert len({row.digest for row in rows}) == 3
    assert {(row.kind, row.series, row.spent) for row in rows} == {("code", "Brief", False)}
    assert all(code.encode() not in row.digest for row in rows for code in drawn)
    assert codes.all_series(session, survey.id) == [("Brief", 3, 0)]


def test_a_code_is_spent_once_and_its_receipt_stays(session, admin, module, survey):
    first, _second, _third = made(session, admin, module, survey)
    right = rights.of_code(session, survey, codes.grouped(first))
    told = admission.receipt(session, right.digest)
    assert [admission.spend(session, survey.id, right) for _again in range(2)] == [True, False]
    assert admission.receipt(session, rights.of_code(session, survey, first).digest) == told
    assert codes.all_series(session, survey.id) == [("Brief", 3, 1)]


def test_a_code_of_another_survey_or_town_is_unknown(
    session, database, town, other_town, admin, module, survey
):
    (code,) = made(session, admin, module, survey, 1)
    elsewhere = open_survey(database, town, slug="andere", access="code")
    with pytest.raises(Invalid, match="not known"):
        rights.of_code(session, lookup.of_module(session, elsewhere.id), code)
    foreign = open_survey(database, other_town, access="code")
    with database.session(other_town.id) as other, pytest.raises(Invalid, match="not known"):
        rights.of_code(other, lookup.of_module(other, foreign.id), code)


def test_unused_codes_of_a_lost_series_are_taken_back(session, admin, module, survey):
    first, second = made(session, admin, module, survey, 2)
    admission.spend(session, survey.id, rights.of_code(session, survey, first))
    assert codes.take_back(session, admin, module, survey, "Brief") == 1
    assert codes.all_series(session, survey.id) == [("Brief", 1, 1)]
    with pytest.raises(Invalid, match="not known"):
        rights.of_code(session, survey, second)


def test_who_may_not_gets_no_codes(session, moderator, admin, module, survey):
    with pytest.raises(Denied):
        made(session, moderator, module, survey)
    with pytest.raises(Denied):
        codes.take_back(session, moderator, module, survey, "Brief")
    with pytest.raises(Invalid):
        made(session, admin, module, survey, 20_001)
    made(session, admin, module, survey)
    with pytest.raises(Conflict):
        made(session, admin, module, survey)


def test_rights_are_for_whom_the_survey_is(session, database, town, new_member, module, survey):
    anna = new_member(name="Anna")
    with pytest.raises(Denied):
        rights.of_member(session, survey, anna)
    with pytest.raises(Denied):
        rights.of_visit(session, survey, "nonce")
    survey.access = "resident"
    with pytest.raises(Denied, match="live here"):
        rights.of_member(session, survey, anna)
    resident = new_member(Role.CITIZEN, Role.RESIDENT, name="Rieke")
    right = rights.of_member(session, survey, resident)
    assert right == rights.of_member(session, survey, resident)
    survey.access = "open"
    with pytest.raises(Invalid, match="takes no codes"):
        rights.of_code(session, survey, codes.draw())
    right = rights.of_visit(session, survey, "nonce")
    assert [admission.spend(session, survey.id, right) for _again in range(2)] == [True, False]
    with pytest.raises(Denied):
        rights.of_token(session, survey, b"", "kein base64 *", "")
