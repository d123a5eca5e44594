"""The paper of a digest: the town's own, with what it is and how to leave it at its foot."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from baukasten.plugin import lazy
from baukasten.sdk import Letterhead, language_named
from baukasten_newsletter.keys import Slot
from baukasten_newsletter.letters import blocks, plaintext
from baukasten_newsletter.letters.rendering import DOCUMENT
from baukasten_newsletter.letters.sheet import with_styles

_ = lazy("newsletter")
CONTACT = "site.contact"


def address_of(contact: Mapping[str, Any]) -> str:
    """Give the address of the town hall on one line."""
    lines = (contact.get("address") or "").splitlines()
    return blocks.words(", ".join(line.strip() for line in lines if line.strip()))


def html(head: Letterhead, language: str, subject: str, inner: Markup, address: str) -> str:
    """Give the HTML part."""
    spoken = language_named(language)
    document = DOCUMENT.format(
        lang=spoken.lang,
        dir=spoken.dir,
        title=blocks.words(subject),
        hidden="",
        top=_top(head),
        greeting=Slot.SALUTATION.value,
        inner=inner,
        foot=_foot(head, language, address),
    )
    return with_styles(document, head)


def plain(head: Letterhead, language: str, inner: Markup, address: str) -> str:
    """Give the same words as plain text; the foot begins where programs leave quotations off (RFC 3676, 4.3)."""
    foot = [
        Slot.WHY.value,
        "{}\n{}".format(str(_("Change what I get:")), Slot.PREFERENCES.value),
        "{}\n{}".format(str(_("Unsubscribe with one click:")), Slot.LEAVE.value),
        plaintext.paragraph(_sender(head, address)),
        "{}\n{}".format(str(_("Imprint:")), head.url("/impressum", language)),
    ]
    title = plaintext.title(f"{_('What is new')} · {blocks.words(head.town.name)}")
    parts = [title, Slot.SALUTATION.value, plaintext.text_of(inner), "-- \n" + "\n\n".join(foot)]
    return "\n\n".join(parts) + "\n"


def _top(head: Letterhead) -> Markup:
    cell = Markup('<td class="crest-cell"><img class="crest" src="{}" width="44" height="52" alt=""></td>')
    crest = cell.format(head.crest) if head.crest else ""
    table = Markup('<table role="presentation"><tr>{}<td><h1>{}</h1><p>{}</p></td></tr></table>')
    return table.format(crest, str(_("What is new")), blocks.words(head.town.name))


def _foot(head: Letterhead, language: str, address: str) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    ways = [
        link.format(Slot.PREFERENCES.value, str(_("Change what I get"))),
        link.format(Slot.LEAVE.value, str(_("Unsubscribe with one click"))),
    ]
    imprint = link.format(head.url("/impressum", language), str(_("Imprint")))
    return Markup("<p>{}</p><p>{}</p><p>{} · {}</p>").format(
        Slot.WHY.value, Markup(" · ").join(ways), _sender(head, address), imprint
    )


def _sender(head: Letterhead, address: str) -> str:
    return ", ".join(one for one in (blocks.words(head.town.name), address) if one)
