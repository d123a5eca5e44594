"""The blueprint that all pages of moderation hang on."""

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
DECIDE = "moderation.case.decide"
