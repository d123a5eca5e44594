"""What the tests of the editor share: a draft on a site, and forms as a browser without scripts sends them."""

import html
import re

from baukasten.projects.placing import place_module
from baukasten.tenants import settings
from baukasten_survey.models import Survey
from baukasten_survey.surveys import lookup
from tests.survey.conftest import SMALL

BASE = "/umfrage/bearbeiten/"


def draft(database, town, data=None, *, slug="umfrage", **values):
    """A placed survey that is still written; gives the module."""
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        module = place_module(session, None, "survey", title="Umfrage", slug=slug)
        survey = lookup.of_module(session, module.id)
        survey.definition = data or SMALL
        for name, value in values.items():
            setattr(survey, name, value)
        session.commit()
    return module


def fields(page, ending=""):
    """What a browser would send of the form whose address ends like this, without a button."""
    forms = re.findall(r'<form [^>]*action="([^"]*)"[^>]*>(.*?)</form>', page, re.DOTALL)
    body = next(body for action, body in forms if action.endswith(ending or "") and 'name="revision"' in body)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", body):
        values = {name: html.unescape(value) for name, value in re.findall(r'([\w.-]+)="([^"]*)"', tag)}
        kind = values.get("type", "text")
        if (kind in ("checkbox", "radio") and " checked" not in tag) or kind == "file":
            continue
        found.setdefault(values["name"], []).append(values.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', body, re.DOTALL):
        found[name] = [html.unescape(text)]
    for name, inner in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        found[name] = (
            re.findall(r'value="([^"]*)" selected', inner) or re.findall(r'value="([^"]*)"', inner)[:1]
        )
    return found


def press(desk, url, do="back", files=None, **typed):
    """Fill in and press a button of a page of the editor."""
    path = url.partition("?")[0].partition("#")[0]
    data = {**fields(desk.get(url).text, path), "do": do, **typed, **(files or {})}
    return desk.post(path, data=data, content_type="multipart/form-data")


def stored(session):
    """What is written of the one survey."""
    session.rollback()
    return session.query(Survey.definition).scalar()
