"""Files of subscribers before pages are looked at: one that was checked, one that was brought in, one that failed."""

import io

from sqlalchemy import select

from baukasten.plugin.refs import Role
from baukasten.plugin.work import Work, begin
from baukasten.projects import queries
from baukasten.web import i18n
from baukasten_newsletter.models import Issue
from baukasten_newsletter.people import topics
from baukasten_newsletter.transfer import running, service
from baukasten_newsletter.transfer.service import Wishes
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of
from tests.journeys.written import LIST

TABLE = "E-Mail;Name;Status\ngelesen@post.example;Lea Siel\nkaputt;Bo\ngesperrt@post.example;Cy;blocklisted\n"
BROKEN = TABLE + '"' + "x" * 200_000
ORIGIN = {"agreed": "Stadtbrief per Mail", "when": "Mai 2026", "how": "Liste am Schalter"}


def bring(shown: Exhibition) -> dict[str, str]:
    """Send three files and bring one in; gives what addresses name."""
    paths = {}
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        admin = member_of(shown, session, Role.ADMIN)
        (module,) = (one for one in queries.modules(session, None) if one.slug == LIST)
        wishes = Wishes([topics.listed(session, module.id)[0].id], "de", **ORIGIN)
        begin(session, Work(0, 1, shown.town(TOWN), frozenset(), {}))
        files = {"brought_file": TABLE, "checked_file": TABLE, "failed_file": BROKEN}
        for name, table in files.items():
            stream = io.BytesIO(table.encode())
            number = service.send(session, admin, module, ("leute.csv", stream), wishes)
            session.commit()
            running.run(session, import_id=number)
            if name == "brought_file":
                service.start(session, admin, module, number)
                running.run(session, import_id=number)
            paths[name] = f"/{LIST}/menschen/einlesen/{number}"
        session.commit()
        begun = select(Issue.id).where(Issue.module_id == module.id, Issue.started_at.is_not(None))
        paths["issue_figures"] = f"/{LIST}/zahlen/{session.scalar(begun.order_by(Issue.id).limit(1))}"
    return paths
