"""Polls before the pages are looked at: one that runs, one that is over, under a topic of the citizen's."""

from baukasten.plugin.refs import ContentRef, Role
from baukasten.sdk import accompanied
from baukasten.web import i18n
from baukasten_forum import service as forum
from baukasten_survey.polls import service
from baukasten_survey.polls.service import Wanted
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import acting

RUNNING = Wanted("Welche Bänke passen an den Kai?", ["Holz", "Stein", "Gar keine"], changeable=True)
OVER = Wanted("Wann soll die Laterne brennen?", ["Bis Mitternacht", "Die ganze Nacht"], multiple=True)


def poll(shown: Exhibition) -> dict[str, str]:
    """Let the citizen write a topic with both; gives what addresses name."""
    with acting(shown, Role.CITIZEN) as (session, module, citizen), i18n.speaking(i18n.translator("de")):
        topic = forum.open_topic(session, citizen, module, title="Bänke am Kai", body="Was meinen Sie?")
        host = accompanied(session, citizen, ContentRef("forum.post", topic.post_id))
        running, over = (service.add(session, citizen, host, wanted) for wanted in (RUNNING, OVER))
        service.close(session, citizen, over)
        path = f"{module.path}{topic.topic_id}-{topic.slug}"
    return {
        "polled": path,
        "poll": f"/survey/abstimmung/{running}",
        "poll_over": f"/survey/abstimmung/{over}",
        "poll_new": f"/survey/abstimmung/neu/{host.ref.type}:{host.ref.id}",
    }
