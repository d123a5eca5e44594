"""Where the newsletter's pages hang: below a placed list, and below /newsletter/ for what belongs to a person."""

from flask import Blueprint

from baukasten.plugin import ModuleRoutes

routes = ModuleRoutes()
site = Blueprint("newsletter", __name__)
"""Pages behind a signed link: one person's settings for all lists of the town."""
LARGEST = 9223372036854775807
ID = f"<int(min=1, max={LARGEST}):row_id>"
NUMBER = f"<int(min=1, max={LARGEST}):number>"
"""An issue by its number in the archive."""
TOKEN = "<string(maxlength=64):token>"  # noqa: S105 - a rule of an address
