"""The application: the platform's parts put together in ten steps."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Request, url_for
from flask.sessions import SecureCookieSession, SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from baukasten import rooms
from baukasten.config import Config
from baukasten.db.session import Database
from baukasten.operator.costs import Reporter
from baukasten.plugin.contract import Contract
from baukasten.plugin.declarations import Area
from baukasten.realtime import exchange
from baukasten.realtime.dispatcher import Dispatcher
from baukasten.web import forgery, guard, headers, i18n, refusals, requests
from baukasten.web.gate import Gate
from baukasten.web.generation import Generations, Memo
from baukasten.web.here import Place
from baukasten.web.languages import LanguagePrefix
from baukasten.web.outlets import outlet
from baukasten.web.pagecache import PageCache
from baukasten.web.platform import EXTENSION, Platform
from baukasten.web.shedding import Shedding
from baukasten.web.static import StaticFiles, StaticLayer
from baukasten.web.tally import Tallies
from baukasten.web.templating import Templates
from baukasten.web.theming import Themes, load_themes

Pages = Sequence[tuple[Blueprint, Sequence[Place]]]
"""Blueprints with the kinds of host they live on."""
CORE_FOLDER = Path(__file__).parent
MAX_REQUEST = 256 * 1024
"""Bytes of a request without files; the longest text is 20 KB."""
COSTS = "baukasten.costs"
PART_BYTES = 64 * 1024 * 1024
"""Characters of rendered parts that one process keeps."""
PREFIX = {Area.SITE: "", Area.ADMIN: "/verwaltung", Area.OPERATOR: "/betrieb", Area.API: "/api/v1"}
PLACES = {
    Area.SITE: (Place.TOWN,),
    Area.ADMIN: (Place.TOWN,),
    Area.OPERATOR: (Place.OPERATOR,),
    Area.API: (Place.TOWN,),
}


class NoSession(SessionInterface):
    """Flask keeps nothing between two requests: our sessions are rows, and opening its own cost a tenth of an event."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:  # noqa: ARG002 - Flask's signature
        """Open none."""
        return None


def create_app(
    config: Config, database: Database, *, live: bool = False, threads: int = 0, extra: Pages = ()
) -> Flask:
    """Build the application; raises UnmarkedRouteError or PluginError where it would not be safe to serve.

    ``live`` opens the door for sockets too, which belong into a process of their own; ``threads`` is how many
    answer requests, 0 where nobody counts them; ``extra`` are pages of a room above, such as the demo's.
    """
    # 1. Flask itself, without its own static route and with the size of a request bounded.
    app = Flask("baukasten", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=MAX_REQUEST, MAX_FORM_MEMORY_SIZE=MAX_REQUEST
    )
    app.session_interface = NoSession()
    # 2. What the process shares.
    platform = _platform(config, database, threads)
    app.extensions[EXTENSION] = platform
    exchange.install(database, config)
    # 3. Languages, themes, templates, static files.
    themes = load_themes()
    files = static_files(database.contract, themes)
    _rendering(app, platform, themes, files)
    # 4. Numbers and logs, then the gate with the chain of checks that the rooms hand in.
    requests.install(app)
    gate = Gate(database, [*rooms.CHECKS, forgery.check_forgery])
    gate.guard(app)
    # 5. The rooms' pages, then the plugins'.
    for blueprint, places in (*rooms.BLUEPRINTS, *extra):
        gate.allow(blueprint.name, places)
        app.register_blueprint(blueprint)
    _mount_plugins(app, gate, database.contract)
    # 6. Refusals become pages.
    refusals.install(app)
    # 7. Headers on every answer; guests' pages are kept. Flask runs the last one first,
    # so that a page is kept with its headers.
    app.after_request(platform.tallies.count)
    app.after_request(platform.pages.keep)
    app.after_request(headers.add_security_headers)
    # 8. Every route is marked, or nothing starts.
    kinds = ((key, answer.value.routes) for key, answer in database.contract.registry.kinds.items())
    app.extensions["baukasten.matrix"] = gate.close(app, kinds, database.contract.registry.permissions)
    dispatcher = Dispatcher(app, rooms.LIVE_CHECKS, rooms.PERMIT) if live else None
    app.extensions["baukasten.live"] = dispatcher
    # 9. What stands in front of Flask: files, languages, kept pages, and who must wait when too many ask.
    wsgi: Any = LanguagePrefix(platform.pages.wrap(platform.shedding.wrap(app.wsgi_app)))
    if config.trusted_proxies:
        # Only as many entries as we have proxies: what stands before them, anybody could have written.
        wsgi = ProxyFix(wsgi, x_for=config.trusted_proxies, x_proto=config.trusted_proxies)
    app.wsgi_app = StaticLayer(wsgi, files, themes)  # type: ignore[method-assign]
    # 10. Plugins begin, caches follow the database.
    database.contract.manager.start()
    if dispatcher is not None:
        dispatcher.check_handlers()
    platform.generations.follow()
    platform.tallies.follow()
    app.extensions[COSTS] = reporter = Reporter(database, platform.shedding.take_refused)
    reporter.follow()
    return app


def end(app: Flask) -> None:
    """Stop what the application does beside answering; it may still answer."""
    app.extensions[EXTENSION].generations.stop()
    app.extensions[EXTENSION].tallies.stop()
    app.extensions[COSTS].stop()
    if (live := app.extensions["baukasten.live"]) is not None:
        live.stop()


def _platform(config: Config, database: Database, threads: int) -> Platform:
    generations, tallies = Generations(database), Tallies(database)
    database.on_written.append(generations.forget)
    return Platform(
        config,
        database,
        database.contract,
        generations,
        Memo(generations),
        PageCache(generations, tallies),
        Memo(generations, PART_BYTES, len),
        tallies,
        Shedding(threads, config.shed_above),
    )


def package_folders(contract: Contract) -> dict[str, Path]:
    """Give each plugin's package folder by name."""
    return {name: one.folder for name, one in contract.manager.plugins.items() if one.folder is not None}


def static_files(contract: Contract, themes: Themes) -> StaticFiles:
    """Collect the static files of core, plugins and themes."""
    folders = {name: folder / "static" for name, folder in package_folders(contract).items()}
    styles = {f"theme/{name}": themes[name].folder / "static" for name in themes.names()}
    return StaticFiles({"": CORE_FOLDER / "static", **folders, **styles})


def make_templates(
    contract: Contract, themes: Themes, functions: Mapping[str, Callable[..., Any]], page: Callable[[], Any]
) -> Templates:
    """Give the templates of core, plugins and themes, with the plugins' helpers."""
    helpers = {name: answer.value.function for name, answer in contract.registry.template_helpers.items()}
    return Templates(package_folders(contract), themes, {**helpers, **functions}, page)


def _rendering(app: Flask, platform: Platform, themes: Themes, files: StaticFiles) -> None:
    i18n.load_catalogues({"core": CORE_FOLDER, **package_folders(platform.contract)})
    i18n.init_babel(app)
    functions: dict[str, Callable[..., Any]] = {
        "static": files.url,
        "url": url_for,
        "csrf_field": forgery.token_field,
        "guard_fields": guard.guard_fields,
        "outlet": outlet,
        **rooms.TEMPLATE_FUNCTIONS,
    }
    templates = make_templates(platform.contract, themes, functions, rooms.page)
    app.extensions["baukasten.templates"] = templates
    app.extensions["baukasten.themes"] = themes


def _mount_plugins(app: Flask, gate: Gate, contract: Contract) -> None:
    """Serve the plugins' blueprints below the paths that the core chooses."""
    for owner, mounts in contract.registry.mounts.items():
        for mount in mounts:
            gate.allow(mount.blueprint.name, PLACES[mount.area])
            gate.own(mount.blueprint.name, owner)
            app.register_blueprint(mount.blueprint, url_prefix=f"{PREFIX[mount.area]}/{owner}")
