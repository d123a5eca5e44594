"""Tables of people in all usual dresses are read row by row; hostile ones are refused with the row's number."""

import subprocess
import sys

import pytest

from baukasten_newsletter.transfer import reading
from baukasten_newsletter.transfer.headers import Column, Status, column_of
from baukasten_newsletter.transfer.reading import FileError

PLAIN = "E-Mail;Name;Sprache\r\nänne@müller.example;Änne Müller;de\r\nbo@post.example;Bo;en\r\n"


def source(data, size=7):
    data = data if isinstance(data, bytes) else data.encode()
    return lambda: (data[at : at + size] for at in range(0, len(data), size))


def read(data, size=7):
    given = source(data, size)
    return list(reading.entries(given, reading.shape_of(given)))


def seen(data, size=7):
    return [(one.row, one.address, one.name, one.language) for one in read(data, size)]


EXPECTED = [(2, "änne@müller.example", "Änne Müller", "de"), (3, "bo@post.example", "Bo", "en")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("size", [1, 2, 7, 5000])
def test_encodings_are_found(encoding, size):
    if size < 64 and encoding in ("utf-16-le", "utf-16-be", "utf-16"):
        size = 64  # Pieces of an upload are a megabyte; a mark is looked for in the first.
    assert seen(PLAIN.encode(encoding), size) == EXPECTED


def test_an_umlaut_late_in_the_file_decides_about_the_encoding():
    rows = "".join(f"leserin{n}@post.example;\n" for n in range(2000))
    data = f"email;name\n{rows}".encode() + "jo@post.example;Jörg\n".encode("cp1252")
    assert read(data, 1000)[-1].name == "Jörg"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_found(separator):
    assert seen(PLAIN.replace(";", separator)) == EXPECTED


def test_excel_may_say_its_separator():
    assert seen(f"sep=;\n{PLAIN}") == [(row + 1, *rest) for row, *rest in EXPECTED]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quoted_line_breaks_stay_in_their_cell(end):
    rows = ["email,name", '"anna@post.example","Anna\r\nBcc: x@post.example"', '"b""o"@post.example,Bo']  # fmt: skip
    found = read(end.join(rows))
    assert [(one.row, one.name) for one in found] == [(2, "Anna\r\nBcc: x@post.example"), (3, "Bo")]


def test_listmonk_as_it_comes():
    data = (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        '6c31…,ada@post.example,Ada,"{""city"": ""Kranichsiel""}",enabled,2023-05-03T10:00:00Z,2024-01-01\n'
        "7d42…,bo@post.example,Bo,{},disabled,2023-05-04,2024-01-01\n"
        "8e53…,cy@post.example,Cy,{},blocklisted,2023-05-05,2024-01-01\n"
    )
    found = read(data)
    assert [one.status for one in found] == [Status.WANTED, Status.UNWANTED, Status.NEVER]
    assert (found[0].address, found[0].when) == ("ada@post.example", "2023-05-03T10:00:00Z")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("", Status.WANTED),
        ("Bestätigt", Status.WANTED),
        (" enabled ", Status.WANTED),
        ("unconfirmed", Status.UNWANTED),
        ("unsubscribed", Status.UNWANTED),
        ("whatever", Status.UNWANTED),
        ("Blocklisted", Status.NEVER),
    ],
)
def test_states_of_other_programs(word, status):
    assert read(f"email,status\nada@post.example,{word}\n")[0].status is status


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("E-Mail-Adresse", Column.ADDRESS),
        ("EMAIL ADDRESS", Column.ADDRESS),
        ("Vorname", Column.FIRST),
        ("consent_date", Column.WHEN),
        ("Herkunft der Einwilligung", Column.HOW),
        ("Bestätigt am", Column.WHEN),
        ("Lieblingsfarbe", None),
    ],
)
def test_headings_in_german_and_english(heading, column):
    assert column_of(heading) is column


def test_first_and_last_names_are_one_name():
    assert read("Vorname;Nachname;E-Mail\nAda;Siel;ada@post.example\n")[0].name == "Ada Siel"


def test_a_bare_list_has_no_headings():
    assert seen("ada@post.example\nbo@post.example\n") == [
        (1, "ada@post.example", "", ""),
        (2, "bo@post.example", "", ""),
    ]


def test_empty_rows_are_counted_and_left_out():
    assert [one.row for one in read("email;name\n\n;\nada@post.example;\n\n")] == [4]


def test_a_row_with_cells_too_many_says_so():
    assert [one.is_ragged for one in read("email,name\na@post.example,Siel, Ada\nb@post.example,Bo,,\n")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (b"", 0),
        (b"\n\n", 0),
        ("Farbe;Tier\nblau;Kranich\n", 1),
        ("email\nada@post.example\nb\0o@post.example\n", 3),
        ('email;name\nada@post.example;"' + "x" * 200_000, 2),
        ("email\n" + "x" * 200_000, 2),
        ("email;name\n" + '"\n";' * 60_000, 2),
        ("x" * 200_000, 1),
        (b"\xff\xfe" + b"\x00\xd8" * 10, 1),
        ("sep=x\nemailxname\n", 1),
    ],
)
def test_hostile_files_are_refused_with_their_row(data, row):
    with pytest.raises(FileError) as caught:
        read(data, 1000)
    assert caught.value.row == row
    assert str(row or "empty") in caught.value.errors["file"]


def test_undefined_signs_spoil_their_own_row_alone():
    found = read(b"email;name\nad\x81@post.example;J\xf6rg\nbo@post.example;Bo\n")
    assert [one.address for one in found] == ["ad�@post.example", "bo@post.example"]


def test_more_rows_than_allowed(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    rows = "".join(f"a{n}@post.example\n" for n in range(4))
    assert len(read(f"email\n{rows[: rows.rindex('a3')]}")) == 3
    with pytest.raises(FileError) as caught:
        read(f"email\n{rows}")
    assert caught.value.row == 5


PEAKS = """
import tracemalloc
from baukasten_newsletter.transfer import reading
def pieces(count):
    yield b"email;name\\n"
    for n in range(count):
        yield b"".join(b"leserin%d@post.example;Ada\\n" % (n * 100 + m) for m in range(100))
for count in (10, 10, 200):
    given = lambda: pieces(count)
    tracemalloc.start()
    print(sum(1 for _one in reading.entries(given, reading.shape_of(given))), tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
"""


def test_memory_does_not_grow_with_the_file():
    # In a process of its own, where no other thread needs memory.
    ran = subprocess.run([sys.executable, "-c", PEAKS], capture_output=True, text=True, check=True)
    _first, small, large = ([int(word) for word in line.split()] for line in ran.stdout.splitlines())
    assert (small[0], large[0]) == (1000, 20_000)
    # Kept, the rows would take four megabytes and more.
    assert large[1] < small[1] + 500_000
