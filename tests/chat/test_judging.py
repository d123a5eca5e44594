"""Moderation sees messages and questions like any contribution, and leads them by the same steps."""

import pytest
from sqlalchemy import select

from baukasten.moderation import service as moderation
from baukasten.moderation.models import Case
from baukasten.plugin import ContentRef, Original, Visibility
from baukasten.tenants import settings
from baukasten_chat import judging
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.messages import editing, history
from baukasten_chat.messages.service import say
from baukasten_chat.questions.service import ask

MESSAGES, QUESTIONS = judging.MESSAGES, judging.QUESTIONS


@pytest.fixture
def held(session, hour, anna, moderator):
    """A message that waits among twelve others."""
    settings.write(session, "moderation.screening", {"words_held": "schrott"})
    for turn in range(6):
        say(session, moderator, hour, body=f"Satz {turn}")
    done = say(session, anna, hour, body="So ein Schrott")
    session.commit()
    return ContentRef(MESSAGE_TYPE, done.id)


def test_what_waits_has_a_case_and_comes_into_view_by_a_decision(
    session, hour, room_of, anna, moderator, held
):
    case = session.scalars(select(Case)).one()
    assert (case.content_type, case.content_id, case.author_id, case.module_id) == (
        MESSAGE_TYPE,
        held.id,
        anna.id,
        hour.id,
    )
    moderation.publish(session, moderator, held)
    assert history.page(session, room_of(hour).id)[-1]["html"] == "So ein Schrott"
    moderation.hide(session, moderator, held, rule="Rule 2", facts="Beleidigt jemanden.")
    assert history.page(session, room_of(hour).id)[-1]["gone"] == "hidden"
    moderation.restore(session, moderator, held)
    shown = history.page(session, room_of(hour).id)[-1]
    assert (shown["number"], shown["version"]) == (7, 9)


def test_the_core_learns_what_it_needs(session, hour, anna, held):
    said = say(session, anna, hour, body="Guten **Abend**")
    waiting, shown = MESSAGES.find(session, [said.id, held.id, said.id + 1000])
    base = f"{hour.path}"
    assert (shown.ref, shown.title, shown.excerpt, shown.path, shown.label) == (
        ContentRef(MESSAGE_TYPE, said.id),
        "Fragestunde",
        "Guten Abend",
        f"{base}nachricht/7",
        "#7",
    )
    assert (shown.author_id, shown.author_name, shown.visibility) == (
        anna.id,
        "Anna Torf",
        Visibility.PUBLISHED,
    )
    assert (waiting.path, waiting.label, waiting.visibility) == (base, "", Visibility.HELD)
    assert shown.module_id == waiting.module_id == hour.id


def test_finding_takes_two_statements_however_many_they_are(session, hour, held, statements):
    session.commit()
    session.connection()
    with statements() as seen:
        found = MESSAGES.find(session, range(held.id - 6, held.id + 100))
    assert (len(seen), len(found)) == (2, 7)


def test_a_message_is_judged_in_its_conversation(session, hour, anna, ben, held, statements):
    later = [say(session, ben, hour, body=f"Danach {turn}").id for turn in range(2)]
    with statements() as seen:
        whole = MESSAGES.detail(session, held.id)
    assert len(seen) == 3
    assert whole is not None
    assert (whole.text, whole.html, whole.label) == ("So ein Schrott", "So ein Schrott", "")
    assert [one.excerpt for one in whole.before] == ["Satz 2", "Satz 3", "Satz 4", "Satz 5"]
    assert [one.excerpt for one in whole.after] == ["Danach 0", "Danach 1"]
    last = MESSAGES.detail(session, later[1])
    assert last is not None
    assert [one.label for one in last.before] == ["#4", "#5", "#6", "#7"]
    assert (last.after, last.label) == ([], "#8")
    assert MESSAGES.detail(session, later[1] + 1000) is None


def test_staff_finds_the_way_to_change_a_message_and_to_its_wordings(session, hour, anna, held):
    whole = MESSAGES.detail(session, held.id)
    assert whole is not None
    assert (whole.edit_path, whole.history_path) == (f"{hour.path}nachricht/{held.id}/aendern", "")
    editing.edit(session, anna, hour, held.id, "So etwas Schönes")
    edited = MESSAGES.detail(session, held.id)
    assert edited is not None
    assert edited.history_path == f"{hour.path}nachricht/{held.id}/fassungen"
    editing.withdraw(session, anna, hour, held.id)
    whole = MESSAGES.detail(session, held.id)
    assert whole is not None
    assert (whole.edit_path, whole.history_path) == ("", "")


def test_originals_are_what_was_typed(session, hour, anna, held):
    said = say(session, anna, hour, body="Guten **Abend**")
    assert MESSAGES.originals(session, [held.id, said.id]) == {
        held.id: Original("So ein Schrott", ""),
        said.id: Original("Guten **Abend**", "#7"),
    }


def test_only_who_is_seen_under_a_name_has_a_profile(session, hour, anna, ben, moderator, held):
    assert MESSAGES.authors(session, [anna.id, moderator.id]) == [(moderator.id, hour.id)]
    open_one = ask(session, anna, hour, body="Wann wird saniert?")
    nameless = ask(session, ben, hour, body="Wer bezahlt das?", anonymous=True)
    for one in (open_one, nameless):
        moderation.publish(session, moderator, ContentRef(QUESTION_TYPE, one.id))
    assert QUESTIONS.authors(session, [anna.id, ben.id]) == [(anna.id, hour.id)]


def test_questions_are_seen_and_led_alike(session, hour, anna, moderator):
    asked = ask(session, anna, hour, body="Wann wird saniert?")
    ref = ContentRef(QUESTION_TYPE, asked.id)
    (waiting,) = QUESTIONS.find(session, [asked.id])
    assert (waiting.visibility, waiting.path) == (Visibility.HELD, hour.path)
    moderation.publish(session, moderator, ref)
    (shown,) = QUESTIONS.find(session, [asked.id])
    assert (shown.label, shown.path, shown.excerpt) == ("#1", f"{hour.path}frage/1", "Wann wird saniert?")
    whole = QUESTIONS.detail(session, asked.id)
    assert whole is not None
    assert whole.text == "Wann wird saniert?"
    moderation.hide(session, moderator, ref, rule="Rule 2", facts="Keine Frage an die Stadt.")
    assert QUESTIONS.find(session, [asked.id])[0].visibility is Visibility.HIDDEN


def test_another_town_finds_nothing(database, other_town, held):
    with database.session(other_town.id) as elsewhere:
        assert MESSAGES.find(elsewhere, [held.id]) == []
        assert MESSAGES.detail(elsewhere, held.id) is None
        assert MESSAGES.originals(elsewhere, [held.id]) == {}
