"""Licences under which towns give their figures to everybody, by the codes of the German open data catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """What whoever uses the data may do, in one name and one address."""

    title: str
    url: str


STANDARD = "dl-de/by-2-0"
LICENCES: Mapping[str, Licence] = {
    STANDARD: Licence("Datenlizenz Deutschland – Namensnennung – 2.0", "https://www.govdata.de/dl-de/by-2-0"),
    "dl-de/zero-2-0": Licence(
        "Datenlizenz Deutschland – Zero – 2.0", "https://www.govdata.de/dl-de/zero-2-0"
    ),
    "cc-by/4.0": Licence(
        "Creative Commons Namensnennung 4.0", "https://creativecommons.org/licenses/by/4.0/"
    ),
    "cc-zero": Licence("Creative Commons CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
