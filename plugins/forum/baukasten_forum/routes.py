"""The one collection of a forum's routes; every module with views adds its own."""

from baukasten.plugin import ModuleRoutes

routes = ModuleRoutes()
NUMBER = "<int(max=9223372036854775807):topic_id>"
POST = f"/{NUMBER}/<int(min=1, max=9223372036854775807):number>"
"""A post by its number in the topic; what may be done with it stands below."""
