"""Pages on which a town plans a forum's states and concludes it."""

from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Form,
    Invalid,
    NotFound,
    clock,
    here,
    may,
    module_url,
    render,
    requires,
)
from baukasten_forum import list_page, mine, pages, topic_page
from baukasten_forum.asking import asker
from baukasten_forum.keys import SETUP, State
from baukasten_forum.routes import routes
from baukasten_forum.stages import rules, shown, times
from baukasten_forum.steering import forms, schedule

_ = lazy("forum")
BASE = "/einrichten/zustaende"
STAGE = f"{BASE}/<int(max=9223372036854775807):stage_id>"

list_page.ABOVE.append(shown.list_banner)
topic_page.BANNERS.append(shown.topic_banner)
topic_page.TOP.append(shown.accepted)
topic_page.ASIDE.insert(0, shown.track)
mine.FEET[mine.Foot.ACCEPT] = shown.feet


@dataclass(frozen=True, slots=True)
class Row:
    """A state in the list."""

    label: object
    since: str
    now: bool
    change_url: str = ""
    """Empty for what has begun."""
    remove_url: str = ""


@routes.get(BASE)
@requires(SETUP)
def stages(module: ModuleRef) -> ResponseReturnValue:
    """Show a forum's states, past and to come, with the forms that plan another and conclude."""
    return _page(module)


@routes.post(BASE)
@requires(SETUP)
def plan_stage(module: ModuleRef) -> ResponseReturnValue:
    """Plan a state, or show the form again with what helps."""
    place = here()
    form = _stage_form(module, sent=True)
    try:
        if form.errors:
            return _page(module, form), 422
        schedule.add(place.session, asker(), module, forms.plan_of(form))
    except Invalid as error:
        return _page(module, _again(module, form, error)), 422
    place.session.commit()
    return redirect(module_url(module, "stages"), 303)


@routes.get(STAGE)
@requires(SETUP)
def stage(module: ModuleRef, stage_id: int) -> ResponseReturnValue:
    """Show the form of a state that has not begun."""
    step = _step(module, stage_id)
    return _change_page(module, step, _stage_form(module, step))


@routes.post(STAGE)
@requires(SETUP)
def change_stage(module: ModuleRef, stage_id: int) -> ResponseReturnValue:
    """Plan a state otherwise, or show the form again with what helps."""
    place, step = here(), _step(module, stage_id)
    form = _stage_form(module, step, sent=True)
    try:
        if form.errors:
            return _change_page(module, step, form), 422
        schedule.change(place.session, asker(), module, stage_id, forms.plan_of(form))
    except Invalid as error:
        return _change_page(module, step, _again(module, form, error, step)), 422
    place.session.commit()
    return redirect(module_url(module, "stages"), 303)


@routes.post(f"{STAGE}/entfernen")
@requires(SETUP)
def remove_stage(module: ModuleRef, stage_id: int) -> ResponseReturnValue:
    """Take a state that has not begun from the plan."""
    place = here()
    try:
        schedule.remove(place.session, asker(), module, stage_id)
    except Invalid as error:
        form = _stage_form(module)
        form.add_error("", next(iter(error.errors.values()), error.message))
        return _page(module, form), 422
    place.session.commit()
    return redirect(module_url(module, "stages"), 303)


@routes.post(f"{BASE}/abschliessen")
@requires(SETUP)
def conclude_forum(module: ModuleRef) -> ResponseReturnValue:
    """Publish what came of the forum and conclude it, or show the form again with what helps."""
    place, form = here(), _conclusion_form(module)
    if not form.read(request.form):
        return _page(module, conclusion=form), 422
    try:
        written = schedule.conclude(place.session, asker(), module, **form.values)
    except Invalid as error:
        form.add_invalid(error)
        return _page(module, conclusion=form), 422
    place.session.commit()
    return redirect(module_url(module, "topic", topic_id=written.topic_id, slug=written.slug), 303)


def _tools(module: ModuleRef, member: MemberRef) -> list[tuple[str, str]]:
    if not may(here().session, member, SETUP, module):
        return []
    return [(str(_("States and dates")), module_url(module, "stages"))]


list_page.TOOLS.append(_tools)


def _step(module: ModuleRef, stage_id: int) -> rules.Step:
    """Give a state that has not begun; raises NotFound, and Conflict once it has."""
    for step in rules.schedule(here().session, module.id):
        if step.id == stage_id:
            if step.starts_at <= clock.now():
                raise Conflict(_("This state has begun. What was stays; plan another one."))
            return step
    raise NotFound


def _stage_form(
    module: ModuleRef, step: rules.Step | None = None, *, sent: bool = False, back: bool = False
) -> Form:
    action = module_url(module, "stage", stage_id=step.id) if step else module_url(module, "stages")
    found = schedule.conclusions(here().session, module)
    return forms.stage_form(action, found, step, request.form if sent else None, back=back)


def _again(module: ModuleRef, form: Form, error: Invalid, step: rules.Step | None = None) -> Form:
    """Give the form with what was refused; one that goes back to an earlier state gets the box to tick."""
    if forms.SURE.key in error.errors:
        form = _stage_form(module, step, sent=True, back=True)
    form.add_invalid(error)
    return form


def _conclusion_form(module: ModuleRef) -> Form:
    return forms.conclusion_form(module_url(module, "conclude_forum"), titled=True)


def _page(module: ModuleRef, form: Form | None = None, conclusion: Form | None = None) -> str:
    steps, at = rules.schedule(here().session, module.id), clock.now()
    now = rules.current(steps, at)
    concluded = now is not None and now.state in (State.CONCLUDED, State.ARCHIVED)
    return render(
        "forum/stages/schedule.html",
        title=_("States and dates"),
        module=module,
        crumbs=pages.crumbs(module, (str(_("States and dates")), "")),
        rows=[_row(module, step, is_now=step is now) for step in steps],
        is_open=now is None,
        form=form or _stage_form(module),
        conclusion=None if concluded else conclusion or _conclusion_form(module),
    )


def _change_page(module: ModuleRef, step: rules.Step, form: Form) -> str:
    back = module_url(module, "stages")
    title = schedule.LABELS[step.state]
    return render(
        "forum/stages/stage.html",
        title=title,
        crumbs=pages.crumbs(module, (str(_("States and dates")), back), (str(title), "")),
        form=form,
        back_url=back,
    )


def _row(module: ModuleRef, step: rules.Step, *, is_now: bool) -> Row:
    to_come = step.starts_at > clock.now()
    return Row(
        label=schedule.LABELS[step.state],
        since=times.since_text(step.starts_at),
        now=is_now,
        change_url=module_url(module, "stage", stage_id=step.id) if to_come else "",
        remove_url=module_url(module, "remove_stage", stage_id=step.id) if to_come else "",
    )
