"""A newsletter with something of everything, every text of it marked, for tests that look for leaks."""

import io

from sqlalchemy import select

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten_newsletter import loading
from baukasten_newsletter.keys import Frequency, Purpose
from baukasten_newsletter.letters import blocks
from baukasten_newsletter.letters import service as letters
from baukasten_newsletter.models import Issue, Subscriber
from baukasten_newsletter.people import importing, joining, log, reader, topics
from baukasten_newsletter.people.importing import NewSubscriber, Origin
from baukasten_newsletter.people.joining import Wish
from baukasten_newsletter.returns.classes import Kind
from baukasten_newsletter.returns.models import Return, ReturnedLetter
from baukasten_newsletter.transfer.models import Import, ImportState
from tests.house.talking import DAY, UNSEEN


def write(session, project_id, people, marker):
    """Place a list with readers, issues of before, a draft and a letter that came back; gives its routes' arguments."""
    admin, slug = people["admin"], f"brief-{marker}".lower()
    module = place_module(
        session, None, "newsletter", title=f"Brief {marker}", slug=slug, project_id=project_id,
        settings={"intro": f"Worum {marker}"},
    )  # fmt: skip
    _fill(session, module, admin, marker)
    draft = letters.create(session, admin, module)
    words = letters.Words(
        f"Entwurf {UNSEEN}{marker}", "", blocks.check([{"kind": "text", "text": f"Gedanke {UNSEEN}{marker}"}])
    )
    letters.save(session, admin, module, draft.id, "de", words, draft.revision)
    paper = letters.add_paper(
        session, admin, module, draft.id, "marker.txt", io.BytesIO(marker.encode())
    ).papers[-1]
    first = topics.listed(session, module.id)[0].id
    row = _readers(session, admin, module, first, marker)
    came_back = _returned(session, row, marker)
    return {
        "newsletter": module.slug,
        "themen_row": str(first),
        "ausgaben_row": str(draft.id),
        "rueckweg_row": str(came_back),
        "zahlen_row": str(
            session.scalar(select(Issue.id).where(Issue.module_id == module.id, Issue.number == 2))
        ),
        "einlesen_row": str(_import(session, module, admin, marker)),
        "paper": str(paper),
        **_links(session, row, marker),
    }


def _fill(session, module, admin, marker):
    """Let two issues have been sent; the addresses of the second and of a topic are what tests fill in."""
    issues = [
        {
            "subject": f"Ausgabe {day} {marker}",
            "days": day,
            "blocks": [{"kind": "text", "text": f"Wort {marker}"}],
        }
        for day in (9, 2)
    ]
    content = {
        "staff": admin,
        "now": clock.now(),
        "topics": [{"slug": "x", "title": f"Thema {marker}", "description": f"Dazu {marker}"}],
        "issues": issues,
    }
    loading.load(session, module, content)


def _readers(session, admin, module, topic, marker):
    """Bring somebody in, and let somebody else wait for a confirmation; gives the first."""
    # Of this town alone: who wants no mail of any town stays on the list of the installation.
    address = f"liest-{marker}-{session.tenant_id}@post.example".lower()
    wanted = [NewSubscriber(1, address, f"Leserin {marker}", topics=(topic,))]
    (_told,) = importing.take(session, admin, module, wanted, Origin(f"Liste {marker}"), "de")
    wish = Wish(f"wartet-{marker}@post.example".lower(), [topic], "de", f"Wartet {marker}", Frequency.AT_ONCE)
    joining.ask(session, module, wish, log.NOWHERE)
    return _named(session, f"Leserin {marker}")


def _named(session, name):
    return session.scalars(select(Subscriber.id).where(Subscriber.name == name)).one()


def _returned(session, subscriber_id, marker):
    """Keep a letter that nobody could read."""
    found = Return(fingerprint=f"made-{marker}", at=clock.now() - DAY, kind=Kind.UNREADABLE, permanent=False)
    session.add(found)
    session.flush()
    letter = ReturnedLetter(
        return_id=found.id, subscriber_id=subscriber_id, sender=f"post-{marker}@post.example",
        subject=f"Zurück {marker}", source=f"Text {marker}", size=20,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return found.id


def _import(session, module, admin, marker):
    """Keep a file whose rows wait to be brought in."""
    now = clock.now()
    file = Import(
        module_id=module.id, created_by=admin.id, created_at=now, changed_at=now, file_name=f"{marker}.csv", bytes=1,
        state=ImportState.CHECKED, language="de", topics=[],
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file.id


def _links(session, subscriber_id, marker):
    waiting = _named(session, f"Wartet {marker}")
    named = {"confirming": (Purpose.CONFIRM, waiting), "settling": (Purpose.PREFERENCES, subscriber_id)}
    named |= {"leaving": (Purpose.LEAVE, subscriber_id), "quitting": (Purpose.NEVER, subscriber_id)}
    return {
        name: reader.path(session, purpose, number, 1).rpartition("/")[2]
        for name, (purpose, number) in named.items()
    }
