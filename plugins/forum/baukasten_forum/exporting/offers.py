"""What staff may take away from a forum."""

from baukasten.plugin import Export, TableFormat, lazy
from baukasten_forum.exporting import archive, paper, tables, weighing
from baukasten_forum.keys import EXPORT

_ = lazy("forum")
PEOPLES = (TableFormat.CSV, TableFormat.XLSX, TableFormat.ODT)

EXPORTS = (
    Export(
        "forum.posts",
        _("Contributions and replies"),
        list(tables.COLUMNS),
        EXPORT,
        tables.rows,
        titles=list(tables.COLUMNS.values()),
        formats=PEOPLES,
    ),
    Export(
        "forum.paper",
        _("Contributions and replies on paper"),
        [],
        EXPORT,
        None,
        build=paper.build,
        media_type="application/pdf",
        suffix="pdf",
    ),
    Export(
        "forum.data",
        _("Contributions and replies for programs"),
        tables.DATA_COLUMNS,
        EXPORT,
        tables.data_rows,
        formats=(TableFormat.JSONL,),
    ),
    Export(
        "forum.weighing",
        _("Weighing of contributions"),
        list(weighing.COLUMNS),
        EXPORT,
        weighing.rows,
        titles=list(weighing.COLUMNS.values()),
        formats=PEOPLES,
    ),
    Export(
        "forum.archive",
        _("Signed archive"),
        [],
        EXPORT,
        None,
        build=archive.build,
        media_type="application/zip",
        suffix="zip",
        hindrance=archive.hindrance,
    ),
)
