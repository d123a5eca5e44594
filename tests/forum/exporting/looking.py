"""Looking at pages of an archive as a browser would: what they load and where they lead."""

from html.parser import HTMLParser
from posixpath import dirname, join, normpath


class Links(HTMLParser):
    """Addresses that a page names, its anchors and its scripts."""

    def __init__(self, page):
        super().__init__()
        self.addresses, self.anchors, self.scripts = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note what a tag names."""
        values = dict(attrs)
        self.addresses += [values[name] for name in ("href", "src") if values.get(name)]
        self.anchors |= {values["id"]} if values.get("id") else set()
        self.scripts += [tag] if tag in ("script", "iframe", "object") else []
        self.scripts += [name for name in values if name.startswith("on")]

    def leads_to(self, name, address, pages, files):
        """Tell whether an address on a page leads to a file, and to a place in it where it names one."""
        path, _hash, anchor = address.partition("#")
        target = normpath(join(dirname(name), path)) if path else name
        return target in files and (not anchor or anchor in Links(pages[target]).anchors)
