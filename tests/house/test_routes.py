"""Every way in stands in one matrix, and another town's things answer like things that never were."""

import dataclasses
import re
import types
from urllib.parse import quote

import pytest
from flask import Blueprint

from baukasten.app import create_app, end
from baukasten.cli.main import commands
from baukasten.plugin import hookspecs
from baukasten.plugin import registry as registries
from baukasten.plugin.contract import Contract
from baukasten.plugin.declarations import Area, ModuleKind, Mount
from baukasten.plugin.discovery import Plugin, discover
from baukasten.plugin.live import LiveEvent, LiveNamespace
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.manifest import Manifest
from baukasten.plugin.refs import Role
from baukasten.plugin.routes import ModuleRoutes
from baukasten.realtime.dispatcher import StrayHandlerError
from baukasten.rooms import HOOKS
from baukasten.testing import matrix as matrices
from baukasten.web.marks import UnmarkedRouteError, mark_of, public, requires
from tests.house.talking import placed
from tests.house.towns import ROLES, Furnished, Kit, furnish, token_of

NEVER = "999999999999"
STAFF = {Role.MODERATOR, Role.ADMIN}


@pytest.fixture(scope="module")
def matrix(app, contract):
    return matrices.matrix(app, contract.registry, commands)


def test_every_way_in_stands_in_the_matrix(app, contract, matrix):
    assert matrices.unlisted(app) == []
    kinds = {kind.partition(":")[0] for kind in matrix}
    assert kinds == {"route", "job", "command"} | ({"export"} if contract.registry.exports else set()) | (
        {"live"} if contract.registry.live else set()
    )
    for answer in contract.registry.kinds.values():
        for route in answer.value.routes.routes.values():
            assert f"route:{answer.value.key}:{route.endpoint}" in matrix
    assert {f"job:{key}" for key in contract.registry.jobs} <= matrix.keys()
    assert "command:forum import" in matrix
    assert "command:db upgrade" in matrix


def test_every_permission_of_the_matrix_is_declared(contract, matrix):
    assert matrices.undeclared(matrix, contract.registry) == []


def test_parts_of_the_site_are_open_to_their_own_people_alone(app, contract, matrix):
    for rule in app.url_map.iter_rules():
        mark = matrix[f"route:{rule.endpoint}"]
        roles = contract.registry.permissions[mark].value.default_roles if "." in mark else None
        if rule.rule.startswith("/verwaltung"):
            assert roles, rule
            assert roles <= STAFF, rule
        elif rule.rule.startswith("/betrieb"):
            assert roles == {Role.OPERATOR}, rule


SECRET_ADDRESSES = {
    "notify.leave",
    "newsletter.leave_now",
    "newsletter.confirm_now",
    "newsletter.save_settings",
    "newsletter.change_address",
    "newsletter.never_now",
}
"""What knows its reader by the address alone, so that it asks for no token of a form (RFC 8058)."""


def test_forms_without_a_token_pass_at_secret_addresses_alone(app, contract, pair, browsers):
    here, _there = pair
    views = dict(app.view_functions)
    for kind, answer in contract.registry.kinds.items():
        views |= {f"{kind}:{name}": one.view for name, one in answer.value.routes.routes.items()}
    marked = {
        name
        for name, view in views.items()
        if getattr(view, "__access__", None) and mark_of(view).secret_address
    }
    assert marked == SECRET_ADDRESSES
    secret = {
        filled(pattern_of(rule.rule), {**NOBODYS, **here.arguments})
        for rule in app.url_map.iter_rules()
        if rule.endpoint in SECRET_ADDRESSES
    }
    clients = browsers(here)
    for role in ("guest", "admin"):
        passed = set()
        for method, pattern in addresses(app, contract):
            path = filled(pattern, {**NOBODYS, **here.arguments})
            if method == "POST" and clients[role].post(path).status_code not in (403, 404, 405):
                passed.add(path)
        assert passed <= secret, role
        # From another website nothing passes, secret or not.
        strange = {"Origin": "https://fremd.example"}
        assert {clients[role].post(path, headers=strange).status_code for path in secret} == {403}


def built(database, base_config, module):
    """Build the application with one more plugin, and take it down again."""
    manager = PluginManager([*discover(), Plugin.of(module)], HOOKS)
    contract = Contract(manager, registries.build(manager))
    end(create_app(base_config, dataclasses.replace(database, contract=contract)))


def plugin(**hooks):
    module = types.ModuleType("planted")
    vars(module)["manifest"] = Manifest(name="planted", title="Planted", version="1", core=">=0")
    for name, function in hooks.items():
        function.__name__ = name
        setattr(module, name, hookspecs.hookimpl(function))
    return module


def mounting(area, view):
    name = "planted" if area is Area.SITE else f"planted_{area}"

    def register_blueprints():
        blueprint = Blueprint(name, __name__)
        blueprint.add_url_rule("/x", view_func=view)
        return [Mount(area, blueprint)]

    return plugin(register_blueprints=register_blueprints)


def bare():
    return "open to all by mistake"


@pytest.mark.parametrize("area", list(Area))
def test_an_unmarked_route_of_a_plugin_stops_the_start(database, base_config, area):
    built(database, base_config, mounting(area, public(lambda: "x")))
    with pytest.raises(UnmarkedRouteError, match=r"the route planted\w*\.bare has no access mark"):
        built(database, base_config, mounting(area, bare))


def test_a_route_with_a_permission_that_nobody_declared_stops_the_start(database, base_config):
    view = requires("planted.thing.raed")(lambda: "x")
    with pytest.raises(UnmarkedRouteError, match=r"planted\.thing\.raed, which nobody declares"):
        built(database, base_config, mounting(Area.SITE, view))


def test_an_unmarked_route_of_a_kind_stops_the_start(database, base_config):
    routes = ModuleRoutes()
    routes.get("/")(bare)
    kind = ModuleKind("planted", "Planted", "", "forum", routes)
    with pytest.raises(UnmarkedRouteError, match="the route planted:bare has no access mark"):
        built(database, base_config, plugin(register_module_kinds=lambda: [kind]))


def test_an_unmarked_route_of_the_core_stops_the_start(database, base_config):
    blueprint = Blueprint("planted", __name__)
    blueprint.add_url_rule("/x", view_func=bare)
    with pytest.raises(UnmarkedRouteError, match=r"planted\.bare"):
        create_app(base_config, database, extra=[(blueprint, ())])


def test_a_live_handler_past_the_dispatcher_stops_the_start(database, base_config, contract):
    made = create_app(base_config, database, live=True)
    dispatcher = made.extensions["baukasten.live"]
    end(made)
    dispatcher.check_handlers()
    dispatcher.socketio.on_event("shout", bare)
    with pytest.raises(StrayHandlerError, match="shout"):
        dispatcher.check_handlers()


def test_live_events_of_a_plugin_stand_in_the_matrix(app):
    event = LiveEvent("say", "planted.thing.say", bare)
    planted = plugin(register_live=lambda: [LiveNamespace("planted", [event])])
    manager = PluginManager([Plugin.of(planted)], {})
    with pytest.raises(Exception, match=r"planted\.thing\.say"):
        registries.build(manager)
    event = LiveEvent("say", "signed_in", bare)
    planted = plugin(register_live=lambda: [LiveNamespace("planted", [event])])
    found = matrices.matrix(app, registries.build(PluginManager([Plugin.of(planted)], {})), commands)
    assert found["live:planted.say"] == "signed_in"


# What no town owns: words of the platform, and the number of a post within its topic. A receipt is only shown.
NOBODYS = {
    "name": "forum",
    "wanted": "an",
    "step": "archivieren",
    "slug": "x",
    "rest": "",
    "_rest": "x",
    "job_id": "1",
    "number": "2",
    "language": "de",
    "view": "mail",
    "version": "0",
    "position": "2",
    "verb": "zulassen",
    "deed": "bearbeiten",
    "receipt": "M-1",
    "code": "x",
    "text_name": "x",
    "group": "site.legal",
    "variant": "datei",
    "file_name": "marker.txt",
}
CONSOLE = "/betrieb"
PLACE = re.compile(r"(?:/beteiligung/<project>/<\w+>)?")
# What leads nowhere for an administrator without a question, or before their own post is checked.
NOWHERE = (
    "/abwaegung/finden",
    "/beitrag/<post_id>/zurueckziehen",
    "/beitrag/<post_id>/bearbeiten",
    "/frage/<frage_row>/aendern",
    "/nachricht/<nachricht_row>/aendern",
    "/regie/nachricht/<nachricht_row>/ablehnen",
)


@pytest.fixture
def kit(database, new_member, base_config):
    return Kit(database, new_member, base_config.secret_key)


@pytest.fixture
def pair(kit, town, other_town):
    return furnish(kit, town, "hier"), furnish(kit, other_town, "dort")


@pytest.fixture
def browsers(client_of, sign_in):
    """Give a browser for each role at a town."""

    def make(at: Furnished):
        found = {role: client_of(at.town) for role in ROLES}
        for role, member in at.members.items():
            sign_in(found[role], member, at.town)
        return found

    return make


# Arguments of one name that mean different things.
RENAMED = {
    "/verwaltung/einstellungen/<key>": "/verwaltung/einstellungen/<group>",
    "/konto/wiederherstellen/<secret>": "/konto/wiederherstellen/<recovery>",
    "/newsletter/bestaetigen/<token>": "/newsletter/bestaetigen/<confirming>",
    "/newsletter/einstellungen/<token>": "/newsletter/einstellungen/<settling>",
    "/newsletter/einstellungen/<token>/adresse": "/newsletter/einstellungen/<settling>/adresse",
    "/newsletter/abmelden/<token>": "/newsletter/abmelden/<leaving>",
    "/newsletter/nie-wieder/<token>": "/newsletter/nie-wieder/<quitting>",
}


def pattern_of(rule):
    """Write a rule with the bare names of its arguments."""
    bare_names = re.sub(r"<(?:[^<>]*?:)?(\w+)>", r"<\1>", rule)
    return RENAMED.get(bare_names, bare_names)


def addresses(app, contract):
    """Give (method, pattern) of every address, those of placed modules below their place."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(CONSOLE) and not rule.endpoint.startswith("projects.module"):
            yield from ((method, pattern_of(rule.rule)) for method in sorted(rule.methods & {"GET", "POST"}))
    for kind, answer in contract.registry.kinds.items():
        for route in answer.value.routes.routes.values():
            where = placed(kind, pattern_of(route.rule))
            yield from ((method, where) for method in sorted(route.methods & {"GET", "POST"}))


def filled(pattern, values):
    return re.sub(r"<(\w+)>", lambda match: values[match[1]], pattern)


def names_in(pattern):
    return set(re.findall(r"<(\w+)>", pattern))


def ask(browser, method, path, token):
    if method == "GET":
        return browser.get(path)
    return browser.post(path, data={"_token": token})


def masked(answer, path):
    """Give status, place and body without what differs from request to request: its address and its number."""
    plain, quoted = answer.headers.get("Location", ""), quote(path, safe="")
    body = answer.get_data(as_text=True).replace(path, "<path>").replace(quoted, "<path>")
    return answer.status_code, plain.replace(path, "<path>").replace(quoted, "<path>"), body


def test_another_towns_things_answer_like_things_that_never_were(app, contract, pair, browsers):
    here, there = pair
    clients = browsers(here)
    tokens = {
        role: token_of(client.get("/konto/anmelden" if role == "guest" else "/konto/adresse").text)
        for role, client in clients.items()
    }
    assert all(tokens.values())
    leaks, tried, places = [], 0, set()
    for method, pattern in addresses(app, contract):
        place = PLACE.findall(pattern)[0]
        for name in sorted(names_in(pattern) - NOBODYS.keys()):
            # One argument at a time is foreign, the others are the town's own: what leads to it must not let it in.
            base = {**NOBODYS, **here.arguments}
            # The module is found for all routes of its kind alike, whoever asks: later ones are asked by admins alone.
            known = name in names_in(place) and (method, place) in places
            for role, client in {"admin": clients["admin"]}.items() if known else clients.items():
                answers = []
                for value in (there.arguments[name], never(name, there.arguments[name])):
                    path = filled(pattern, {**base, name: value})
                    answers.append(masked(ask(client, method, path, tokens[role]), path))
                tried += 1
                if answers[0] != answers[1]:
                    leaks.append((method, pattern, name, role, answers[0][:2], answers[1][:2]))
                # A form that lacks everything may say so before it looks further.
                elif role == "admin" and answers[0][0] not in ((404,) if method == "GET" else (404, 422)):
                    leaks.append((method, pattern, name, role, answers[0][:2], "not 404"))
        places.add((method, place))
    assert leaks == []
    assert tried > 100


def never(name, value):
    """Give a value of the same form that no town ever had."""
    if name == "key":
        return value.rpartition(":")[0] + ":" + NEVER
    return NEVER if value.isdecimal() else value[:-4] + "zzzz"


def test_ids_in_forms_are_looked_up_in_the_own_town_too(pair, browsers):
    here, there = pair
    admin = browsers(here)["admin"]
    token = token_of(admin.get("/konto/adresse").text)
    for module in (there.arguments["module_id"], NEVER):
        values = {"_token": token, "module": module, "direction": "up"}
        assert admin.post("/verwaltung/bewegen", data=values).status_code == 404


def test_the_own_towns_things_are_there(app, contract, pair, browsers):
    """The control of the test above: the same addresses with the town's own things lead somewhere."""
    here, _there = pair
    client = browsers(here)["admin"]
    missing = []
    for method, pattern in addresses(app, contract):
        if method == "GET" and names_in(pattern) - NOBODYS.keys() and not pattern.endswith(NOWHERE):
            path = filled(pattern, {**NOBODYS, **here.arguments})
            if client.get(path).status_code in (404, 500):
                missing.append(path)
    assert missing == []


def test_roles_come_through_the_doors_of_the_matrix_alone(app, contract, matrix, pair, browsers):
    here, _there = pair
    held = {
        "guest": {Role.GUEST},
        "citizen": {Role.GUEST, Role.CITIZEN},
        "moderator": {Role.GUEST, Role.CITIZEN, Role.MODERATOR},
        "admin": {Role.GUEST, Role.CITIZEN, Role.ADMIN},
    }
    wrong = []
    for role, client in browsers(here).items():
        for rule in app.url_map.iter_rules():
            mark = matrix[f"route:{rule.endpoint}"]
            if rule.rule.startswith(CONSOLE) or "GET" not in rule.methods:
                continue
            answer = client.get(filled(pattern_of(rule.rule), {**NOBODYS, **here.arguments}))
            if mark == "public":
                let_in = True
            elif mark == "signed_in":
                let_in = role != "guest"
            else:
                let_in = not held[role].isdisjoint(contract.registry.permissions[mark].value.default_roles)
            asked_to_sign_in = "/konto/anmelden" in answer.headers.get("Location", "")
            refused = asked_to_sign_in if role == "guest" else answer.status_code == 403
            if refused == let_in:
                wrong.append((role, rule.rule, mark, answer.status_code))
    assert wrong == []


def test_the_console_lives_on_its_own_host_alone(app, pair, browsers, client_of):
    here, _there = pair
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(CONSOLE)]
    assert len(rules) > 5
    for rule in rules:
        path = filled(pattern_of(rule.rule), NOBODYS)
        for client in browsers(here).values():
            assert client.get(path).status_code in (404, 405), path
    guest = client_of("betrieb.test").get("/betrieb/")
    assert guest.status_code == 303
