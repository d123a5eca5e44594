"""All pages of building; importing them registers their routes."""

from baukasten_survey.building import (
    views_bank,
    views_build,
    views_languages,
    views_parts,
    views_run,
    views_setup,
    views_texts,
    views_version,
)

PAGES = (
    views_bank,
    views_build,
    views_languages,
    views_parts,
    views_run,
    views_setup,
    views_texts,
    views_version,
)
