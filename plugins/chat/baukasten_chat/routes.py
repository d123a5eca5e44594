"""The one collection of a chat's routes; every module with views adds its own."""

from baukasten.plugin import ModuleRoutes

routes = ModuleRoutes()
LARGEST = 9223372036854775807
VERSION = f"<int(max={LARGEST}):version>"
NUMBER = f"<int(min=1, max={LARGEST}):number>"
"""A message or a question by its number in the room; what may be done with it stands below."""
ID = f"<int(min=1, max={LARGEST}):row_id>"
"""A row that need not have a number yet, such as a question that waits; staff and its author know it."""
