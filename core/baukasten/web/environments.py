"""Jinja's two environments: one for our templates, one for those of themes, which are data and run in a sandbox."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.bccache import Bucket
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

SINGLE, PLURAL = ("_", "gettext"), ("ngettext",)
MARKERS = frozenset({*SINGLE, *PLURAL})
TEXT, TEXTS, HTML, HTMLS = "_text", "_texts", "_html", "_htmls"
INNER = frozenset({TEXT, TEXTS, HTML, HTMLS})
"""What calls of the markers become; no template may name them, for they take any text for markup."""

SUFFIXES = (".html", ".svg", ".txt")


def escapes(name: str | None) -> bool:
    """Tell whether a template makes HTML; only mails and feeds in plain text do not."""
    return name is None or not name.endswith(".txt")


def settle(tree: nodes.Template, domain: str, name: str | None, filename: str | None) -> nodes.Template:
    """Bind each text of a template to its catalogue, once at compile time; raises TemplateSyntaxError.

    Only literals may be translated: the result counts as HTML, and a visitor's words must never come that way.
    """
    single, plural = (HTML, HTMLS) if escapes(name) else (TEXT, TEXTS)
    settled: set[int] = set()
    for call in list(tree.find_all(nodes.Call)):
        if not isinstance(call.node, nodes.Name) or call.node.name not in MARKERS:
            continue
        count = 1 if call.node.name in SINGLE else 2
        if not _literals(call, count):
            why = f"{call.node.name}() takes literal texts only, then named values"
            raise TemplateSyntaxError(why, call.lineno, name, filename)
        call.node = nodes.Name(single if count == 1 else plural, "load", lineno=call.lineno)
        settled.add(id(call.node))
        call.args = [nodes.Const(domain, lineno=call.lineno), *call.args]
    for node, why in _refused(tree, settled):
        raise TemplateSyntaxError(why, node.lineno, name, filename)
    return tree


def _refused(tree: nodes.Template, settled: Container[int]) -> Iterator[tuple[nodes.Node, str]]:
    """Find every way in which a template could take a text for markup by itself."""
    for used in tree.find_all(nodes.Name):
        if used.name in INNER and id(used) not in settled:
            yield used, f"the name {used.name} is not for templates"
        if used.name in MARKERS and used.ctx == "load":
            yield used, f"{used.name} must be called where it stands"
    for switch in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        yield switch, "escaping cannot be switched"
    for applied in tree.find_all(nodes.Filter):
        if applied.name == "safe":
            yield applied, "text becomes HTML in content.sanitize only"


def _literals(call: nodes.Call, count: int) -> bool:
    """Tell whether a call has the literals it needs and, for plurals, one number after them."""
    literals = all(isinstance(one, nodes.Const) and isinstance(one.value, str) for one in call.args[:count])
    wanted = 1 if count == 1 else 3
    return literals and len(call.args) == wanted and call.dyn_args is None and call.dyn_kwargs is None


class _Settling(Environment):
    """An environment that binds texts to catalogues while it compiles."""

    domain_of: Callable[[str], str]

    def compile(self, source: Any, name: Any = None, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Compile with the texts bound to their catalogue; raises TemplateSyntaxError."""
        tree = self.parse(source, name, filename) if isinstance(source, str) else source
        tree = settle(tree, self.domain_of(name or ""), name, filename)
        return super().compile(tree, name, filename, *args, **kwargs)

    def begin(self, domain_of: Callable[[str], str], without: Iterable[str] = ()) -> None:
        """Take away what no template may use."""
        self.domain_of = domain_of
        self.globals.pop("lipsum")
        for name in ("safe", *without):
            self.filters.pop(name)


class HouseEnvironment(_Settling):
    """For templates of core and plugins."""

    def __init__(self, loader: BaseLoader, domain_of: Callable[[str], str], cache: BytecodeCache) -> None:
        super().__init__(**SETTINGS, loader=loader, bytecode_cache=cache)
        self.begin(domain_of)


class ThemeEnvironment(_Settling, ImmutableSandboxedEnvironment):
    """For templates of themes: no private names, no changes, no calls beyond what pages are made of."""

    PARTS: ClassVar[tuple[type, ...]] = (Macro, BlockReference, LoopContext, Cycler, Joiner)
    MAKERS: ClassVar[tuple[type, ...]] = (dict, Cycler, Joiner, Namespace)
    # These make HTML of values in ways that only a careful hand places rightly.
    WITHOUT: ClassVar[tuple[str, ...]] = ("tojson", "xmlattr", "pprint")
    CLOSED: ClassVar[tuple[str, ...]] = ("sqlalchemy", "flask", "werkzeug", "baukasten.db")

    def __init__(
        self, loader: BaseLoader, domain_of: Callable[[str], str], functions: Mapping[str, Any]
    ) -> None:
        super().__init__(**SETTINGS, loader=loader)
        self.begin(domain_of, self.WITHOUT)
        self._functions = {id(one) for one in (*functions.values(), self.globals["range"])}

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow the functions handed to templates, parts of templates, and methods of plain values."""
        if id(obj) in self._functions or isinstance(obj, self.PARTS):
            return True
        if isinstance(obj, type):
            return obj in self.MAKERS
        owner = getattr(obj, "__self__", None)
        return owner is not None and not self._is_closed(owner) and super().is_safe_callable(obj)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Close what leads from a row to the database's description."""
        if attr in ("metadata", "registry") and self._is_closed(obj):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def _is_closed(self, owner: Any) -> bool:
        kind = owner if isinstance(owner, type) else type(owner)
        return hasattr(kind, "__mapper__") or kind.__module__.startswith(self.CLOSED)


class MemoryCache(BytecodeCache):
    """Compiled templates of one process, shared by the environments of all themes."""

    def __init__(self) -> None:
        """Begin empty."""
        self._codes: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another theme's environment compiled from the same source."""
        bucket.code = self._codes.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember what was compiled."""
        self._codes[bucket.key + bucket.checksum] = bucket.code


SETTINGS: dict[str, Any] = {
    "autoescape": escapes,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,
    "cache_size": 2_000,
}
