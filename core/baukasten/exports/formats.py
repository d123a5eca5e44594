"""The formats of tables: their names, what makes them, whether this machine can."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from baukasten.exports.odt import write_odt
from baukasten.exports.pdf import pdf_possible, write_table_pdf
from baukasten.exports.sheet import Sheet
from baukasten.exports.text_files import write_csv, write_jsonl
from baukasten.exports.xlsx import write_xlsx
from baukasten.plugin.declarations import Export, TableFormat
from baukasten.plugin.text import lazy

_ = lazy("core")


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a table."""

    label: str
    media_type: str
    write: Callable[[Sheet, BinaryIO], None]


FORMATS: Mapping[TableFormat, Format] = {
    TableFormat.CSV: Format(_("CSV table"), "text/csv; charset=utf-8", write_csv),
    TableFormat.XLSX: Format(
        _("Excel table"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx
    ),
    TableFormat.ODT: Format(_("ODT document"), "application/vnd.oasis.opendocument.text", write_odt),
    TableFormat.JSONL: Format(_("JSON lines"), "application/jsonl; charset=utf-8", write_jsonl),
    TableFormat.PDF: Format(_("PDF document"), "application/pdf", write_table_pdf),
}


def choices(export: Export) -> dict[str, str]:
    """Give the formats that this machine can make of an export, each with its name."""
    if export.build is not None:
        possible = export.suffix != TableFormat.PDF or pdf_possible()
        return {export.suffix: export.suffix.upper()} if possible else {}
    left_out = set() if pdf_possible() else {TableFormat.PDF}
    return {one.value: str(FORMATS[one].label) for one in export.formats if one not in left_out}


def media_type_of(export: Export, chosen: str) -> str:
    """Give the media type of an export's file."""
    return export.media_type if export.build is not None else FORMATS[TableFormat(chosen)].media_type
