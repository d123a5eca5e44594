"""Reading tables: line numbers, reasons, and files that are none."""

import pytest

from baukasten_forum.importing.table import Entry, Refused, WrongTableError, read


@pytest.fixture
def table(tmp_path):
    def write(content):
        path = tmp_path / "beitraege.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_rows_come_with_the_line_where_they_begin(table):
    path = table(
        'external_id,title,body,source_url\nA1,Kran,"zwei\nZeilen",https://a.example\nA2, Mehr  Licht ,,\n'
    )
    assert read(path) == [
        Entry(2, "A1", "Kran", "zwei\nZeilen", "https://a.example"),
        Entry(4, "A2", "Mehr Licht", "", ""),
    ]


def test_what_spreadsheets_write_is_read_too(table):
    path = table("\ufeffbody;external_id;title;farbe\r\nText, mit Komma;A1;Kran;rot\r\n\r\n".encode())
    assert read(path) == [Entry(2, "A1", "Kran", "Text, mit Komma", "")]


def test_line_separators_inside_a_cell_end_no_row(table):
    path = table("external_id,title,body\nA1,Eins\u2028zwei\x0bdrei,Text\n")
    assert read(path) == [Entry(2, "A1", "Eins zwei drei", "Text", "")]


def test_rows_that_cannot_be_taken_say_why(table):
    long = "x" * 301
    path = table(
        "external_id,title,body\n,Kran,Text\nA2,,\nA3,zu,viele,Zellen\nA4\n"
        f'A5,{long},Text\nA6,"Kran"x,Text\nA7,gut,Text\nA7,doppelt,Text\nA8,"offen,Text\n'
    )
    assert [row if isinstance(row, Refused) else row.external_id for row in read(path)] == [
        Refused(2, "it has no external_id"),
        Refused(3, "it has neither title nor body", "A2"),
        Refused(4, "it has 4 cells instead of 3"),
        Refused(5, "it has 1 cells instead of 3"),
        Refused(6, "its title has 301 characters, 300 are allowed", "A5"),
        Refused(7, "no readable CSV: ',' expected after '\"'"),
        "A7",
        Refused(9, "the same external_id stands in line 8", "A7"),
        Refused(10, "no readable CSV: unexpected end of data"),
    ]
    assert str(Refused(9, "so", "A7")) == "line 9 (A7): so"
    assert str(Refused(2, "so")) == "line 2: so"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "lacks the columns external_id, title, body; .* says: nothing"),
        ("id,titel,text\n1,2,3\n", "lacks the columns external_id, title, body; .* says: id, titel, text"),
        ("external_id,title\n", "lacks the columns body; "),
        ("external_id,title,body\nA1,Stra\xdfe,x\n".encode("latin-1"), "is not UTF-8, .* line 2; save"),
        ('"external_id\n', "line 1: no readable CSV: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(table, content, sentence):
    with pytest.raises(WrongTableError, match=f"beitraege.csv:? {sentence}"):
        read(table(content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WrongTableError, match=r"fehlt\.csv cannot be read: No such file"):
        read(tmp_path / "fehlt.csv")
