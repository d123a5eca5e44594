"""What is no survey is refused with a sentence, whatever it is, quickly and in little memory."""

import io
import re
import subprocess
import sys
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baukasten_survey.transfer import archives, importing
from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.reports import Refused
from tests.survey.transfer.lime_files import Made, archive, column, document, responses, structure, table

GOOD = structure(Made("q", "N"), Made("l", "L", answers=["a", "b"]))
BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<document><surveys><rows><row><sid>&c;</sid></row></rows></surveys></document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "secret.txt">]><document>&x;</document>"""


def _zip(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return packed.getvalue()


REFUSED = {
    "empty": (b"", "no file of LimeSurvey"),
    "words": (b"Hello", "no file of LimeSurvey"),
    "nul": (b"\0" * 500, "no file of LimeSurvey"),
    "another xml": (b"<html><body/></html>", "no LimeSurvey survey"),
    "cut off": (GOOD[:400], "damaged"),
    "not utf-8": (GOOD.replace(b"Question q", b"Fr\xe4ge"), "damaged"),
    "unknown encoding": (GOOD.replace(b"UTF-8", b"X-MINE"), "damaged"),
    "entities": (BOMB, "declares entities"),
    "outside": (OUTSIDE, "declares entities"),
    "responses only": (responses({"id": "1"}), "no LimeSurvey survey"),
    "no questions": (document("Survey", 493, table("surveys", [{"sid": 1}])), "has no questions"),
    "deep": (b"<document>" + b"<a>" * 100, "damaged"),
    "long cell": (b"<document><questions><rows><row><x>" + b"y" * 5_000_000, "too large"),
    "no zip": (b"PK\x03\x04nonsense", "damaged"),
    "cut zip": (archive(GOOD)[:-30], "damaged"),
    "zip of nothing": (_zip(a="b"), "no file of LimeSurvey"),
    "bomb": (_zip(**{"s.lss": b"<document>" + b" " * 19_000_000}), "too large"),
    "no json": (b"{nonsense", "no JSON"),
    "other json": (b'{"a": 1}', "no survey of SurveyJS"),
    "deep json": (b'{"pages":' + b"[" * 100_000, "no JSON"),
    "huge number": (b'{"pages": [{"elements": [{"type": "text", "min": 1e999}]}]}', "larger than any survey"),
    "no elements": (b'{"pages": []}', "has no questions"),
    "no form": (_zip(**{"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"}), "no XLSForm"),
    "form with entities": (_zip(**{"xl/workbook.xml": BOMB}), "declares entities"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "no file of LimeSurvey"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_survey_is_refused_with_a_sentence(name):
    data, sentence = REFUSED[name]
    with pytest.raises(Refused, match=sentence) as refused:
        read_survey("upload", data)
    assert str(refused.value.message).endswith((".", ")"))


def test_what_is_too_large_is_not_even_looked_at(monkeypatch):
    monkeypatch.setattr(importing, "LARGEST", 1_000_000)
    with pytest.raises(Refused, match="up to 1 megabytes"):
        read_survey("upload", b"<" * 1_000_001)


def test_a_password_is_named():
    data = bytearray(archive(GOOD))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.find(mark)
        data[at + (6 if mark.endswith(b"\x04") else 8)] |= 1
    with pytest.raises(Refused, match="password"):
        read_survey("x.lsa", bytes(data))


def test_numbers_and_ids_of_any_kind_break_nothing():
    odd = [
        Made(
            "9 lives!",
            "N",
            attributes={"min_num_value_n": "9" * 400, "max_num_value_n": "1e400", "maximum_chars": "-1"},
        ),
        Made("9-lives?", "L", answers=["-", "ä", "-oth-", "a" * 80]),
        Made("", "M", subs=["", "and", "1.5"], attributes={"max_answers": "99999999999999999999"}),
        Made("not", "?", text="unknown type"),
        Made(
            "x" * 90,
            ":",
            subs=["a"],
            columns=["b"],
            attributes={"multiflexible_step": "0", "multiflexible_min": "nan"},
        ),
    ]
    survey = structure(*odd).replace(b"<question_order>2<", b"<question_order>1e999<")
    found = read_survey("odd.lss", survey)
    codes = [one["code"] for group in found.definition["pages"][0]["groups"] for one in group["questions"]]
    assert sorted(codes) == sorted(["q9_lives", "q9_lives_2", "q3", "q_not", "x" * 32])
    assert {note.place for note in found.notes if note.level == "lost"} == {"9 lives!", "", "not", "x" * 90}


def test_parts_without_parents_are_kept_or_named():
    survey = structure(Made("q", "S"), Made("r", "M", subs=["s"]))
    found = read_survey(
        "x.lss", survey.replace(b"<parent_qid>2<", b"<parent_qid>99<").replace(b"<gid>7<", b"<gid>8<", 1)
    )
    assert [note.text for note in found.notes] == [
        "This line belongs to no question of the file.",
        "The group of this question is missing; it stands at the end.",
        "The group of this question is missing; it stands at the end.",
    ][: len(found.notes)]
    assert sum(len(group["questions"]) for page in found.definition["pages"] for group in page["groups"]) == 2


def test_a_survey_that_is_larger_than_any_here_is_refused():
    with pytest.raises(Refused, match="too many; 500"):
        read_survey("x.lss", structure(*(Made(f"q{at}", "N") for at in range(501))))


def test_scripts_are_left_behind():
    evil = '<p onclick="x()">Hi <b>you</b><script>alert(1)</script><img src=x onerror=alert(2)></p>'
    evil += '<a href="javascript:x">y</a>'
    found = read_survey("x.lss", structure(Made("q", "X", text=evil, help=evil)))
    question = found.definition["pages"][0]["groups"][0]["questions"][0]
    assert (question["title"], question["help"]) == ({"en": "Hi you"}, {"en": "y\n\nHi you\n\ny"})
    assert {note.level.value for note in found.notes} == {"changed", "lost"}


def test_a_large_archive_is_read_without_holding_it(tmp_path):
    rows = (
        {"id": str(at), "submitdate": "2024-01-01 00:00:00", column(1): at, column(2): "a"}
        for at in range(20_000)
    )
    (tmp_path / "large.lsa").write_bytes(archive(GOOD, responses(*rows)))
    reads = (
        "import sys, tracemalloc; from pathlib import Path\n"
        "from baukasten_survey.transfer.importing import read_survey\n"
        "data = Path(sys.argv[1]).read_bytes(); found = read_survey('x', data)\n"
        "tracemalloc.start()\n"
        "print(sum(1 for one in found.responses if one.answers['l'] == 'a' and not one.lost))\n"
        "print(tracemalloc.get_traced_memory()[1] // 1024)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", reads, str(tmp_path / "large.lsa")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    count, kilobytes = map(int, ran.stdout.split())
    assert count == 20_000
    assert kilobytes < 3_000


def test_pyxform_is_loaded_only_for_a_form():
    asks = (
        "import sys; from baukasten_survey.transfer.importing import read_survey, Refused\n"
        "try: read_survey('x', b'hello')\n"
        "except Refused: print([name for name in ('pyxform', 'openpyxl') if name in sys.modules])\n"
    )
    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_a_file_breaks_the_reader(data):
    whole = data.draw(st.sampled_from([RICH, archive(RICH, responses({"id": "1", column(1): "3"}))]))
    broken = bytearray(whole)
    for _hit in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with suppress(Refused):
        list(read_survey("x", bytes(broken)).responses or ())


RICH = structure(
    Made("n", "N", attributes={"min_num_value_n": "3", "em_validation_q": "n > 2"}),
    Made("m", "M", subs=["a", "b"], other=True, relevance="n > 3 and !is_empty(n)"),
    Made(
        "f",
        "F",
        subs=["a", "b"],
        answers=["1", "2"],
        attributes={"array_filter": "m"},
        text="{if(n > 3, 'a', m_a)}",
    ),
    Made("g", ":", subs=["a"], columns=["c"], relevance="f_a == 2 or count(that.m) > 1"),
)


def test_all_that_is_read_of_an_archive_counts_together(monkeypatch):
    many = responses(*({"id": str(at), column(1): "3"} for at in range(200)))
    packed = io.BytesIO(archive(structure(Made("n", "N")), many))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as more:
        for at in range(9):
            more.writestr(f"{at}_responses.lsr", many)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 3 * len(many))
    read: list[object] = []
    with pytest.raises(Refused, match="too large"):
        read.extend(read_survey("x.lsa", packed.getvalue()).responses or ())
    assert 200 <= len(read) < 600


def test_a_table_for_spreadsheets_names_the_way_out():
    table_file = b"\xef\xbb\xbfid\trelated_id\tclass\ttype/scale\tname\trelevance\ttext\n1\t\tS\t\tsid\t1\n"
    with pytest.raises(Refused, match=r"\(\.lss\)"):
        read_survey("x.txt", table_file)


RICH = structure(
    Made("a", "L", answers=["1", "2"], other=True, attributes={"array_filter": "m", "random_order": "1"}),
    Made("m", "M", subs=["1", "x"], relevance="4711X7X1.NAOK == 1", default="Y"),
    Made("r", "R", answers=["x", "y"], relevance="count(m_1, m_x) > 1", attributes={"max_answers": "2"}),
    Made("d", "1", subs=["s"], answers=["A"], seconds=["B"], relevance='r_1 != "x"'),
    Made(
        "g",
        ":",
        subs=["s"],
        columns=["c"],
        attributes={"multiflexible_max": "9", "em_validation_q": "sum(self) < 9"},
    ),
    Made(
        "k",
        "K",
        subs=["s"],
        relevance="Q1.NAOK && sum(that.g.NAOK) > 2",
        text="{a.shown} and {sum(g_s_c, 2)}",
    ),
    Made("e", "*", attributes={"equation": "{if(k_s > 1, 2, 3)}"}),
    more=table("conditions", [{"qid": 2, "cqid": 1, "cfieldname": "4711X7X1", "method": "==", "value": "1"}])
    + table("quota", [{"id": 1, "name": "Q", "qlimit": 3}])
    + table("quota_members", [{"quota_id": 1, "qid": 1, "code": "1"}]),
)
CELL = re.compile(rb"<(\w+)>([^<>]*)</\1>")
WORDS = ["", "0", "-1", "1e999", "9" * 30, "a b", "{", "(((", "self", "self.NAOK > 1", "that.x", "1/0", "x=5", "Y",
         "4711X7X2", "Q2", "this", *"5ABCDEFGHIKLMNOPQRSTUXY!:;1*|?"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_in_a_cell_breaks_nothing(data):
    broken = RICH
    for _hit in range(data.draw(st.integers(1, 4))):
        cell = data.draw(st.sampled_from(list(CELL.finditer(broken))))
        words = data.draw(st.sampled_from(WORDS)).encode()
        broken = broken[: cell.start(2)] + words + broken[cell.end(2) :]
    with suppress(Refused):
        read_survey("x.lss", broken)


def test_the_number_of_a_question_without_lines_is_named():
    found = read_survey("x.lss", structure(Made("a", "F"), Made("b", "S", relevance="4711X7X1 > 1")))
    assert [note.level.value for note in found.notes] == ["lost"]
