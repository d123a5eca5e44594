"""Letters in the making before the pages are looked at: one with all kinds of blocks, one that waits, one empty."""

import io

from PIL import Image

from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten.web import i18n
from baukasten_newsletter.letters import blocks, release, service
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of

LIST = "stadtbrief"
EVERYTHING = [
    {"kind": "text", "text": "Moin, im Hafen wird es **ernst**: [hier](/regeln).\n\n- eins\n- zwei"},
    {"kind": "heading", "text": "Mitreden", "level": 2},
    {"kind": "image", "media": 0, "alt": "", "decoration": False, "path": ""},
    {"kind": "projects", "slugs": ["alter-torfhafen"]},
    {"kind": "teaser", "path": "Kran", "text": ""},
    {
        "kind": "date",
        "text": "Rundgang am Kai",
        "at": "2035-04-01T18:00",
        "place": "Kai 3",
        "path": "/regeln",
    },
    {
        "kind": "result",
        "path": "/beteiligung/licht-in-der-nacht/",
        "text": "Die Lampen gehen von selbst aus.",
    },
    {"kind": "button", "text": "Hin", "path": "/beteiligung/"},
    {"kind": "divider"},
]


def begin(shown: Exhibition) -> dict[str, str]:
    """Write letters; gives what addresses name."""
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        writer = member_of(shown, session, Role.MODERATOR)
        (module,) = (one for one in queries.modules(session, None) if one.slug == LIST)
        full, waits, empty = (service.create(session, writer, module) for _time in range(3))
        file = io.BytesIO()
        Image.new("RGB", (600, 300), "teal").save(file, "PNG")
        file.seek(0)
        picture = service.store_picture(session, writer, module, "kai.png", file, "Der Kai")
        shown_blocks = blocks.check(EVERYTHING)
        shown_blocks.append(blocks.Block(blocks.Kind.IMAGE, media=picture.id, alt="Der Kai bei Nacht"))
        words = service.Words("Torfhafen: noch zwölf Tage", "Reden Sie mit", shown_blocks)
        service.save(session, writer, module, full.id, "de", words, full.revision)
        service.add_language(session, writer, module, full.id, "de-simple", "de")
        plain = service.Words("Neues vom Hafen", "", blocks.check([{"kind": "text", "text": "Moin."}]))
        service.save(session, writer, module, waits.id, "de", plain, waits.revision)
        release.ask(session, writer, module, waits.id)
        session.commit()
        base = f"/{LIST}/ausgaben/"
        return {
            "full_issue": f"{base}{full.id}",
            "waiting_issue": f"{base}{waits.id}",
            "empty_issue": f"{base}{empty.id}",
        }
