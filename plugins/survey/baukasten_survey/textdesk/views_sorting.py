"""The page on which one person sorts texts, one after the other, by button or key."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import here, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.keys import RAW
from baukasten_survey.routes import routes
from baukasten_survey.textdesk.views_places import BASE, category, number, place_of
from baukasten_survey.texts import categories, coding, fields
from baukasten_survey.texts.holding import is_frozen

_ = lazy("survey")


@routes.get(f"{BASE}<text_name>/sortieren")
@requires(RAW)
def texts_sort(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Show the next text."""
    return _show(module, text_name)


@routes.post(f"{BASE}<text_name>/sortieren")
@requires(RAW)
def texts_sort_save(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Sort the shown text, and show the next."""
    session = here().session
    place = place_of(session, module)
    field, response = place.field(text_name), number(request.form.get("text", ""))

    def change() -> ResponseReturnValue:
        coding.assign(session, showing.me(), place.survey.id, field, response, category())
        return showing.back(module, "texts_sort", text_name=text_name, nach=response, **_kept())

    return showing.trying(change, lambda refused: _show(module, text_name, refused))


@routes.post(f"{BASE}<text_name>/zuruecknehmen")
@requires(RAW)
def texts_undo(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Take back what was sorted last, and show it again."""
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)

    def change() -> ResponseReturnValue:
        response = coding.undo(session, showing.me(), place.survey.id, field)
        return showing.back(module, "texts_sort", text_name=text_name, nach=max(response - 1, 0), **_kept())

    return showing.trying(change, lambda refused: _show(module, text_name, refused))


@routes.post(f"{BASE}<text_name>/abschliessen")
@requires(RAW)
def texts_finish(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Say that one's sorting stands, and lead to the comparison."""
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)

    def change() -> ResponseReturnValue:
        coding.finish(session, showing.me(), place.survey.id, field)
        return showing.back(module, "texts_compare", text_name=text_name)

    return showing.trying(change, lambda refused: _show(module, text_name, refused))


def _kept() -> dict[str, str]:
    """Give what goes along from text to text: whether keys sort."""
    sent = request.form if request.method == "POST" else request.args
    return {"tasten": "1"} if sent.get("tasten") else {}


def _show(module: ModuleRef, text_name: str, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    place = place_of(session, module)
    field, survey_id = place.field(text_name), place.survey.id
    me = coding.coder(session, survey_id, text_name, showing.me())
    total = fields.totals(session, survey_id, [field])[text_name]
    mine = next(
        (one for one in coding.standings(session, survey_id, text_name) if me and one.id == me.id), None
    )
    frozen = is_frozen(session, survey_id, text_name)
    after = number(request.args.get("nach", ""))
    following = None if frozen else coding.following(session, survey_id, field, me, after)
    return showing.page(
        "survey/texts_sort.html",
        module,
        title=_("Sort texts"),
        current=desks.RESPONSES,
        refused=refused,
        asked=place.title(field),
        named=categories.of_question(session, survey_id, text_name),
        shown=following,
        total=total,
        coded=mine.coded if mine else 0,
        done=mine.done if mine else False,
        frozen=frozen,
        keys=bool(_kept()),
        urls={
            key: module_url(module, f"texts_{key}", text_name=text_name)
            for key in ("sort", "sort_save", "undo", "finish", "categories", "compare")
        }
        | {
            "texts": module_url(module, "texts"),
            "skip": module_url(module, "texts_sort", text_name=text_name, nach=following[0], **_kept())
            if following
            else "",
        },
    )
