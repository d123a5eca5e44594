"""The search page of a town."""

from flask import Blueprint, request

from baukasten.plugin.text import lazy
from baukasten.search import query
from baukasten.web.here import here
from baukasten.web.marks import public
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("search", __name__)


@blueprint.get("/suche/")
@public
def search() -> str:
    """Show what the words of the address find; an empty question shows the form alone."""
    words = request.args.get("q", "")
    hits = query.find(here().session, words, after=request.args.get("after", ""))
    return render("search/search.html", title=_("Search"), words=words, hits=hits)
