"""A town whose mails leave, keys for its domain, and a zone in which their records stand or do not."""

import dataclasses
from types import MappingProxyType

import pytest

from baukasten.mail import zones
from baukasten.mail.dkim import Algorithm, record
from baukasten.mail.post import TOOL
from baukasten.plugin.work import Work, begin
from baukasten.tenants import settings
from baukasten.tenants.sender import checking, keys
from baukasten.workshop import surroundings
from tests.core.mail.zone import Zone

DOMAIN = "stadt.example"


@pytest.fixture
def carried(session):
    """Let a server carry the town's mails away, and let it have a sender of its own."""
    session.contract = dataclasses.replace(session.contract, mails_leave=True)
    settings.write(session, "mail.sender", {"name": "Rathaus", "address": f"newsletter@{DOMAIN}"})
    session.commit()
    return session


@pytest.fixture
def new_key(session):
    """Make a key for the town's domain."""

    def make(algorithm=Algorithm.RSA):
        made = keys.make(session, None, DOMAIN, algorithm)
        session.commit()
        return made

    return make


@pytest.fixture
def zone():
    return Zone({})


@pytest.fixture
def publish(zone):
    """Put keys' records into DNS."""

    def do(*made):
        for key in made:
            name = f"{key.selector}._domainkey.{DOMAIN}"
            zone.records = {**zone.records, (name, "TXT"): [record(Algorithm(key.algorithm), key.public)]}

    return do


@pytest.fixture
def check(session, town, database, base_config, zone):
    """Run the check as a job of the town."""

    def run(job=checking.check):
        office = surroundings(base_config, database).tools[TOOL]
        tools = MappingProxyType({TOOL: office, zones.TOOL: lambda: zone})
        begin(session, Work(1, 1, town, frozenset(), tools))
        job(session)
        session.commit()

    return run
