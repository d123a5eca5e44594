"""The one blueprint of the town's administration; the views register themselves here."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/verwaltung")
MANAGE, SETTINGS = "projects.project.manage", "site.settings.manage"
DESK, SWITCH, LOG = "admin.desk.view", "admin.plugin.switch", "admin.audit.view"
UNPROCESSABLE = 422
