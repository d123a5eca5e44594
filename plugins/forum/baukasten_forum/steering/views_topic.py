"""The page with what staff do to the state of one topic, and the button that names a question's answer."""

from collections.abc import Callable

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Form, Invalid, clock, here, module_url, render, requires, signed_in
from baukasten_forum import pages, service, topic_page
from baukasten_forum.asking import asker
from baukasten_forum.keys import MANAGE, TopicState
from baukasten_forum.routes import NUMBER, POST, routes
from baukasten_forum.stages import accepting, rules, times
from baukasten_forum.steering import forms, tools

_ = lazy("forum")
BASE = f"/{NUMBER}/werkzeuge"


@routes.get(f"{BASE}/zustand")
@requires(MANAGE)
def topic_state(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Show what staff can do to the state of a topic."""
    return _page(module, topic_id)


@routes.post(f"{BASE}/anheften")
@requires(MANAGE)
def pin_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Put a topic on top of the list, or back into its order."""
    tools.pin(here().session, asker(), module, topic_id, pinned=request.form.get("pinned") == "1")
    return _done(module, topic_id)


@routes.post(f"{BASE}/sperren")
@requires(MANAGE)
def lock_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Lock a topic with a reason."""
    form = forms.lock_form(module_url(module, "lock_topic", topic_id=topic_id))
    form.read(request.form)
    return _try(
        module,
        topic_id,
        "lock",
        form,
        lambda: tools.lock(here().session, asker(), module, topic_id, reason=form.values["reason"]),
    )


@routes.post(f"{BASE}/oeffnen")
@requires(MANAGE)
def reopen_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Let people write in a topic again."""
    tools.reopen(here().session, asker(), module, topic_id)
    return _done(module, topic_id)


@routes.post(f"{BASE}/pause")
@requires(MANAGE)
def slow_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Make people wait between two replies."""
    topic = rules.topic_of(here().session, module, topic_id)
    form = forms.slow_form(module_url(module, "slow_topic", topic_id=topic_id), topic.slow_seconds)
    form.read(request.form)
    return _try(
        module,
        topic_id,
        "slow",
        form,
        lambda: tools.slow(here().session, asker(), module, topic_id, seconds=int(form.values["seconds"])),
    )


@routes.post(f"{BASE}/ende")
@requires(MANAGE)
def close_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Let writing in a topic end at a moment, or take the end back."""
    form = forms.closing_form(module_url(module, "close_topic", topic_id=topic_id), None, request.form)
    return _try(
        module,
        topic_id,
        "closing",
        form,
        lambda: tools.close_at(here().session, asker(), module, topic_id, moment=forms.moment_of(form)),
    )


@routes.post(f"{BASE}/abschliessen")
@requires(MANAGE)
def conclude_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Publish what came of a topic and conclude it."""
    form = forms.conclusion_form(module_url(module, "conclude_topic", topic_id=topic_id), titled=False)
    form.read(request.form)
    found: list[service.Written] = []

    def conclude() -> None:
        body = form.values["body"]
        found.append(tools.conclude(here().session, asker(), module, topic_id, body=body))

    answer = _try(module, topic_id, "conclusion", form, conclude)
    return redirect(topic_page.post_url(module, found[0]), 303) if found else answer


@routes.post(f"{BASE}/archivieren")
@requires(MANAGE)
def archive_topic(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Keep a topic for reading alone."""
    form = Form([], module_url(module, "archive_topic", topic_id=topic_id))
    return _try(
        module,
        topic_id,
        "archive",
        form,
        lambda: tools.archive(here().session, asker(), module, topic_id),
    )


# Not @requires: the asker and staff come by different permissions; the service asks for them.
@routes.post(f"{POST}/annehmen")
@signed_in
def accept_answer(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Mark a reply as the answer to a question, or take the mark back."""
    place = here()
    accepted = "back" not in request.form
    accepting.accept(place.session, asker(), module, topic_id, number, accepted=accepted)
    place.session.commit()
    return redirect(module_url(module, "post", topic_id=topic_id, number=number), 303)


def _done(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    here().session.commit()
    return redirect(module_url(module, "topic_state", topic_id=topic_id), 303)


def _try(
    module: ModuleRef, topic_id: int, name: str, form: Form, change: Callable[[], object]
) -> ResponseReturnValue:
    """Do it, or show the page with this form as it was sent and with what helps."""
    try:
        if not form.errors:
            change()
            return _done(module, topic_id)
    except Invalid as error:
        form.add_invalid(error)
    return _page(module, topic_id, {name: form}), 422


def _page(module: ModuleRef, topic_id: int, sent: dict[str, Form] | None = None) -> str:
    topic = rules.topic_of(here().session, module, topic_id)

    def address(endpoint: str) -> str:
        return module_url(module, endpoint, topic_id=topic_id)

    over = topic.closes_at is not None and topic.closes_at <= clock.now()
    shown = {
        "lock": forms.lock_form(address("lock_topic")),
        "slow": forms.slow_form(address("slow_topic"), topic.slow_seconds),
        "closing": forms.closing_form(address("close_topic"), topic.closes_at),
        "conclusion": forms.conclusion_form(address("conclude_topic"), titled=False),
        "archive": Form([], address("archive_topic")),
    }
    return render(
        "forum/stages/topic.html",
        title=_("State of the contribution"),
        crumbs=pages.crumbs(module, (topic.title, _home(module, topic)), (str(_("State")), "")),
        topic_title=topic.title,
        home_url=_home(module, topic),
        is_open=topic.state == TopicState.OPEN and not over,
        can_conclude=topic.state in (TopicState.OPEN, TopicState.LOCKED),
        can_archive=topic.state in (TopicState.LOCKED, TopicState.CONCLUDED)
        or (over and topic.state == TopicState.OPEN),
        said=_state_text(topic, over=over),
        pinned=topic.pinned_at is not None,
        pin_url=address("pin_topic"),
        reopen_url=address("reopen_topic"),
        forms_shown=shown | (sent or {}),
    )


def _home(module: ModuleRef, topic: rules.TopicRow) -> str:
    return module_url(module, "topic", topic_id=topic.id, slug=topic.slug)


def _state_text(topic: rules.TopicRow, *, over: bool) -> str:
    if topic.state != TopicState.OPEN:
        return rules.topic_state_text(topic)
    if over:
        return str(_("The time for writing was over on %(day)s.")) % {
            "day": times.since_text(topic.closes_at)
        }
    return str(_("People can write here, as far as the forum is open."))
