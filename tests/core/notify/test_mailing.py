"""The mail of a burst: one letter, once, to those who still want it."""

import dataclasses
from email import message_from_bytes

import pytest
from sqlalchemy import text

from baukasten.access import members
from baukasten.errors import Unavailable
from baukasten.jobs import dead
from baukasten.mail.incoming import addresses
from baukasten.mail.transport import Refused
from baukasten.notify import links, service
from baukasten.notify.models import Notice
from baukasten.plugin.refs import ContentRef
from baukasten.tenants import plugins, settings
from tests.core.notify.herald.plugin import HIDDEN


def tell(session, member, who="Ben", **more):
    data = {"who": who, "topic": "Bänke"}
    service.notify(session, "herald.reply", recipients=[member.id], data=data, **more)
    session.commit()


def test_one_letter_says_everything_of_a_group(scope, home, post, anna):
    for number, who in enumerate(("Ben", "Cem", "Dora")):
        tell(scope, anna, who, group="topic:1", path=f"/topic/{number}")
    tell(scope, anna, "Else", group="topic:2")
    first, second = sorted(post.mails(), key=lambda mail: mail.subject, reverse=True)
    to = members.addresses(scope, [anna.id])[anna.id]

    assert (second.subject, first.subject) == ("Dora answered in Bänke", "Else answered in Bänke")
    site = f"https://{home.host}"
    signed = (post.office.config.secret_key, home.id, anna.id, "herald.reply")
    leave, silence = links.leave_path(*signed), links.leave_path(*signed, "topic:1")
    assert second.text.splitlines() == [
        f"{home.name}: 3",
        f"Ben {site}/topic/0",
        f"Cem {site}/topic/1",
        f"Dora {site}/topic/2",
        f"newest {site}/topic/2",
        f"end {site}{leave}",
        f"silence {site}{silence}",
        f"choose {site}/konto/hinweise/mails",
    ]
    assert (second.to, second.sender, second.sender_name) == (to, f"beteiligung@{home.host}", home.name)
    assert post.mails() == sorted([first, second], key=lambda mail: mail.id)


def test_a_later_notice_begins_a_new_burst(scope, post, anna):
    tell(scope, anna, "Ben")
    assert len(post.mails()) == 1
    tell(scope, anna, "Cem")

    assert [mail.text.splitlines()[0][-1] for mail in post.mails()] == ["1", "1"]


def test_what_was_read_on_the_page_is_not_mailed(scope, post, anna):
    tell(scope, anna)
    service.mark_read(scope, anna.id)
    scope.commit()

    assert post.mails() == []


def test_what_was_hidden_meanwhile_is_not_mailed(scope, post, anna):
    tell(scope, anna, "Ben", about=ContentRef("herald", 1))
    tell(scope, anna, "Cem", about=ContentRef("herald", 2))
    HIDDEN.add(1)

    (mail,) = post.mails()
    assert "Ben" not in mail.text
    assert "Cem" in mail.text


def test_who_ended_the_mails_meanwhile_gets_none(scope, post, anna):
    tell(scope, anna)
    service.want(scope, anna.id, "herald.reply", mails=False)
    scope.commit()

    assert post.mails() == []


def test_a_plugin_switched_off_meanwhile_mails_nothing(scope, home, post, anna):
    tell(scope, anna)
    plugins.switch_off(scope, home, "herald")
    scope.commit()

    assert post.mails() == []


def test_an_erased_member_is_not_written_to(scope, post, anna):
    tell(scope, anna)
    members.erase(scope, anna.id)
    scope.commit()

    assert post.mails() == []


def test_a_mail_server_that_does_not_answer_is_tried_again(scope, post, anna, house):
    tell(scope, anna)
    post.transport.before = Unavailable()
    assert post.mails() == []
    with house.operator_session() as session:
        (given_up,) = dead.list_dead(session)
        assert (given_up.key, given_up.attempts) == ("notify.mail", 8)
        dead.retry(session, given_up.id)
        session.commit()
    post.transport.before = None

    assert len(post.mails()) == 1
    scope.rollback()
    assert scope.query(Notice).one().mailed_at is not None


def test_a_second_copy_after_a_crash_can_be_told_by_its_message_id(scope, post, anna):
    tell(scope, anna)
    post.transport.after = Unavailable()
    first = post.mails()
    assert len(first) == 8
    assert len({mail.message_id for mail in first}) == 1


def test_an_address_refused_for_good_ends_it(scope, post, anna, house):
    tell(scope, anna)
    post.transport.before = Refused()
    assert post.mails() == []
    post.transport.before = None

    assert post.mails() == []
    with house.operator_session() as session:
        assert dead.list_dead(session) == []
    scope.rollback()
    notice = scope.query(Notice).one()
    assert (notice.mail_due, notice.mailed_at) == (False, None)


def test_a_town_chooses_its_sender(scope, home, post, anna):
    settings.write(scope, "mail.sender", {"name": "Rathaus Töne", "address": "rathaus@stadt.example"})
    scope.commit()
    tell(scope, anna)

    (mail,) = post.mails()
    assert (mail.sender_name, mail.sender) == ("Rathaus Töne", "rathaus@stadt.example")
    assert mail.message_id.endswith(f"@{home.host}>")


def test_a_letter_says_where_to_answer_in_three_places(scope, home, post, anna):
    tell(scope, anna, "Ben", reply_to=("herold", 8))
    tell(scope, anna, "Cem", reply_to=("herold", 8))
    (mail,) = post.mails()
    head = message_from_bytes((post.transport.folder / f"{mail.id}.eml").read_bytes())
    secret = post.office.config.secret_key
    newest = addresses.Signed("herold", home.id, anna.id, 8)
    address = f"{addresses.local_part(secret, newest)}@{home.host}"
    assert (head["Reply-To"], head["References"]) == (address, f"<{address}>")
    assert addresses.read(secret, head["Message-ID"]) == newest
    assert len(head["Message-ID"]) < 250


def test_a_letter_about_several_matters_asks_for_no_answer(scope, post, anna):
    tell(scope, anna, "Ben", reply_to=("herold", 7))
    tell(scope, anna, "Cem", reply_to=("herold", 8))
    (mail,) = post.mails()
    head = message_from_bytes((post.transport.folder / f"{mail.id}.eml").read_bytes())
    assert (head["Reply-To"], head["References"]) == (None, None)


def test_a_matter_without_mailbox_is_a_mistake(scope, anna):
    with pytest.raises(service.UnknownNoticeError):
        tell(scope, anna, reply_to=("nobody", 7))


def test_where_no_mail_comes_in_nobody_is_asked_to_answer(scope, home, post):
    closed = dataclasses.replace(post.office, config=dataclasses.replace(post.office.config, answers_to=""))
    assert closed.reply_address(home, "herold", 1, 2) == ""


def test_the_job_holds_no_words_of_people(scope, anna):
    tell(scope, anna, "Benedikt")

    assert "Benedikt" not in str(scope.scalars(text("SELECT args::text FROM jobs.procrastinate_jobs")).all())
