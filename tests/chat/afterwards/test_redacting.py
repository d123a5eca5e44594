"""Staff takes words out of a draft; what is published stays as it is."""

import pytest

from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_chat.afterwards import publishing, redacting, telling


def test_other_words_stand_there_and_everybody_sees_it(session, said, draft, moderator):
    row, _told = draft()
    redacting.reword(session, moderator, said, row.id, 1, "Moin <zusammen>")
    told = telling.lines(session, row)
    assert (str(told[0].html), told[0].redacted, told[1].redacted) == ("Moin &lt;zusammen&gt;", True, False)


def test_a_line_left_out_keeps_its_place_and_no_words_for_others(session, said, draft, moderator):
    row, told = draft()
    question, answer = (next(one for one in told if one.kind == kind) for kind in ("question", "answer"))
    redacting.leave_out(session, moderator, said, row.id, answer.position, out=True)
    after = telling.lines(session, row)
    data = telling.as_json(row, after)["lines"]
    assert (data[answer.position - 1]["text"], data[answer.position - 1]["gone"]) == ("", "left out")
    assert data[question.position - 1]["text"] == "Wird der Steg gebaut?"
    assert telling.answered(after) == []
    redacting.leave_out(session, moderator, said, row.id, answer.position, out=False)
    assert len(telling.answered(telling.lines(session, row))) == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4_001, "a\0b"])
def test_words_that_are_none_are_refused(session, said, draft, moderator, text):
    row, _told = draft()
    with pytest.raises(Invalid):
        redacting.reword(session, moderator, said, row.id, 1, text)


def test_what_is_published_stays(session, said, draft, moderator):
    row, _told = draft()
    publishing.publish(session, moderator, said, row.id, publishing.Choice())
    session.commit()
    with pytest.raises(Conflict):
        redacting.reword(session, moderator, said, row.id, 1, "Anderes")
    with pytest.raises(Conflict):
        redacting.leave_out(session, moderator, said, row.id, 1, out=True)


def test_citizens_and_wrong_numbers_change_nothing(session, said, draft, moderator, anna):
    row, _told = draft()
    with pytest.raises(Denied):
        redacting.reword(session, anna, said, row.id, 1, "Anderes")
    for transcript_id, position in ((row.id, 99), (row.id + 1, 1)):
        with pytest.raises(NotFound):
            redacting.reword(session, moderator, said, transcript_id, position, "Anderes")
