"""The administration's pages, put together."""

from baukasten.admin import views_desk, views_modules, views_projects, views_sender
from baukasten.admin.blueprint import blueprint

__all__ = ["blueprint", "views_desk", "views_modules", "views_projects", "views_sender"]
