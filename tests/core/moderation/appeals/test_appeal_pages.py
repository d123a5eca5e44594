"""The pages: whoever it concerns reads and objects, somebody else answers, and the evidence can be checked by hand."""

import datetime as dt
import hashlib
import json

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.identity.limits import Limit
from baukasten.moderation.appeals import filing, views
from baukasten.moderation.deciding import Step
from baukasten.moderation.models import Appeal, Case, Decision, Measure
from baukasten.moderation.people import standing
from baukasten.plugin.refs import Role
from tests.core.moderation.appeals.conftest import HIDE, ZONE, later

WHY = "Das war eine Anspielung auf ein Theaterstück."
LIST = "/en/konto/entscheidungen"
DESK = "/en/verwaltung/moderation"
NEVER = 999_999_999_999


def bare(answer, number):
    """Give a page without the number that was asked for where addresses repeat it."""
    return answer.text.replace(f"entscheidungen/{number}", "").replace(f"entscheidungen%2F{number}", "")


@pytest.fixture
def hidden(decide, reply):
    """A decision that can no longer be taken back."""
    with later(minutes=-1):
        return decide(reply)


@pytest.fixture
def browse(client_of, town, sign_in):
    """Give a browser of a member, or of a guest."""

    def do(member=None):
        browser = client_of(town)
        if member is not None:
            sign_in(browser, member)
        return browser

    return do


@pytest.fixture
def appealed(session, anna, hidden):
    appeal = filing.by_author(session, anna, hidden, WHY, ZONE)
    session.commit()
    return session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))


class TestStatement:
    def test_the_author_reads_it_whole(self, browse, anna, hidden):
        browser = browse(anna)
        assert f"{LIST}/{hidden}" in browser.get(LIST).text
        page = browser.get(f"{LIST}/{hidden}").text
        for words in (
            HIDE.rule,
            HIDE.facts,
            "Der Lump soll gehen",
            "No machine took part",
            "You can appeal until",
        ):
            assert words in page
        assert "Mo" not in page.split()

    def test_nobody_else_does(self, browse, ben, moderator, hidden):
        for member in (ben, moderator):
            browser = browse(member)
            answers = [browser.get(f"{LIST}/{one}") for one in (hidden, NEVER)]
            assert [one.status_code for one in answers] == [404, 404]
            assert bare(answers[0], hidden) == bare(answers[1], NEVER)
            assert f"entscheidungen/{hidden}" not in browser.get(LIST).text
        assert browse().get(f"{LIST}/{hidden}").status_code == 303

    def test_another_town_answers_as_if_there_were_nothing(
        self, client_of, other_town, new_member, sign_in, hidden
    ):
        stranger = client_of(other_town)
        sign_in(stranger, new_member(where=other_town), other_town)
        answers = [stranger.get(f"{LIST}/{one}") for one in (hidden, NEVER)]
        assert [one.status_code for one in answers] == [404, 404]
        assert bare(answers[0], hidden) == bare(answers[1], NEVER)

    @pytest.mark.parametrize("step", [HIDE, Step(Measure.KEEP)], ids=["fresh", "keep"])
    def test_nothing_before_it_is_settled_and_nothing_of_groundless_reports(
        self, browse, anna, decide, reply, step
    ):
        with later(seconds=-5 if step is HIDE else -60):
            decision_id = decide(reply, step)
        assert browse(anna).get(f"{LIST}/{decision_id}").status_code == 404
        assert "Nothing has been decided about you" in browse(anna).get(LIST).text

    def test_a_long_list_goes_on(self, session, browse, anna, hidden):
        values = "tenant_id, content_type, content_id, measure, rule, facts, subject_id, before, evidence"
        session.execute(
            text(
                f"INSERT INTO moderation_decision ({values}, created_at) "  # noqa: S608 - the test's own names
                f"SELECT {values}, created_at FROM moderation_decision, generate_series(1, 25)"
            )
        )
        session.commit()
        first = browse(anna).get(LIST).text
        assert first.count(f'href="{LIST}/') == 20
        assert f"{LIST}?before=" in first
        assert browse(anna).get(f"{LIST}?before={hidden + 1}").text.count(f'href="{LIST}/') == 1


class TestAppealing:
    def test_by_form_and_then_its_state(self, session, browse, anna, hidden):
        browser = browse(anna)
        assert browser.send(f"{LIST}/{hidden}", body=WHY).status_code == 303
        page = browser.get(f"{LIST}/{hidden}").text
        assert WHY in page
        assert 'name="body"' not in page
        assert "appealed" in browser.get(LIST).text
        assert session.scalar(select(Appeal.body)) == WHY

    @pytest.mark.parametrize("body", ["", "zu kurz"])
    def test_what_cannot_be_taken_is_not_lost(self, session, browse, anna, hidden, body):
        answer = browse(anna).send(f"{LIST}/{hidden}", body=body)
        assert answer.status_code == 422
        assert body in answer.text
        assert session.scalar(select(Appeal.id)) is None

    def test_a_second_one_says_so(self, browse, anna, hidden):
        first, second = browse(anna), browse(anna)
        tokens = [one.token(f"{LIST}/{hidden}") for one in (first, second)]
        answers = [
            one.post(f"{LIST}/{hidden}", data={"body": WHY, "_token": token})
            for one, token in zip((first, second), tokens, strict=True)
        ]
        assert [one.status_code for one in answers] == [303, 422]
        assert "You have appealed already" in answers[1].text

    def test_after_six_months_the_form_is_gone(self, browse, anna, hidden):
        with later(days=200):
            page = browse(anna).get(f"{LIST}/{hidden}").text
        assert 'name="body"' not in page
        assert "The time to appeal was over" in page

    @pytest.mark.parametrize("measure", [Measure.MUTE, Measure.SUSPEND])
    def test_whoever_is_muted_or_suspended_reads_and_appeals(self, session, browse, anna, moderator, measure):
        with later(minutes=-1):
            until = clock.now() + dt.timedelta(days=3)
            step = Step(measure, HIDE.rule, HIDE.facts, until=until)
            decision = standing.judge(session, moderator, anna.id, step)
            session.commit()
        browser = browse(anna)
        page = browser.get(f"{LIST}/{decision.id}")
        assert page.status_code == 200
        assert HIDE.facts in page.text
        assert browser.send(f"{LIST}/{decision.id}", body=WHY).status_code == 303

    def test_a_guest_by_the_receipt(self, session, browse, decide, reply, report):
        receipt = report(reply, None)
        path = f"/en/meldung/quittung/{receipt}/widerspruch"
        guest = browse()
        assert "not decided yet" in guest.get(path).text
        with later(minutes=-1):
            decide(reply, Step(Measure.KEEP))
        assert guest.send(path, body=WHY).status_code == 303
        assert WHY in guest.get(path).text
        assert session.scalar(select(Appeal.appellant_id)) is None

    def test_receipts_that_are_none(self, browse, client_of, other_town, reply, report):
        receipt = report(reply, None)
        never = receipt[:-4] + "ZZZZ"
        assert browse().get(f"/meldung/quittung/{never}/widerspruch").status_code == 404
        stranger = client_of(other_town)
        answers = [stranger.get(f"/meldung/quittung/{one}/widerspruch") for one in (receipt, never)]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].text.replace(receipt, "") == answers[1].text.replace(never, "")

    def test_many_from_one_network_are_stopped(self, browse, decide, reply, report, monkeypatch):
        monkeypatch.setattr(views, "APPEAL", Limit("appeal-test", 3_600, address=0, network=1))
        receipts = [report(reply, None), report(reply, None)]
        with later(minutes=-1):
            decide(reply, Step(Measure.KEEP))
        paths = [f"/meldung/quittung/{one}/widerspruch" for one in receipts]
        assert [browse().send(path, body=WHY).status_code for path in paths] == [303, 429]


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


class TestCost:
    @pytest.mark.parametrize(("what", "own"), [("list", 1), ("statement", 1), ("appeal", 4), ("evidence", 2)])
    def test_few_statements_a_page(self, statements, browse, anna, second, appealed, hidden, what, own):
        """Beside those of every page, and on the desk the one that counts what waits."""
        paths = {
            "list": (anna, LIST),
            "statement": (anna, f"{LIST}/{hidden}"),
            "appeal": (second, f"{DESK}/{appealed}"),
            "evidence": (second, f"{DESK}/entscheidungen/{hidden}/beleg"),
        }
        member, path = paths[what]
        browser = browse(member)
        with statements() as asked:
            assert browser.get(path).status_code == 200
        tables = ("FROM moderation_", "FROM forum_post")
        assert sum(any(table in one for table in tables) for one in asked.seen) == own
