"""The post: links to the stored host, the reader's language, a plugin's way out first."""

import dataclasses
from types import ModuleType

import pytest

from baukasten.config import Config
from baukasten.mail.message import Message as Built
from baukasten.mail.post import Post, default_sender
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.manifest import Manifest
from baukasten.plugin.refs import Receipt, TenantRef
from baukasten.web import i18n

TOWN = TenantRef(1, "musterstadt", "Musterstadt", "mitreden.example", language="de")


class Letters:
    """Templates that say what they were given."""

    @staticmethod
    def render_mail(template, translator, theme="klar", /, **values):
        return f"{template} {theme} {translator.spoken.code} {values['home']} {values['town']}", ""


class Bag:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Built] = []

    def send(self, message: Built) -> str:
        self.sent.append(message)
        return "in the bag"


@pytest.fixture
def carried():
    return []


@pytest.fixture
def post(tmp_path, carried):
    pigeon = ModuleType("pigeon")
    pigeon.__dict__["manifest"] = Manifest(name="pigeon", title="Pigeon", version="1", core=">=0")

    @hookimpl
    def send_message(tenant, message):
        carried.append((tenant, message))
        return Receipt("pigeon", "flown")

    pigeon.__dict__["send_message"] = send_message
    manager = PluginManager([Plugin.of(pigeon)])
    config = Config(tmp_path, "secret", operator_host="betrieb.example")
    return Post(config, Contract(manager, registry.build(manager)), Letters(), i18n.translator, Bag())


@pytest.mark.parametrize(
    ("town", "path", "language", "address"),
    [
        (TOWN, "/konto/", "", "https://mitreden.example/konto/"),
        (TOWN, "/konto/", "de", "https://mitreden.example/konto/"),
        (TOWN, "/konto/", "en", "https://mitreden.example/en/konto/"),
        (None, "/konto/", "en", "https://betrieb.example/konto/"),
    ],
)
def test_links_lead_to_the_stored_host(post, town, path, language, address):
    assert post.url(town, path, language) == address


def test_links_of_the_demo_name_its_port(post):
    demo = dataclasses.replace(post, config=dataclasses.replace(post.config, scheme="http", public_port=8000))
    assert demo.url(TOWN, "/") == "http://mitreden.example:8000/"


def test_a_mail_speaks_the_readers_language(post):
    assert post.send(TOWN, "a@post.example", "x/mail/y", "Hello %(town)s", language="en") == "in the bag"
    [mail] = post.transport.sent
    text = mail.content.decode()
    assert "Subject: Hello Musterstadt" in text
    assert "x/mail/y klar en https://mitreden.example/en/ Musterstadt" in text
    assert f'From: "Musterstadt" <{default_sender(TOWN).address}>' in text


def test_a_plugins_way_out_comes_first_where_it_is_active(post, carried):
    assert post.send(TOWN, "a@post.example", "x/mail/y", "Hello", active=frozenset({"pigeon"})) == "flown"
    assert [(town, message.to, message.subject) for town, message in carried] == [
        (TOWN, "a@post.example", "Hello")
    ]
    assert post.transport.sent == []
    post.send(TOWN, "a@post.example", "x/mail/y", "Hello")
    post.send(None, "a@post.example", "x/mail/y", "Hello", active=frozenset({"pigeon"}))
    assert (len(carried), len(post.transport.sent)) == (1, 2)


def test_a_jobs_mail_has_one_message_id_that_tells_nothing(post):
    ids = {post.message_id(TOWN, 7, "a@post.example") for _ in range(2)}
    assert len(ids) == 1
    assert ids.isdisjoint(
        {post.message_id(TOWN, 8, "a@post.example"), post.message_id(TOWN, 7, "b@post.example")}
    )
    assert "a@post" not in ids.pop()
