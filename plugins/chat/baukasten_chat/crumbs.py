"""The way to a room and to the pages below it."""

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import module_url, site_url

_ = lazy("chat")


def crumbs(module: ModuleRef, *below: tuple[str, str]) -> list[tuple[str, str]]:
    """Give the way from the front page to a room, or on to what stands below it: titles with their addresses."""
    way = [(str(_("Start")), site_url("/"))]
    if module.project is not None:
        way.append((module.project.title, site_url(f"/beteiligung/{module.project.slug}/")))
    return [*way, (module.title, module_url(module, "index") if below else ""), *below]
