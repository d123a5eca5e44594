"""Looking at a letter before it is sent: as mail, on a phone, in the dark, as plain text; each by its own address."""

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import NotFound, as_frame, here, language_named, module_url, render, requires, with_frames
from baukasten_newsletter import desks
from baukasten_newsletter.keys import WRITE
from baukasten_newsletter.letters import preview, rendering, service
from baukasten_newsletter.letters.preview import VIEWS
from baukasten_newsletter.letters.rendering import Letter
from baukasten_newsletter.routes import ID, routes

_ = lazy("newsletter")
PREVIEW = f"/ausgaben/{ID}/vorschau/<any({', '.join(VIEWS)}):view>"


@routes.get(PREVIEW)
@requires(WRITE)
def issue_preview(module: ModuleRef, row_id: int, view: str) -> ResponseReturnValue:
    """Show a letter in one of its looks."""
    session, language = here().session, _language()
    issue = service.find(session, module, row_id)
    letter = _letter(module, row_id, dark=False)
    tongues = [one.language for one in rendering.editions_of(session, issue.id)]
    body = render(
        "newsletter/preview.html",
        title=_("Preview"),
        module=module,
        letter=letter,
        view=view,
        spoken=language_named(letter.language),
        views=[
            (name, str(label), _url(module, row_id, name, letter.language)) for name, label in VIEWS.items()
        ],
        tongues=[
            (language_named(code), _url(module, row_id, view, code), code == letter.language)
            for code in tongues
        ],
        frame_url=module_url(module, "issue_frame", row_id=row_id, view=view, sprache=letter.language),
        back_url=module_url(module, "issue", row_id=row_id, sprache=language or letter.language),
        **desks.values(module, desks.ISSUES),
    )
    return with_frames(make_response(body))


@routes.get(f"{PREVIEW}/brief")
@requires(WRITE)
def issue_frame(module: ModuleRef, row_id: int, view: str) -> ResponseReturnValue:
    """Give the letter itself, as a page that can do nothing."""
    letter = _letter(module, row_id, dark=view == "dunkel")
    if view == "text":
        return Response(letter.text, content_type="text/plain; charset=utf-8")
    return as_frame(Response(letter.html, content_type="text/html; charset=utf-8"))


def _letter(module: ModuleRef, row_id: int, *, dark: bool) -> Letter:
    issue = service.find(here().session, module, row_id)
    letter = preview.letter(here().session, issue, _language(), dark=dark, framed=True)
    if letter is None:
        raise NotFound
    return letter


def _language() -> str:
    return request.args.get("sprache", "")[:20]


def _url(module: ModuleRef, row_id: int, view: str, language: str) -> str:
    return module_url(module, "issue_preview", row_id=row_id, view=view, sprache=language)
