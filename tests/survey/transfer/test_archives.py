"""Archives of strangers are measured before they are believed."""

import io
import struct
import zipfile

import pytest

from baukasten_survey.transfer.archives import BROKEN, Archive
from baukasten_survey.transfer.reports import Refused
from baukasten_survey.transfer.tables import TOO_LARGE


def packed(method, words=b"words " * 100):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.writestr("survey.lss", words)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_surveys_are_packed_with_is_read(method):
    assert Archive(packed(method)).read("survey.lss", 1_000) == b"words " * 100


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packing_is_refused_damaged_or_not(method):
    data = packed(method)
    for one in (data, data[:60] + b"\xff" * 9 + data[69:]):
        with pytest.raises(Refused) as refused:
            Archive(one).read("survey.lss", 1_000)
        assert refused.value.message == BROKEN


def listed(count, *, larger=False, remark=b""):
    """An archive whose list names the same file over and over."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, *[0] * 7, 1, *[0] * 6) + b"a"
    start = b"PK\x03\x04" + bytes(60)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) * count, len(start), len(remark))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) if larger else b""
    return start + entry * count + locator + end + remark


@pytest.mark.parametrize(
    "data", [listed(30_000), listed(30_000, remark=b"x" * 60_000), listed(1, larger=True)]
)
def test_a_list_that_would_fill_the_memory_is_not_taken_in(data):
    with pytest.raises(Refused) as refused:
        Archive(data)
    assert refused.value.message == TOO_LARGE


def test_a_short_list_is_taken_in_and_no_archive_is_none():
    assert Archive(listed(2, remark=b"x" * 60_000)).names == ["a"]
    for data in (b"", b"PK", b"PK\x05\x06"):
        with pytest.raises(Refused) as refused:
            Archive(data)
        assert refused.value.message == BROKEN
