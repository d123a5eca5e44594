"""Each rule of screening, at its boundary: what passes, what is held, what is refused, and whom no rule binds."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import deciding, service
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.moderation.screening.models import Submission
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Draft, MemberRef, Signals, Visibility
from baukasten.web import i18n
from tests.core.moderation.screening.conftest import LONG

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
PASSES = ("allow", "")
MINUTE = dt.timedelta(minutes=1)
WHY: dict[str, Any] = {"rule": "Regel 3", "facts": "Greift eine Person an"}


@pytest.fixture
def noon():
    with clock.turned(NOW) as moment:
        yield moment


@pytest.fixture
def ben(new_member):
    return new_member(name="Ben")


@pytest.fixture
def known(session, anna, write):
    """Anna, whom the town knows by three contributions."""
    with clock.turned(NOW - dt.timedelta(days=2)):
        for _ in range(3):
            write(anna)
    return anna


def test_by_default_a_first_contribution_passes(wish, screened, anna):
    wish()
    assert screened(anna) == PASSES


@pytest.mark.parametrize(("signs", "found"), [(500, PASSES), (501, ("reject", "size"))])
def test_the_size_is_bounded_for_staff_too(wish, screened, anna, moderator, signs, found):
    wish(most_characters=500)
    assert screened(anna, "x" * signs) == found
    assert screened(moderator, "x" * signs) == found


def test_listed_words_hold_or_refuse_and_refusing_counts_first(
    wish, screened, session, forum, anna, moderator
):
    wish(words_held="Mist", words_refused="Schr*tt")
    assert screened(anna, "Das ist mist.") == ("hold", "words")
    assert screened(anna, "Das ist mist und schrott.") == ("reject", "refused_words")
    assert screened(anna, "Gut.", title="Schrott") == ("reject", "refused_words")
    assert screened(anna, "Das ist schrott.", is_edit=True) == ("reject", "refused_words")
    assert screened(moderator, "Das ist schrott.") == PASSES
    verdict = service.screen(session, Draft("forum.post", "So ein SCHROTT", author=anna, module=forum))
    assert "SCHROTT" in str(verdict.note)


def test_another_town_has_its_own_list(wish, database, other_town, anna, new_member):
    wish(words_refused="Schrott")
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as other:
        assert service.screen(other, Draft("forum.post", "Schrott", author=stranger)).code == ""


@pytest.mark.parametrize(("links", "found"), [(0, PASSES), (2, PASSES), (3, ("hold", "links"))])
def test_newcomers_set_few_links(wish, screened, anna, links, found):
    wish()
    assert screened(anna, "Siehe " + "https://a.example " * links) == found


def test_who_is_known_sets_as_many_links_as_it_takes(noon, wish, screened, known):
    wish()
    assert screened(known, "https://a.example " * 9) == PASSES


def test_who_got_a_measure_counts_as_new_for_thirty_days(
    noon, wish, session, screened, known, moderator, write
):
    wish()
    ref = ContentRef("forum.post", write(known).post_id)
    many = "https://a.example " * 3
    service.hide(session, moderator, ref, **WHY)
    assert screened(known, many) == ("hold", "links")
    with clock.turned(NOW + dt.timedelta(days=30, seconds=1)):
        assert screened(known, many) == PASSES
    hidden = session.scalars(select(Decision)).one()
    step = Step(Measure.RESTORE, reverses=hidden.id)
    deciding.decide_content(session, moderator, ref, step)
    assert screened(known, many) == PASSES


def test_the_first_contributions_wait_if_the_town_wants_it(wish, session, screened, anna, moderator, write):
    wish(look_first=1)
    first = write(anna)
    assert screened(anna, "Noch eines.") == ("hold", "first")
    service.publish(session, moderator, ContentRef("forum.post", first.post_id))
    assert screened(anna, "Noch eines.") == PASSES


def test_nobody_is_new_where_the_town_says_so(wish, screened, anna):
    wish(newcomer_until=0, newcomer_links=0)
    assert screened(anna, "https://a.example") == PASSES


def test_the_same_text_is_taken_once_a_day(noon, wish, session, screened, anna, ben, write):
    wish()
    written = write(anna, LONG)
    assert screened(anna, LONG.upper()) == ("reject", "duplicate")
    assert screened(anna, LONG, is_edit=True) == PASSES
    assert screened(ben, LONG) == PASSES
    assert screened(anna, LONG + " Bitte") == PASSES
    with clock.turned(NOW + dt.timedelta(days=1)):
        assert screened(anna) == PASSES
    service.withdraw(session, ContentRef("forum.post", written.post_id))
    assert screened(anna) == PASSES


def test_the_third_person_with_one_text_waits(noon, wish, screened, anna, ben, new_member, write):
    wish()
    carla = new_member()
    write(anna, LONG)
    assert screened(carla) == PASSES
    write(ben, LONG)
    assert screened(carla) == ("hold", "flood")
    with clock.turned(NOW + 60 * MINUTE):
        assert screened(carla) == PASSES


def test_so_many_in_ten_minutes_and_when_it_goes_on(noon, wish, session, forum, screened, anna, ben, write):
    wish(per_ten_minutes=2)
    write(anna)
    with clock.turned(NOW + 4 * MINUTE):
        assert screened(anna) == PASSES
        write(anna)
        assert screened(anna) == ("reject", "rate")
        assert screened(anna, is_edit=True) == PASSES
        assert screened(ben) == PASSES
        with pytest.raises(service.Rejected) as refused:
            write(anna)
        assert refused.value.found == "rate"
        assert "10:10" in str(refused.value).replace("\u202f", " ")
    with clock.turned(NOW + 10 * MINUTE):
        assert screened(anna) == PASSES


def test_so_many_in_a_day(noon, wish, screened, anna, write):
    wish(per_day=2)
    write(anna)
    write(anna)
    with clock.turned(NOW + dt.timedelta(hours=23)):
        assert screened(anna) == ("reject", "day")
    with clock.turned(NOW + dt.timedelta(days=1)):
        assert screened(anna) == PASSES


def test_newcomers_wait_between_two_unless_they_prove_themselves(noon, wish, screened, told, anna, write):
    wish(newcomer_gap=60)
    write(anna)
    with clock.turned(NOW + dt.timedelta(seconds=59)):
        assert screened(anna) == ("reject", "gap")
        told(Signals(seconds=30.0, proven=True), "one")
        assert screened(anna) == PASSES
    told()
    with clock.turned(NOW + MINUTE):
        assert screened(anna) == PASSES


def test_no_break_is_none_even_where_two_clocks_differ(noon, wish, screened, anna, write):
    wish(newcomer_gap=0)
    with clock.turned(NOW + MINUTE):
        write(anna)
    assert screened(anna) == PASSES


def test_moderators_and_administrators_are_not_counted(noon, wish, screened, moderator, write):
    wish(per_ten_minutes=1, per_day=1, look_first=9, newcomer_links=0, words_held="Hafen")
    write(moderator, LONG)
    assert screened(moderator, LONG + " https://a.example") == PASSES


@pytest.mark.parametrize(
    ("signals", "found"),
    [
        (Signals(), PASSES),
        (Signals(seconds=3.0), PASSES),
        (Signals(seconds=2.9), ("hold", "unusual")),
        (Signals(seconds=2.9, proven=True), PASSES),
        (Signals(seconds=0.0), ("hold", "unusual")),
        (Signals(trapped=True, seconds=30.0), ("hold", "trap")),
        (Signals(trapped=True, seconds=30.0, proven=True), ("hold", "trap")),
    ],
)
def test_what_the_form_tells(wish, screened, told, anna, signals, found):
    wish()
    told(signals, "one" if signals.proven else "")
    assert screened(anna) == found


def test_changing_a_word_in_a_hurry_is_nothing_unusual(wish, screened, told, anna):
    wish()
    told(Signals(seconds=0.5))
    assert screened(anna, is_edit=True) == PASSES


def test_a_newcomers_link_wants_a_proof_that_has_not_served_yet(wish, session, screened, told, anna, write):
    wish()
    text = "https://a.example"
    told(Signals(seconds=30.0))
    assert screened(anna, text) == ("hold", "unusual")
    told(Signals(seconds=30.0, proven=True), "one")
    assert screened(anna, text) == PASSES
    write(anna)
    told(Signals(seconds=30.0, proven=True), "one")
    assert screened(anna, text) == ("hold", "unusual")
    told(Signals(seconds=30.0, proven=True), "two")
    assert screened(anna, text) == PASSES
    told(Signals(seconds=30.0, proven=True), "one")
    write(anna)
    assert session.scalars(select(Submission.proof).order_by(Submission.id)).all() == ["one", ""]


def test_without_puzzles_only_haste_is_unusual(wish, screened, told, anna):
    wish(proof_of_work=False)
    told(Signals(seconds=30.0))
    assert screened(anna, "https://a.example") == PASSES


def test_half_as_much_as_allowed_is_unusual_without_a_proof(noon, wish, screened, told, anna, write):
    wish(per_ten_minutes=4)
    write(anna)
    told(Signals(seconds=30.0))
    assert screened(anna) == PASSES
    told()
    write(anna)
    told(Signals(seconds=30.0))
    assert screened(anna) == ("hold", "unusual")


def test_guests_are_screened_too(wish, screened):
    wish(words_refused="Schrott")
    assert screened(None, "Schrott") == ("reject", "refused_words")
    assert screened(None, "https://a.example " * 3) == ("hold", "links")
    assert screened(None) == PASSES


def test_the_author_is_told_in_german_what_helps(app, wish, session, forum, anna):
    wish(words_refused="Schrott")
    with i18n.speaking(i18n.translator("de")):
        verdict = service.screen(session, Draft("forum.post", "Schrott", author=anna, module=forum))
    assert "„Schrott“" in str(verdict.note)


def test_what_is_held_waits_with_its_code(wish, session, anna, write):
    wish(words_held="Mist")
    ref = ContentRef("forum.post", write(anna, "So ein Mist").post_id)
    assert service.find(session, ref).visibility is Visibility.HELD
    assert session.scalars(select(Case.code)).all() == ["words"]
    kept = session.scalars(select(Submission)).one()
    assert (kept.ruling, kept.code, kept.content_id, kept.seen_at) == ("hold", "words", ref.id, None)


def test_a_contribution_costs_three_statements_more(wish, session, anna, forum, statements):
    wish()
    author = MemberRef(anna.id, anna.display_name)
    with statements() as counted:
        service.screen(session, Draft("forum.post", LONG, author=author, module=forum))
    assert len([one for one in counted if "moderation_" in one]) == 2


def test_a_change_that_was_asked_for_comes_back_to_the_desk(wish, session, anna, forum, moderator, write):
    wish()
    ref = ContentRef("forum.post", write(anna).post_id)
    draft = Draft("forum.post", LONG, author=anna, module=forum, is_edit=True, content_id=ref.id)
    service.submit(session, draft, lambda _visibility: ref.id)
    assert session.scalars(select(Case)).all() == []
    deciding.decide_content(session, moderator, ref, Step(Measure.ASK, **WHY))
    service.submit(session, draft, lambda _visibility: ref.id)
    waits = session.scalars(select(Case).where(Case.closed_at.is_(None))).one()
    assert (waits.code, waits.content_id) == ("changed", ref.id)


def test_a_change_of_what_waits_goes_on_waiting(wish, session, anna, forum, moderator, write):
    wish(words_held="Mist")
    ref = ContentRef("forum.post", write(anna, "So ein Mist").post_id)
    deciding.decide_content(session, moderator, ref, Step(Measure.ASK, **WHY))
    draft = Draft("forum.post", LONG, author=anna, module=forum, is_edit=True, content_id=ref.id)
    stored: list[Visibility] = []

    def store(visibility):
        stored.append(visibility)
        return ref.id

    service.submit(session, draft, store)
    assert stored == [Visibility.HELD]
    waits = session.scalars(select(Case).where(Case.closed_at.is_(None))).one()
    assert (waits.code, waits.content_id) == ("changed", ref.id)
