"""What is put in comes out once, in no order, never in handfuls, and no key outlives its batch."""

import datetime as dt
import logging
import threading

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.strongroom import Strongroom
from baukasten_survey.keys import BatchState
from baukasten_survey.mixing import batches, clearing, flushing, sealing
from baukasten_survey.models import Batch, Response, Sealed
from tests.survey.mixing.mill import LOST_JOBS, Mill, mill

B = batches.SMALLEST


@pytest.fixture
def mixing(database, town, morning) -> Mill:
    return mill(database, town)


def _pending(*answers: int, over: bool = False) -> list[flushing.Pending]:
    return [
        flushing.Pending(at, 1, 1, "open" if at == len(answers) - 1 else "full", b"", count, over)
        for at, count in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        ((0,), 0),
        ((B,), 0),
        ((1000,), 0),
        ((B, B - 1), 0),
        ((B, B), 1),
        ((B, 3, B), 2),
        ((3, B), 0),
        ((B, B, 0), 1),
        ((B, B, B - 1), 1),
        ((B, B, B), 2),
    ],
)
def test_a_batch_waits_until_as_many_wait_behind_it(answers, chosen):
    assert [one.id for one in flushing.ripe(_pending(*answers))] == list(range(chosen))


@pytest.mark.parametrize("answers", [(0,), (3,), (B, 3), (B, B, 0)])
def test_at_the_close_all_that_is_left_is_mixed_together(answers):
    assert len(flushing.ripe(_pending(*answers, over=True))) == len(answers)


@pytest.mark.parametrize(("over", "together"), [(False, [[0], [1, 2], [3]]), (True, [[0, 1, 2], [3]])])
def test_versions_are_mixed_apart_until_the_close(over, together):
    kinds = [(1, 1), (1, 2), (1, 2), (2, 1)]
    waiting = [
        flushing.Pending(at, survey, version, "open", b"", 3, over)
        for at, (survey, version) in enumerate(kinds)
    ]
    assert [[one.id for one in group] for group in flushing.groups(waiting)] == together


def test_a_handful_of_the_last_version_leaves_in_one_transaction_with_all_others(mixing, database, town):
    mixing.put(*range(30))
    mixing.put(100, 101, 102, version=2)
    mixing.close()
    mixing.mix()
    with database.session(town.id) as session:
        rows = session.execute(text("SELECT xmin::text, version FROM survey_response ORDER BY id")).all()
    assert len({row[0] for row in rows}) == 1
    assert sorted(row[1] for row in rows) == [1] * 30 + [2] * 3
    assert mixing.keys() == 0


def test_answers_come_out_once_and_in_no_order(mixing):
    mixing.put(*range(B))
    mixing.mix()
    assert (mixing.batches(), mixing.answers()) == ([("full", B), ("open", 0)], [])
    mixing.put(*range(100, 100 + B - 1))
    mixing.mix()
    assert mixing.answers() == []
    mixing.put(200)
    mixing.mix()
    assert mixing.batches() == [("flushed", 0), ("full", B), ("open", 0)]
    out = mixing.answers()
    # 25! orders: that they stay as they came would be no accident.
    assert (sorted(out), out != sorted(out), mixing.keys()) == (list(range(B)), True, 2)
    mixing.put(201)
    mixing.close()
    mixing.mix()
    every = [*range(B), *range(100, 100 + B - 1), 200, 201]
    assert (sorted(mixing.answers()), mixing.keys()) == (every, 0)
    # What was left is B and one: mixed as one, so that the last one has company.
    assert {state for state, _ in mixing.batches()} == {"flushed"}
    mixing.mix()
    assert (sorted(mixing.answers()), mixing.keys()) == (every, 0)


def test_what_comes_out_knows_its_version_and_the_day_of_the_mixing_alone(mixing, database, town):
    mixing.put(1, 2)
    mixing.put(4, version=2)
    with clock.turned(clock.now() + dt.timedelta(days=3)):
        mixing.close()
        mixing.mix()
        today = clock.now().date()
    with database.session(town.id) as session:
        rows = session.scalars(select(Response)).all()
    found = {
        (row.answers["q1"], row.version, row.source, row.day, row.language, row.member_id, row.edit_digest)
        for row in rows
    }
    expected = [(1, 1, "online"), (2, 1, "online"), (4, 2, "online")]
    assert found == {(*row, today, "", None, None) for row in expected}
    assert all(row.flags == [] and not row.test for row in rows)


def test_nothing_is_mixed_at_the_close_while_somebody_may_still_be_on_the_way_in(mixing, database, town):
    mixing.put(1)
    ends = clock.now() + dt.timedelta(minutes=5)
    with database.session(town.id) as session:
        session.execute(text("UPDATE survey SET closes_at = :ends"), {"ends": ends})
        session.commit()
    for later, expected in ((ends, []), (ends + flushing.GRACE, [1])):
        with clock.turned(later):
            mixing.mix()
            assert mixing.answers() == expected


def test_a_closed_survey_says_itself_when_it_is_mixed(mixing, database, town):
    with database.session(town.id) as session:
        flushing.soon(session, clock.now())
        session.commit()
    with database.operator_session() as session:
        query = "SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE args ->> 'key' = 'survey.mix'"
        town_s = f"{query} AND (args ->> 'tenant_id')::bigint = {town.id}"
        due = session.execute(text(town_s)).scalars().all()
    assert due == [clock.now() + flushing.GRACE + dt.timedelta(seconds=1)]


def test_two_who_are_first_at_once_share_a_batch(mixing, database, town):
    started = threading.Barrier(8)

    def answer(number: int) -> None:
        started.wait()
        mixing.put(number)

    people = [threading.Thread(target=answer, args=(number,)) for number in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert (mixing.batches(), mixing.keys()) == ([("open", 8)], 1)


def test_the_mixer_waits_for_whoever_is_putting_something_in(mixing, database, town):
    mixing.put(*range(B))
    mixing.mix()
    mixing.put(*range(B, 2 * B))
    with database.session(town.id) as late:
        # This answer found its batch open; meanwhile the batch is closed and wants to be mixed.
        first = late.scalar(select(Batch.id).where(Batch.state == BatchState.FULL))
        late.execute(select(Batch.id).where(Batch.id == first).with_for_update(read=True, key_share=True))
        mixer = threading.Thread(target=mixing.mix)
        mixer.start()
        mixer.join(0.3)
        assert (mixer.is_alive(), mixing.answers()) == (True, [])
        key = late.scalar(select(Batch.public_key).where(Batch.id == first))
        assert key is not None
        blob = sealing.seal(key, sealing.encode({"q1": 999}), 4096)
        late.add(Sealed(batch_id=first, blob=blob))
        late.commit()
    mixer.join(60)
    assert (mixer.is_alive(), sorted(mixing.answers())) == (False, [*range(B), 999])


def test_answers_and_mixings_at_once_lose_and_double_nothing(database, town):
    """Six people press as fast as they can, two mixers run without pause; keys are as old as they are."""
    mixing = mill(database, town)
    people = [threading.Thread(target=mixing.put, args=range(one * 100, one * 100 + 40)) for one in range(6)]
    done = threading.Event()

    def mixer() -> None:
        while not done.is_set():
            mixing.mix()

    mixers = [threading.Thread(target=mixer) for _ in range(2)]
    for one in (*people, *mixers):
        one.start()
    for one in people:
        one.join()
    done.set()
    for one in mixers:
        one.join()
    mixing.close()
    mixing.mix()
    assert sorted(mixing.answers()) == [one * 100 + at for one in range(6) for at in range(40)]
    assert ({state for state, _ in mixing.batches()}, mixing.keys()) == ({"flushed"}, 0)


def test_an_answer_that_comes_to_nothing_leaves_a_key_that_is_cleared_away(
    mixing, database, town, base_config
):
    with database.session(town.id) as session:
        batches.put(session, mixing.survey_id, 1, b"{}", 4096)
        assert mixing.keys() == 1
        session.rollback()
    # The clock stands years ahead of the files, so the key is an old one.
    mixing.mix()
    assert (mixing.batches(), mixing.keys()) == ([], 0)


def test_a_young_key_without_a_batch_may_belong_to_somebody(mixing, database, town):
    with clock.turned(dt.datetime.now(dt.UTC)):
        with database.session(town.id) as session:
            batches.put(session, mixing.survey_id, 1, sealing.encode({"q1": 7}), 4096)
            mixing.mix()
            session.commit()
        mixing.close()
        mixing.mix()
    assert (mixing.answers(), mixing.keys()) == ([7], 0)


def test_others_secrets_are_left_alone(mixing):
    mixing.room.keep("chat-something", b"theirs")
    mixing.mix()
    assert mixing.room.read("chat-something") == b"theirs"
    mixing.room.destroy("chat-something")


def _lose_keys(mixing: Mill) -> dict[str, bytes]:
    kept = {name: mixing.room.read(name) for name, _ in mixing.room.names()}
    for name in kept:
        mixing.room.destroy(name)
    return kept


def _told(database, town) -> list[str]:
    with database.operator_session() as session:
        return list(session.scalars(LOST_JOBS, {"town": town.id}))


def test_lost_keys_are_told_once_and_hinder_nobody_else(mixing, database, town, caplog):
    mixing.put(1, 2, 3)
    _lose_keys(mixing)
    mixing.put(4, version=2)
    mixing.close()
    with caplog.at_level(logging.ERROR, "baukasten_survey"):
        mixing.mix()
        mixing.mix()
    assert (mixing.answers(), mixing.batches()) == ([4], [("lost", 3), ("flushed", 0)])
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    said = f"3 answers of survey {mixing.survey_id} have no key on this machine, as after a restored backup"
    assert said in caplog.records[0].message
    assert [one.partition(" (batch")[0] for one in _told(database, town)] == [said]
    with database.session(town.id) as session:
        deeds = session.scalars(select(AuditEntry).where(AuditEntry.action == "survey.batch.lost")).all()
        assert [(deed.target, deed.facts["answers"]) for deed in deeds] == [(f"survey:{mixing.survey_id}", 3)]
        assert batches.waiting(session, mixing.survey_id) == batches.Waiting(answers=0, lost=3)
        with pytest.raises(clearing.LostKey, match="3 answers"):
            clearing.say_lost(session, said)


def test_a_key_that_was_only_elsewhere_opens_its_batch_after_all(mixing, database, town):
    mixing.put(1, 2, 3)
    kept = _lose_keys(mixing)
    mixing.close()
    mixing.mix()
    assert mixing.batches() == [("lost", 3)]
    for name, key in kept.items():
        mixing.room.keep(name, key)
    mixing.mix()
    assert (sorted(mixing.answers()), mixing.batches(), mixing.keys()) == ([1, 2, 3], [("flushed", 0)], 0)


def test_an_empty_batch_without_a_key_is_no_loss_and_the_next_answer_finds_another(mixing, database, town):
    mixing.put(*range(B))
    mixing.mix()
    mixing.put(*range(B, 2 * B))
    mixing.mix()
    mixing.close()
    _lose_keys(mixing)
    mixing.mix()
    assert [len(_told(database, town)), sorted(mixing.batches())] == [
        1,
        [("flushed", 0), ("lost", 0), ("lost", B)],
    ]


def test_an_answer_changed_in_the_database_is_told_and_hinders_no_other(mixing, database, town):
    mixing.put(1, 2, 3)
    with database.session(town.id) as session:
        row = session.scalars(select(Sealed).order_by(Sealed.id)).all()[1]
        session.execute(text("DELETE FROM survey_sealed WHERE id = :id"), {"id": row.id})
        changed = row.blob[:-1] + bytes([row.blob[-1] ^ 1])
        session.add(Sealed(batch_id=row.batch_id, blob=changed))
        session.commit()
    mixing.close()
    mixing.mix()
    mixing.mix()
    assert (sorted(mixing.answers()), mixing.batches(), mixing.keys()) == ([1, 3], [("lost", 1)], 0)
    assert [one.partition(" (")[0] for one in _told(database, town)] == [
        f"1 answers of survey {mixing.survey_id} were changed in the database and do not open"
    ]


def test_towns_mix_for_themselves(mixing, database, other_town):
    other = mill(database, other_town)
    mixing.put(1)
    other.put(2)
    mixing.close()
    mixing.mix()
    assert (mixing.answers(), other.answers(), other.keys()) == ([1], [], 1)
    assert isinstance(other.room, Strongroom)
    other.close()
    other.mix()
    assert (other.answers(), other.keys()) == ([2], 0)
