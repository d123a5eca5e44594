"""Pages behind a signed link: confirming, settings, leaving. Opening one changes nothing; pressing its button does."""

import datetime as dt
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Form,
    Invalid,
    NotFound,
    enqueue,
    here,
    module_url,
    modules_by_id,
    public,
    render,
    site_url,
    translator,
)
from baukasten_newsletter.keys import Purpose, SubscriberState
from baukasten_newsletter.people import (
    addresses,
    forms,
    forms_asking,
    joining,
    log,
    preferences,
    proof,
    reader,
    service,
    suppression,
    titles,
    topics,
    values,
)
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.mailing import DAYS, NEVER_JOB
from baukasten_newsletter.routes import TOKEN, site

_ = lazy("newsletter")
LIST = "liste"
"""Names the list that a mail came from, in the address of its page for leaving."""
NEVER_HERE, NEVER_ANYWHERE = "town", "everywhere"


@site.after_request
def keep_secret(response: Response) -> Response:
    """Let nobody keep these pages or lead others to them: their addresses are keys."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@site.get(f"/bestaetigen/{TOKEN}")
@public
def confirm_page(token: str) -> ResponseReturnValue:
    """Show the one button that confirms."""
    return _confirm_page(reader.of(here().session, token, Purpose.CONFIRM), done=False)


@site.post(f"/bestaetigen/{TOKEN}")
@public(secret_address=True)
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm; pressed again it says the same."""
    session = here().session
    row = reader.of(session, token, Purpose.CONFIRM)
    done = joining.confirm(session, row.id, network=forms_asking.network(session))
    session.commit()
    return _confirm_page(reader.of(session, token, Purpose.CONFIRM), done=done)


@site.get(f"/einstellungen/{TOKEN}")
@public
def settings_page(token: str) -> ResponseReturnValue:
    """Show somebody's settings."""
    return _settings_page(token, _settled(token))


@site.post(f"/einstellungen/{TOKEN}")
@public(secret_address=True)
def save_settings(token: str) -> ResponseReturnValue:
    """Save all settings at once, or show the form again with what helps."""
    session = here().session
    row = _settled(token)
    lists = _lists(preferences.chosen(session, row.id))
    form = _settings_form(token, lists, {})
    if not form.read(request.form):
        return _settings_page(token, row, form), 422
    chosen = [int(one) for module, rows in lists for one in form.values[f"{forms.TOPICS_KEY}-{module.id}"]]
    at = forms_asking.circumstances(session, lists[0][0]) if lists else Circumstances()
    preferences.change(session, row.id, _choice(form, row, chosen), at)
    session.commit()
    return _settings_page(token, _settled(token), saved=True)


@site.post(f"/einstellungen/{TOKEN}/adresse")
@public(secret_address=True)
def change_address(token: str) -> ResponseReturnValue:
    """Ask another address to confirm; the answer is the same whether it is known or not."""
    session = here().session
    row = _settled(token)
    lists = _lists(set())
    form = forms.another_address(_url("change_address", token))
    if not form.read(request.form):
        return _settings_page(token, row, moving=form), 422
    try:
        address = addresses.normal(form.values["address"])
    except Invalid as error:
        form.add_invalid(error)
        return _settings_page(token, row, moving=form), 422
    forms_asking.count_network()
    if lists and row.state == SubscriberState.ACTIVE and forms_asking.may_mail(address):
        preferences.move(session, lists[0][0], row, address, forms_asking.circumstances(session, lists[0][0]))
        session.commit()
    return _settings_page(token, _settled(token), moved_to=address)


@site.get(f"/abmelden/{TOKEN}")
@public
def leave_page(token: str) -> ResponseReturnValue:
    """Show the one button that ends the mails."""
    return _leave_page(token, reader.of(here().session, token, Purpose.LEAVE))


@site.post(f"/abmelden/{TOKEN}")
@public(secret_address=True)
def leave_now(token: str) -> ResponseReturnValue:
    """End the mails: without a cookie, a form's token or another page between (RFC 8058); pressed again the same."""
    session = here().session
    row = reader.of(session, token, Purpose.LEAVE)
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    module = None if "all" in request.form else _list_named(request.args.get(LIST, ""))
    never = request.form.get("never", "")
    of_list = [one.id for one in topics.listed(session, module.id, archived=True)] if module else None
    at = Circumstances(
        form=forms_asking.page(), network=forms_asking.network(session), language=here().language
    )
    wants_none = never in (NEVER_HERE, NEVER_ANYWHERE)
    how = "one-click" if one_click else "page"
    if wants_none:
        service.never(session, row.id, row.fingerprint, suppression.OWN_WISH, how=how, at=at)
    else:
        service.leave(session, row.id, how=how, topics=of_list, at=at)
    # A forwarded mail has this link too: what holds in other towns is asked of whoever reads at the address.
    asked = never == NEVER_ANYWHERE and forms_asking.may_mail(row.address)
    if asked:
        enqueue(session, NEVER_JOB, priority=joining.FIRST, subscriber_id=row.id)
    session.commit()
    return _leave_page(
        token, reader.of(session, token, Purpose.LEAVE), done=True, never=wants_none, asked=asked
    )


@site.get(f"/nie-wieder/{TOKEN}")
@public
def never_page(token: str) -> ResponseReturnValue:
    """Show the one button after which no town writes any more."""
    row = reader.of(here().session, token, Purpose.NEVER)
    return _never_page(row, done=suppression.is_nowhere_written_to(here().session, row.fingerprint))


@site.post(f"/nie-wieder/{TOKEN}")
@public(secret_address=True)
def never_now(token: str) -> ResponseReturnValue:
    """Let no town write any more; pressed again it says the same."""
    session = here().session
    row = reader.of(session, token, Purpose.NEVER)
    at = Circumstances(form=forms_asking.page(), language=here().language)
    reason = suppression.OWN_WISH
    service.never(session, row.id, row.fingerprint, reason, how="page", everywhere=True, at=at)
    session.commit()
    return _never_page(row, done=True)


def _settled(token: str) -> Any:
    """Give the person of a settings link; raises NotFound also for whoever never confirmed."""
    row = reader.of(here().session, token, Purpose.PREFERENCES)
    if row.state == SubscriberState.PENDING:
        raise NotFound
    return row


def _list_named(number: str) -> ModuleRef | None:
    """Give the list that an address names; nothing for what is no list's number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    module = modules_by_id(here().session, [int(number)]).get(int(number))
    return module if module is not None and module.kind == "newsletter" else None


def _lists(chosen: set[int]) -> list[tuple[ModuleRef, list[Any]]]:
    """Give the lists of the town that can be seen, with their topics, and those of which somebody has one."""
    session = here().session
    rows = topics.of_town(session)
    found = modules_by_id(session, {one.module_id for one in rows})
    by_list: dict[int, list[Any]] = {}
    for one in rows:
        module = found.get(one.module_id)
        if module is not None and (module.public or one.id in chosen):
            by_list.setdefault(one.module_id, []).append(one)
    return [(found[module_id], many) for module_id, many in by_list.items()]


def _url(endpoint: str, token: str) -> str:
    paths = {"save_settings": reader.SETTINGS, "leave_now": reader.LEAVE, "confirm_now": reader.CONFIRM}
    path = paths[endpoint] + token if endpoint in paths else f"{reader.SETTINGS}{token}/adresse"
    return site_url(path)


def _settings_form(token: str, lists: Any, shown: dict[str, Any]) -> Form:
    return forms.settings(_url("save_settings", token), lists, here().tenant.languages, shown)


def _shown(row: Any, lists: Any, chosen: set[int]) -> dict[str, Any]:
    paused = translator().formats.local(row.paused_until).date() if row.paused_until else None
    picked = {
        f"{forms.TOPICS_KEY}-{module.id}": [str(one.id) for one in rows if one.id in chosen]
        for module, rows in lists
    }
    return {
        forms.OFTEN_KEY: row.frequency,
        forms.LANGUAGE_KEY: row.language,
        forms.PAUSE_KEY: paused,
        "name": row.name,
        **picked,
    }


def _choice(form: Form, row: Any, chosen: list[int]) -> preferences.Choice:
    day = form.values[forms.PAUSE_KEY]
    until = None if day is None else dt.datetime.combine(day, dt.time(), translator().formats.zone)
    return preferences.Choice(
        topics=chosen,
        frequency=form.values[forms.OFTEN_KEY],
        language=form.values.get(forms.LANGUAGE_KEY) or row.language,
        name=values.name(form.values["name"]),
        paused_until=None if until is None else until.astimezone(dt.UTC),
    )


def _settings_page(
    token: str,
    row: Any,
    form: Form | None = None,
    *,
    moving: Form | None = None,
    saved: bool = False,
    moved_to: str = "",
) -> str:
    session = here().session
    chosen = preferences.chosen(session, row.id)
    lists = _lists(chosen)
    leave = reader.path(session, Purpose.LEAVE, row.id, row.epoch)
    return render(
        "newsletter/settings.html",
        title=_("Your newsletters"),
        row=row,
        gone=row.state == SubscriberState.LEFT,
        broken=row.state == SubscriberState.UNDELIVERABLE,
        form=form or _settings_form(token, lists, _shown(row, lists, chosen)),
        topics=[(f"{forms.TOPICS_KEY}-{module.id}", rows) for module, rows in lists],
        more=(forms.LANGUAGE_KEY, forms.NAME_KEY),
        moving=moving or forms.another_address(_url("change_address", token)),
        saved=saved,
        moved_to=moved_to,
        declaration=forms_asking.declaration(lists[0][0]) if lists else "",
        entries=log.entries(session, row.fingerprint),
        words=proof.WORDS,
        leave_url=site_url(leave),
        lists=[(module.title, module_url(module, "front")) for module, _rows in lists],
    )


def _confirm_page(row: Any, *, done: bool) -> str:
    session = here().session
    waiting = joining.waiting(session, row.id)
    active = row.state == SubscriberState.ACTIVE
    settings = reader.path(session, Purpose.PREFERENCES, row.id, row.epoch) if active else ""
    asked = log.last_words(session, row.fingerprint)
    title = _("Confirm your subscription") if waiting else _("Your subscription")
    return render(
        "newsletter/confirm.html",
        title=_("You have subscribed") if done else title,
        row=row,
        topics=titles.of(session, waiting).splitlines(),
        waiting=bool(waiting),
        done=done,
        active=active,
        declaration=asked,
        action=request.script_root + request.path,
        settings_url=site_url(settings) if settings else "",
        days=DAYS,
    )


def _never_page(row: Any, *, done: bool) -> str:
    return render(
        "newsletter/never.html",
        title=_("Never again, in all towns"),
        address=row.address,
        done=done,
        action=request.script_root + request.path,
    )


def _leave_page(token: str, row: Any, *, done: bool = False, never: bool = False, asked: bool = False) -> str:
    module = _list_named(request.args.get(LIST, ""))
    gone = row.state == SubscriberState.LEFT
    query = f"?{LIST}={module.id}" if module else ""
    settings = reader.path(here().session, Purpose.PREFERENCES, row.id, row.epoch)
    return render(
        "newsletter/leave.html",
        title=_("End these mails"),
        row=row,
        list=module.title if module else "",
        done=done,
        gone=gone,
        never=never,
        asked=asked,
        action=_url("leave_now", token) + query,
        settings_url="" if row.state == SubscriberState.PENDING else site_url(settings),
    )
