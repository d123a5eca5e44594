"""Somebody else answers an appeal, and evidence can be checked by hand."""

import hashlib
import json

import pytest
from sqlalchemy import select, text

from baukasten.moderation.models import Appeal, Decision
from baukasten.plugin.refs import Role
from tests.core.moderation.appeals.conftest import DESK, HIDE, NEVER, WHY, bare


class TestDesk:
    def test_a_colleague_sees_all_of_it_and_answers(self, session, browse, second, appealed, hidden):
        browser, path = browse(second), f"{DESK}/{appealed}"
        page = browser.get(path).text
        for words in (WHY, HIDE.rule, HIDE.facts, "Der Lump soll gehen", f"/entscheidungen/{hidden}/beleg"):
            assert words in page
        assert browser.send(path, outcome="granted", answer="Stimmt, ein Theaterstück.").status_code == 303
        assert session.scalar(select(Appeal.outcome)) == "granted"
        page = browser.get(path).text
        assert "Stimmt, ein Theaterstück." in page
        assert 'name="answer"' not in page

    @pytest.mark.parametrize(
        "values", [{}, {"outcome": "granted"}, {"answer": "Ja"}, {"outcome": "void", "answer": "Ja"}]
    )
    def test_both_are_needed(self, session, browse, second, appealed, values):
        assert browse(second).send(f"{DESK}/{appealed}", **values).status_code == 422
        assert session.scalar(select(Appeal.outcome)) is None

    def test_who_decided_reads_why_she_may_not(self, session, browse, moderator, second, appealed):
        browser, path = browse(moderator), f"{DESK}/{appealed}"
        page = browser.get(path).text
        assert "Somebody else has to answer this appeal" in page
        assert "Nobody else in your town" not in page
        assert 'name="answer"' not in page
        token = browser.token("/konto/adresse")
        values = {"outcome": "granted", "answer": "Ja", "_token": token}
        refused = browser.post(path, data=values)
        assert refused.status_code == 422
        assert "You had a part in this" in refused.text
        assert session.scalar(select(Appeal.outcome)) is None
        assert second.id

    def test_a_town_with_one_moderator_reads_what_helps(self, browse, moderator, appealed):
        assert "Nobody else in your town may answer" in browse(moderator).get(f"{DESK}/{appealed}").text

    def test_citizens_see_none_of_it(self, browse, anna, appealed, hidden):
        browser = browse(anna)
        for path in (f"{DESK}/{appealed}", f"{DESK}/entscheidungen/{hidden}/beleg"):
            assert browser.get(path).status_code == 403

    def test_what_was_taken_back_is_said(self, session, browse, second, appealed, reply):
        session.execute(
            text("UPDATE forum_post SET visibility = 'withdrawn' WHERE id = :id"), {"id": reply.post_id}
        )
        session.commit()
        assert "taken the contribution back since" in browse(second).get(f"{DESK}/{appealed}").text


class TestEvidence:
    def test_the_printed_hash_is_that_of_the_file(self, session, browse, second, hidden):
        browser, path = browse(second), f"{DESK}/entscheidungen/{hidden}/beleg"
        page = browser.get(path).text
        file = browser.get(f"{path}.json")
        digest = hashlib.sha256(file.data).hexdigest()
        assert digest in page
        assert digest == session.scalar(select(Decision.evidence_hash))
        assert file.headers["Content-Disposition"] == f'attachment; filename="beleg-{hidden}.json"'
        assert json.loads(file.data)["text"] == "Der Lump soll gehen"
        assert "unchanged" in page
        for words in ("Der Lump soll gehen", "Anna", HIDE.rule, HIDE.facts, "Mo", f"beleg-{hidden}.json"):
            assert words in page

    def test_a_change_is_seen(self, session, browse, second, hidden):
        session.execute(
            text(
                """UPDATE moderation_decision SET evidence = evidence || '{"text": "Der Held soll bleiben"}'"""
            )
        )
        session.commit()
        page = browse(second).get(f"{DESK}/entscheidungen/{hidden}/beleg").text
        assert "the hash is another one" in page
        assert "unchanged" not in page

    def test_what_had_to_go_is_said(self, session, browse, second, hidden):
        session.execute(text("""UPDATE moderation_decision SET evidence = '{"erased": true}'"""))
        session.commit()
        page = browse(second).get(f"{DESK}/entscheidungen/{hidden}/beleg").text
        assert "had to be deleted" in page
        assert "sha256sum" not in page

    def test_looking_changes_nothing(self, session, browse, second, hidden):
        query = text("SELECT count(*), max(id) FROM audit_entry")
        before = tuple(session.execute(query).one())
        browser = browse(second)
        for tail in ("", ".json"):
            assert browser.get(f"{DESK}/entscheidungen/{hidden}/beleg{tail}").status_code == 200
        session.rollback()
        assert tuple(session.execute(query).one()) == before

    def test_another_towns_evidence_is_not_there(self, client_of, other_town, new_member, sign_in, hidden):
        stranger = client_of(other_town)
        sign_in(stranger, new_member(Role.MODERATOR, where=other_town), other_town)
        for tail in ("", ".json"):
            paths = [f"{DESK}/entscheidungen/{one}/beleg{tail}" for one in (hidden, NEVER)]
            answers = [stranger.get(path) for path in paths]
            assert [one.status_code for one in answers] == [404, 404]
            assert bare(answers[0], hidden) == bare(answers[1], NEVER)


@pytest.mark.parametrize(("path", "own"), [("{case}", 4), ("entscheidungen/{decision}/beleg", 2)])
def test_few_statements_a_page(statements, browse, second, appealed, hidden, path, own):
    """Beside those of every page; one of them counts what waits."""
    browser = browse(second)
    with statements() as asked:
        answer = browser.get(f"{DESK}/{path.format(case=appealed, decision=hidden)}")
    assert answer.status_code == 200
    assert sum("FROM moderation_" in one or "FROM forum_post" in one for one in asked) == own
