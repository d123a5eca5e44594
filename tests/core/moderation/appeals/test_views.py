"""Whoever a decision concerns reads it and objects; nobody else learns that it is there."""

import datetime as dt

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.identity.limits import Limit
from baukasten.moderation.appeals import views
from baukasten.moderation.models import Appeal, Measure
from baukasten.moderation.people import standing
from baukasten.moderation.steps import Step
from tests.core.moderation.appeals.conftest import HIDE, LIST, NEVER, WHY, bare, later


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
        waiting = guest.get(path)
        assert "not decided yet" in waiting.text
        assert (waiting.headers["Cache-Control"], waiting.headers["X-Robots-Tag"]) == ("no-store", "noindex")
        assert waiting.headers["Referrer-Policy"] == "same-origin"
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


def test_few_statements_a_page(statements, browse, anna, hidden):
    for path in (LIST, f"{LIST}/{hidden}"):
        browser = browse(anna)
        with statements() as asked:
            assert browser.get(path).status_code == 200
        assert sum("FROM moderation_" in one or "FROM forum_post" in one for one in asked) == 1
