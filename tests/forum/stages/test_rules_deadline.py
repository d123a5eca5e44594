"""The last second, on every way in: accepted one second before an end, refused at it, and no text is lost.

The ends are those of Berlin, on a usual evening and around both nights in which the clocks are changed.
"""

import datetime as dt
from email.utils import make_msgid

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Closed
from baukasten.plugin import Automatic, IncomingMail
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.web.platform import EXTENSION
from baukasten_forum import mailbox, service
from baukasten_forum.models import Post, Topic
from baukasten_forum.readers import Reaction
from baukasten_forum.stages import rules
from baukasten_forum.writing.models import SavedDraft
from tests.forum.conftest import DAY, first, hidden_fields

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
SITE = "/forum/"


def utc(year, month, day, hour=0, minute=0, second=0):
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


ENDS = [
    ("2026-12-03", "23:59:59", "", utc(2026, 12, 3, 22, 59, 59)),
    ("2026-03-28", "23:59:59", "", utc(2026, 3, 28, 22, 59, 59)),
    ("2026-03-29", "03:00", "", utc(2026, 3, 29, 1)),
    ("2026-03-29", "23:59:59", "", utc(2026, 3, 29, 21, 59, 59)),
    ("2026-10-24", "23:59:59", "", utc(2026, 10, 24, 21, 59, 59)),
    ("2026-10-25", "02:30", "first", utc(2026, 10, 25, 0, 30)),
    ("2026-10-25", "02:30", "second", utc(2026, 10, 25, 1, 30)),
    ("2026-10-25", "23:59:59", "", utc(2026, 10, 25, 22, 59, 59)),
]


def text_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def token(client, page):
    return first(r'name="_token" value="([^"]+)"', text_of(client.get(page)))


class Ways:
    """The ways in that a person has, each with the forms fetched beforehand, as they lie open on a screen."""

    def __init__(self, client, base, topic, own, session, member):
        self.client, self.topic, self.session, self.member = client, topic, session, member
        self.page = f"{base}{topic.topic_id}-{topic.slug}"
        self.new, self.own = f"{base}neu", f"{base}{own.topic_id}/1/bearbeiten"
        self.reaction, self.drafts = f"{base}{topic.topic_id}/1/reaktion", f"{base}entwuerfe"
        self.forms = {
            page: hidden_fields(text_of(client.get(page))) for page in (self.page, self.new, self.own)
        }
        self.token = token(client, self.page)

    def send(self, page, **values):
        return self.client.post(page, data={**self.forms[page], **values})

    def reply(self, body, **more):
        return self.send(self.page, body=body, **more)

    def begin(self, body):
        return self.send(self.new, title="Ein neues Thema", body=body)

    def change(self, body):
        return self.send(self.own, title="Eigenes", body=body)

    def support(self, accept="text/html"):
        values = {"_token": self.token, "support": "1"}
        return self.client.post(self.reaction, data=values, headers={"Accept": accept})

    def save_by_script(self, body):
        return self.client.post(
            self.drafts, data={"_token": self.token, "key": f"reply:{self.topic.topic_id}", "body": body}
        )

    def mail(self, body):
        mail = IncomingMail(
            recipient="antwort@stadt.test",
            sender="ben@post.example",
            subject="AW: Treppe",
            text=body,
            full=body,
            message_id=make_msgid(domain="post.example"),
            references=(),
            automatic=Automatic.NO,
            bounce=None,
            loop=False,
            attachments=0,
            size=len(body),
        )
        written = mailbox.take(self.session, self.member, self.topic.topic_id, mail)
        self.session.commit()
        return written


def counts(session):
    session.rollback()
    numbers = session.query(Topic.next_number).order_by(Topic.id).all()
    bodies = sorted(session.scalars(select(Post.body)))
    return bodies, [number for (number,) in numbers], session.query(Reaction).count()


@pytest.fixture
def on_time(app, browse, session, anna, ben):
    """Goes all ways in one second before an end, then all at it; gives what is stored afterwards."""

    def check(module, base, end):
        generations = app.extensions[EXTENSION].generations
        with clock.turned(end - 30 * MINUTE):
            topic, own = begin(session, module, anna, ben)
        with clock.turned(end - 2 * SECOND):
            generations.refresh()
            client = browse(ben)
            early, late = (Ways(client, base, topic, own, session, ben) for _time in range(2))
        with clock.turned(end - SECOND):
            generations.refresh()
            assert early.reply("Gerade noch.").status_code == 303
            assert early.begin("Auch noch.").status_code == 303
            assert early.change("Geändert, noch rechtzeitig.").status_code == 303
            assert early.support().status_code == 303
            assert early.mail("Per Mail, noch rechtzeitig.") is None
            # The change made before made the form on the screen old.
            late.forms[late.own] = hidden_fields(text_of(client.get(late.own)))
            stored = counts(session)
        assert {
            "Gerade noch.",
            "Auch noch.",
            "Geändert, noch rechtzeitig.",
            "Per Mail, noch rechtzeitig.",
        } < set(stored[0])
        assert stored[2] == 1
        with clock.turned(end):
            generations.refresh()
            for answer, words in (
                (late.reply("Zu spät, aber lang."), "Zu spät, aber lang."),
                (late.begin("Zu spät für Neues."), "Zu spät für Neues."),
                (late.change("Zu spät geändert."), "Zu spät geändert."),
            ):
                page = text_of(answer, 403)
                assert f"{words}</textarea>" in page
                assert 'role="alert"' in page
            assert late.support().status_code == 403
            assert late.support("application/json").status_code == 403
            with pytest.raises(Closed):
                late.mail("Per Mail, zu spät.")
            # A preview stores nothing, gives the text back and says above it that writing is over.
            page = text_of(late.reply("Nur ansehen.", preview="1"))
            assert "Nur ansehen.</textarea>" in page
            assert "Schreiben geht hier gerade nicht" in page
            assert counts(session) == stored
            kept = {draft.key: draft.body for draft in session.query(SavedDraft).filter_by(member_id=ben.id)}
            first = session.scalar(select(Post.id).where(Post.topic_id == own.topic_id, Post.number == 1))
            assert kept == {
                f"reply:{topic.topic_id}": "Zu spät, aber lang.",
                "new": "Zu spät für Neues.",
                f"edit:{first}": "Zu spät geändert.",
            }
            # What a script saves while one types is still kept, too.
            assert late.save_by_script("Weiter getippt.").status_code in (200, 409)
            assert counts(session) == stored
        return stored

    return check


def begin(session, module, anna, ben):
    """Anna's topic that Ben replies to and supports, and Ben's own that he changes."""
    topic = service.open_topic(session, anna, module, title="Treppe", body="Breite Stufen.", kind="idea")
    own = service.open_topic(session, ben, module, title="Eigenes", body="Mein Text.", kind="idea")
    session.commit()
    return topic, own


@pytest.mark.parametrize("written", ENDS)
def test_a_state_planned_in_the_towns_time_begins_to_the_second(
    on_time, browse, session, place, admin, written
):
    module, (day, time, which, end) = place("forum", slug="forum", title="Forum"), written
    with clock.turned(end - 30 * MINUTE):
        client, plan = browse(admin), f"{SITE}einrichten/zustaende"
        values = {"state": "read_only", "day": day, "time": time, "which": which}
        assert client.post(plan, data={**values, "_token": token(client, plan)}).status_code == 303
        assert [step.starts_at for step in rules.schedule(session, module.id)] == [end]
    bodies, _numbers, supports = on_time(module, SITE, end)
    assert (len(bodies), supports, [body for body in bodies if "Zu spät" in body]) == (5, 1, [])


@pytest.mark.parametrize("end", [ENDS[0][3], ENDS[2][3], ENDS[5][3]])
def test_a_phase_ends_to_the_second(on_time, session, forum, end):
    with clock.turned(end - 30 * MINUTE) as now:
        phase = PhaseDraft("Ideen", now - DAY, end, "", ("forum.discuss",))
        set_phases(session, None, forum.project.id, [phase])
        session.commit()
    bodies, _numbers, supports = on_time(forum, "/beteiligung/torfhafen/forum/", end)
    assert (len(bodies), supports, [body for body in bodies if "Zu spät" in body]) == (5, 1, [])


@pytest.mark.parametrize("written", [ENDS[0], ENDS[2], ENDS[6]])
def test_a_topic_closes_to_the_second(app, browse, session, place, moderator, anna, ben, written):
    module, (day, time, which, end) = place("forum", slug="forum", title="Forum"), written
    with clock.turned(end - 30 * MINUTE):
        topic, own = begin(session, module, anna, ben)
        client, base = browse(moderator), f"{SITE}{topic.topic_id}/werkzeuge/"
        values = {"day": day, "time": time, "which": which, "_token": token(client, f"{base}zustand")}
        assert client.post(f"{base}ende", data=values).status_code == 303
    with clock.turned(end - 2 * SECOND):
        app.extensions[EXTENSION].generations.refresh()
        early, late = (Ways(browse(ben), SITE, topic, own, session, ben) for _time in range(2))
    with clock.turned(end - SECOND):
        assert early.reply("Gerade noch.").status_code == 303
        assert early.support().status_code == 303
    with clock.turned(end):
        assert "Zu spät.</textarea>" in text_of(late.reply("Zu spät."), 403)
        assert late.support().status_code == 403
        # The forum itself is open: elsewhere one goes on.
        assert late.begin("Woanders geht es weiter.").status_code == 303


def test_a_time_that_the_night_of_spring_leaves_out_is_no_end(browse, session, place, admin):
    module = place("forum", slug="forum", title="Forum")
    with clock.turned(utc(2026, 3, 1)):
        client, plan = browse(admin), f"{SITE}einrichten/zustaende"
        values = {"state": "read_only", "day": "2026-03-29", "time": "02:30", "_token": token(client, plan)}
        assert "Auf 01:59 folgt 03:00" in text_of(client.post(plan, data=values), 422)
    assert rules.schedule(session, module.id) == ()


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("forum.discuss", ["begin", "reply", "support"]),
        ("forum.reply", ["reply", "support"]),
        ("forum.support", ["support"]),
    ],
)
@pytest.mark.usefixtures("noon")
def test_a_phase_opens_what_it_names(app, browse, session, forum, anna, ben, feature, expected):
    noon = clock.now()
    topic, own = begin(session, forum, anna, ben)
    base = "/beteiligung/torfhafen/forum/"
    app.extensions[EXTENSION].generations.refresh()
    ways = Ways(browse(ben), base, topic, own, session, ben)
    set_phases(session, None, forum.project.id, [PhaseDraft("P", noon - DAY, noon + DAY, "", (feature,))])
    session.commit()
    answers = {"begin": ways.begin("Neu."), "reply": ways.reply("Antwort."), "support": ways.support()}
    assert [name for name, answer in answers.items() if answer.status_code == 303] == expected
    assert {answer.status_code for answer in answers.values()} <= {303, 403}
