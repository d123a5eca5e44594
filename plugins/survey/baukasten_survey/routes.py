"""Where the pages of surveys hang: below a placed survey."""

from baukasten.plugin import ModuleRoutes

routes = ModuleRoutes()
LARGEST = 9223372036854775807
ID = f"<int(min=1, max={LARGEST}):row_id>"
