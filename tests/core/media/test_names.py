"""Names of files: readable, true about their ending, and without tricks."""

import pytest

from baukasten.media import names


@pytest.mark.parametrize(
    ("given", "suffix", "shown", "address"),
    [
        ("Plan am Kai.PDF", "pdf", "Plan am Kai.pdf", "plan-am-kai.pdf"),
        ("IMG_0815.HEIC", "webp", "IMG_0815.webp", "img-0815.webp"),
        ("C:\\Users\\anna\\Brücke.jpg", "webp", "Brücke.webp", "bruecke.webp"),
        ("../../etc/passwd", "txt", "passwd.txt", "passwd.txt"),
        ("Rechnung\u202efdp.exe", "pdf", "Rechnungfdp.pdf", "rechnungfdp.pdf"),
        ("a\0b\r\nSet-Cookie: x.txt", "txt", "abSet-Cookie x.txt", "abset-cookie-x.txt"),
        ('"><script>.svg', "webp", "script.webp", "script.webp"),
        ("", "pdf", "Datei.pdf", "datei.pdf"),
        (".htaccess", "txt", "htaccess.txt", "htaccess.txt"),
        ("...", "txt", "Datei.txt", "datei.txt"),
        ("план.pdf", "pdf", "план.pdf", "datei.pdf"),
    ],
)
def test_names_are_cleaned(given, suffix, shown, address):
    name = names.clean_name(given, suffix)
    assert name == shown
    assert names.path(7, names.FILE, name) == f"/medien/7/datei/{address}"


def test_long_names_are_cut():
    assert names.clean_name("x" * 100_000 + ".pdf", "pdf") == "x" * 100 + ".pdf"
