"""Choosing quotes: the texts of a question with a search, and the form in which one is edited before it is shown."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import here, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.keys import RAW
from baukasten_survey.routes import ID, routes
from baukasten_survey.textdesk.views_places import BASE, number, place_of
from baukasten_survey.texts import fields, quotes

_ = lazy("survey")
PAGE = 20
LONGEST_SEARCH = 100


@routes.get(f"{BASE}<text_name>/stimmen")
@requires(RAW)
def texts_pick(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Show the texts of a question, those with certain words if asked."""
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)
    search = " ".join(request.args.get("suche", "").replace("\0", "").split())[:LONGEST_SEARCH]
    after = number(request.args.get("nach", ""))
    rows = fields.texts(session, place.survey.id, field, after=after, search=search, most=PAGE + 1)
    chosen = {
        one.response_id: one.state
        for one in quotes.of_survey(session, place.survey.id)
        if one.question == text_name
    }
    more = {"suche": search} if search else {}
    return showing.page(
        "survey/texts_pick.html",
        module,
        title=_("Choose voices"),
        current=desks.RESPONSES,
        asked=place.title(field),
        search=search,
        rows=[
            (
                text,
                chosen.get(response, ""),
                module_url(module, "texts_quote", text_name=text_name, row_id=response),
            )
            for response, text in rows[:PAGE]
        ],
        urls={
            "texts": module_url(module, "texts"),
            "pick": module_url(module, "texts_pick", text_name=text_name),
            "voices": module_url(module, "voices"),
        },
        older_url=module_url(module, "texts_pick", text_name=text_name, nach=rows[PAGE - 1][0], **more)
        if len(rows) > PAGE
        else "",
    )


@routes.get(f"{BASE}<text_name>/stimmen/{ID}")
@requires(RAW)
def texts_quote(module: ModuleRef, text_name: str, row_id: int) -> ResponseReturnValue:
    """Show a text and the form of what everybody is to read of it."""
    return _form(module, text_name, row_id)


@routes.post(f"{BASE}<text_name>/stimmen/{ID}")
@requires(RAW)
def texts_quote_save(module: ModuleRef, text_name: str, row_id: int) -> ResponseReturnValue:
    """Choose a text, as it was edited."""
    session = here().session
    place = place_of(session, module)
    field, body = place.field(text_name), request.form.get("body", "").replace("\0", "")

    def change() -> ResponseReturnValue:
        looked = request.form.get("looked") == "1"
        quotes.choose(session, showing.me(), place.survey, field, row_id, body, looked=looked)
        return showing.back(module, "voices", done="chosen")

    return showing.trying(change, lambda refused: _form(module, text_name, row_id, refused))


def _form(
    module: ModuleRef, text_name: str, row_id: int, refused: Exception | None = None
) -> ResponseReturnValue:
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)
    text = fields.text_of(session, place.survey.id, field, row_id)
    kept = quotes.of_response(session, place.survey.id, field, row_id)
    body = request.form.get("body", "") if refused is not None else kept.body if kept else text
    errors: dict[str, object] = getattr(refused, "errors", {})
    return showing.page(
        "survey/texts_quote.html",
        module,
        title=_("Edit a voice"),
        current=desks.RESPONSES,
        refused=refused,
        errors=errors,
        findings={},
        asked=place.title(field),
        text=text,
        body=body.replace("\0", ""),
        # What is far too long is refused anyway; looking for traces in all of it could take seconds.
        warnings=quotes.warnings(session, body[: quotes.LONGEST]),
        longest=quotes.LONGEST,
        urls={
            "pick": module_url(module, "texts_pick", text_name=text_name),
            "save": module_url(module, "texts_quote_save", text_name=text_name, row_id=row_id),
            "texts": module_url(module, "texts"),
        },
    )
