"""Whoever holds the database, its log and all access logs links people to answers no better than chance.

The crowd in which somebody hides is the batch: one in so many guesses is right. A naive way of storing is broken whole.
"""

import datetime as dt
import random
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.strongroom import Strongroom
from baukasten_survey.access import admission
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.mixing import batches, sealing
from baukasten_survey.models import Admission, Batch, Response, Survey
from baukasten_survey.surveys import lookup
from baukasten_survey.taking import service as taking
from tests.survey.conftest import NOW, definition, open_survey, options, page, question
from tests.survey.mixing import chance
from tests.survey.mixing.attacker import Attacker, Case, Crowd, attacking, links
from tests.survey.mixing.mill import Mill

PEOPLE = 500
SEED = 20350320
PAUSE = 7.0
"""Seconds between two answers, on average; the mixer runs every five minutes."""
RISK = 1e-9
"""The probability that a test of all ways of linking fails though nothing but chance is at work."""
ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2", "a3", "a4")),
        question("q2", "long", max_length=500),
    )
)
READ = parse(ASKED)


@dataclass
class Street:
    """A town's people with their codes, a survey, and the attacker who watches."""

    mill: Mill
    codes: list[tuple[int, bytes]]
    attacker: Attacker
    chance: random.Random

    def answer(self, how: Any) -> Case:
        """Let everybody answer in a known order; the mixer runs meanwhile, and once more after the close."""
        given, people, now = {}, {}, NOW
        for order, (right, digest) in enumerate(self.codes):
            before = now
            now += dt.timedelta(seconds=self.chance.expovariate(1 / PAUSE))
            # Whole seconds, as access logs have them.
            people[right] = order, float(int(now.timestamp()))
            said = {"q1": self.chance.choice(["a1", "a2", "a3", "a4"]), "q2": self._words()}
            given[said["q2"]] = order
            with clock.turned(now), self.mill.database.session(self.mill.town.id) as session:
                how(session, self.mill.survey_id, digest, said)
                session.commit()
            if before.minute // 5 != now.minute // 5:
                self._mix(now)
        self.mill.close()
        self._mix(now)
        case = Case(self.mill.survey_id, people)
        with self.mill.database.session(self.mill.town.id) as session:
            rows = session.execute(select(Response.id, Response.answers["q2"].as_string()))
            case.truth.update((number, given[words]) for number, words in rows)
        assert sorted(case.truth.values()) == list(range(len(self.codes)))
        return case

    def _mix(self, now: dt.datetime) -> None:
        self.attacker.dump(self.mill.survey_id)
        with clock.turned(now):
            self.mill.mix()

    def _words(self) -> str:
        letters = self.chance.choices("aeiou nrst", k=self.chance.randint(20, 500))
        return f"{self.chance.getrandbits(64):x} {''.join(letters)}"


@pytest.fixture
def street(server, database, town, morning, request):
    """Hand out codes; they answer in an order that has nothing to do with it."""
    people = getattr(request, "param", PEOPLE)
    drawn = random.Random(SEED)  # noqa: S311 - a run that can be had again, no secret
    module = open_survey(database, town, ASKED, anonymity="separated", access="code")
    with database.session(town.id) as session:
        survey_id = session.scalar(select(Survey.id).where(Survey.module_id == module.id))
        digests = [admission.digest(session, survey_id, AdmissionKind.CODE, f"{at}") for at in range(people)]
        rows = [Admission(survey_id=survey_id, kind=AdmissionKind.CODE, digest=digest) for digest in digests]
        session.add_all(rows)
        session.commit()
        codes = [(row.id, row.digest) for row in rows]
        name = database.app.url.database
    drawn.shuffle(codes)
    with attacking(server.url("postgres", name)) as attacker:
        yield Street(Mill(database, town, survey_id), codes, attacker, drawn)


def by_the_service(session, survey_id, digest, said):
    """The way that everybody takes."""
    survey = session.get_one(Survey, (session.tenant_id, survey_id))
    asked = lookup.Asked(survey_id, 1, READ, 8192)
    right = admission.Right(AdmissionKind.CODE, digest)
    assert not taking.take(session, survey, asked, right, taking.Filled(said)).again


def naively(session, survey_id, digest, said):
    """Spend the code and write the answer down, in one transaction, as one would."""
    assert admission.spend(session, survey_id, admission.Right(AdmissionKind.CODE, digest))
    session.add(Response(survey_id=survey_id, version=1, day=clock.now().date(), answers=said))


def nearly_naively(session, survey_id, digest, said):
    """Two transactions one after the other, and nothing between them."""
    assert admission.spend(session, survey_id, admission.Right(AdmissionKind.CODE, digest))
    session.commit()
    naively_kept = Response(survey_id=survey_id, version=1, day=clock.now().date(), answers=said)
    session.add(naively_kept)


def _hits(pairs, truth) -> int:
    return sum(truth[response] == person for crowd in pairs for person, response in crowd)


def _halves(pairs, truth) -> int:
    """Count who is rightly in the first half of the crowd, which a blurred order gives away too."""
    right = 0
    for crowd in pairs:
        half = len(crowd) // 2
        guessed = {truth[response] for _, response in crowd[:half]}
        right += len(guessed & {person for person, _ in crowd[:half]})
    return right


def _beaten(crowds: list[Crowd], truth) -> dict[str, tuple[int, int]]:
    """Give the ways of linking that are better than chance, each with its right guesses and right halves."""
    ways = list(links(crowds))
    sizes = [len(crowd.people) for crowd in crowds]
    each = RISK / len(ways) / 2
    places, halves = (chance.bound(sizes, kind, each) for kind in (chance.own_places, chance.own_halves))
    found = {name: (_hits(pairs, truth), _halves(pairs, truth)) for name, pairs in ways}
    return {name: hits for name, hits in found.items() if hits[0] >= places or hits[1] >= halves}


def test_500_people_hide_in_their_batches(street):
    case = street.answer(by_the_service)
    crowds = street.attacker.crowds(case)
    sizes = [len(crowd.people) for crowd in crowds]
    assert (sum(sizes), [len(crowd.responses) for crowd in crowds]) == (PEOPLE, sizes)
    assert (min(sizes) >= batches.SMALLEST, len(sizes) > 5) == (True, True)
    ways = list(links(crowds))
    assert len(ways) == 10 * 4 * 2
    assert {person.traits["sealed size"] for crowd in crowds for person in crowd.people} == {8192}
    assert _beaten(crowds, case.truth) == {}
    assert street.mill.keys() == 0


def test_the_naive_way_gives_everybody_away(street):
    case = street.answer(naively)
    crowds = street.attacker.crowds(case)
    # Equal xmin: each crowd is one person and one response.
    assert {(len(crowd.people), len(crowd.responses)) for crowd in crowds} == {(1, 1)}
    assert all(_hits(pairs, case.truth) == PEOPLE for _, pairs in links(crowds))


@pytest.mark.parametrize("street", [200], indirect=True)
def test_two_transactions_without_a_queue_give_everybody_away_too(street):
    case = street.answer(nearly_naively)
    beaten = _beaten(street.attacker.crowds(case), case.truth)
    ways = {"order ~ response", "log ~ in log", "spent in ~ response", "order ~ in log"}
    assert {name: beaten.get(name, (0, 0))[0] for name in ways} == dict.fromkeys(ways, 200)


class Orderly:
    """What shuffles nothing."""

    def shuffle(self, things):
        pass


@pytest.mark.parametrize("street", [200], indirect=True)
def test_a_queue_that_keeps_the_order_is_found_out(street, monkeypatch):
    monkeypatch.setattr(secrets, "SystemRandom", Orderly)
    case = street.answer(by_the_service)
    beaten = _beaten(street.attacker.crowds(case), case.truth)
    # Which trait shows it is the database's choice: it reads by place or by number.
    assert max(hits for hits, _ in beaten.values()) == 200


class Lazy:
    """What mixes halves only: the first half of the queue comes first."""

    def shuffle(self, things):
        half = len(things) // 2
        drawn = random.Random(SEED)  # noqa: S311 - as above
        things[:] = [*drawn.sample(things[:half], half), *drawn.sample(things[half:], len(things) - half)]


@pytest.mark.parametrize("street", [200], indirect=True)
def test_a_queue_that_mixes_badly_is_found_out(street, monkeypatch):
    monkeypatch.setattr(secrets, "SystemRandom", Lazy)
    case = street.answer(by_the_service)
    assert _beaten(street.attacker.crowds(case), case.truth)


@pytest.mark.parametrize("street", [200], indirect=True)
def test_answers_that_are_not_padded_are_found_out_by_their_length(street, monkeypatch):
    monkeypatch.setattr(sealing, "pad", lambda payload, _size: len(payload).to_bytes(4, "big") + payload)
    case = street.answer(by_the_service)
    hits, _ = _beaten(street.attacker.crowds(case), case.truth)["sealed size ~ size"]
    assert hits > 100


@pytest.mark.parametrize("street", [60], indirect=True)
def test_whoever_kept_the_keys_reads_who_answered_what(street, monkeypatch):
    """This is what the strongroom is for: nothing else stands between the attacker and the answers."""
    kept = {}
    real = Strongroom.destroy

    def copying(room, name):
        kept[bytes.fromhex(name.removeprefix(batches.PREFIX))] = room.read(name)
        real(room, name)

    monkeypatch.setattr(Strongroom, "destroy", copying)
    case = street.answer(by_the_service)
    with street.mill.database.session(street.mill.town.id) as session:
        keys = {
            row.id: kept[row.public_key] for row in session.scalars(select(Batch)) if row.public_key in kept
        }
        said = dict(session.execute(select(Response.answers["q2"].as_string(), Response.id)).all())
    orders = {row.xmin: case.people[row.id][0] for row in street.attacker.spent(case.survey_id)}
    for row in street.attacker.queue.values():
        words = sealing.decode(sealing.unseal(keys[row.batch_id], row.blob))["q2"]
        assert case.truth[said[words]] == orders[row.xmin]
    assert len(street.attacker.queue) == 60
