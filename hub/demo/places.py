"""Where the town is: its councils, its hospitals, and postcodes that exist.

The councils, the trusts and the three hospitals bear real codes, because the hub's own reference
tables must know them; what happens in them is made up. The walk-in unit does not exist.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

BRADFORD = "E08000032"
LEEDS = "E08000035"
LANCASHIRE = "E10000017"
"""A two-tier county: postcodes lie in its districts (Burnley, Pendle), the county has the duty."""
CALDERDALE = "E08000033"
"""It has joined, and its register has not come for days."""
KIRKLEES = "E08000034"
"""A council next door, which has not joined: the hub can say nothing of its register."""

COUNCILS: Mapping[str, str] = {
    BRADFORD: "Bradford",
    LEEDS: "Leeds",
    LANCASHIRE: "Lancashire",
    CALDERDALE: "Calderdale",
}
POST_TOWNS: Mapping[str, str] = {
    "BD": "BRADFORD",
    "LS": "LEEDS",
    "HD": "HUDDERSFIELD",
    "HX": "HALIFAX",
    "BB9": "NELSON",
    "BB11": "BURNLEY",
}
"""By the beginning of the postcode: the town as an address has it."""


class Style(StrEnum):
    """How a trust's system writes its messages; two ways that English hospitals really have."""

    EPIC = "epic"
    """Arrivals as A01 with class E, local number first, ``^^^NHS^NH``, M and F, 8859/1, seconds."""
    ITK = "itk"
    """Arrivals as A04 with class E, ``^^^NHS`` with spaces, 1 and 2, UTF-8, minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A hospital trust: one system, one stream of messages, one publisher."""

    code: str
    name: str
    style: Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where children arrive. ``facility`` is what the messages carry as PV1-3.4."""

    trust: Trust
    ods: str
    facility: str
    name: str
    location: str
    """Point of care, as PV1-3 has it."""
    patient_class: str = "E"
    authority: str


RAE = Trust(code="RAE", name="Bradford Teaching Hospitals", style=Style.EPIC)
RR8 = Trust(code="RR8", name="Leeds Teaching Hospitals", style=Style.ITK)
TRUSTS = (RAE, RR8)

BRADFORD_ROYAL = Site(
    trust=RAE,
    ods="RAE01",
    facility="RAE01",
    name="Bradford Royal Infirmary",
    location="ED",
    authority=BRADFORD,
)
LEEDS_GENERAL = Site(
    trust=RR8,
    ods="RR801",
    facility="RR801",
    name="Leeds General Infirmary",
    location="CED",
    authority=LEEDS,
)
ST_JAMES = Site(
    trust=RR8,
    ods="RR813",
    facility="RR813",
    name="St James's University Hospital",
    location="AE",
    authority=LEEDS,
)
WALK_IN = Site(
    trust=RR8,
    ods="RR8KL",
    facility="KIRK LANE",
    name="Kirk Lane Walk-in Unit",
    location="KLWIC",
    patient_class="O",
    authority=LEEDS,
)
"""Made up, its code too. Its patients are of class O under a name that no table knows: only the
hospital's mapping can tell that a visit there is an emergency attendance."""

SITES = (BRADFORD_ROYAL, LEEDS_GENERAL, ST_JAMES, WALK_IN)


def post_town(postcode: str) -> str:
    """Answer the town that stands in an address with this postcode."""
    outward = postcode.split(" ", maxsplit=1)[0]
    area = outward.rstrip("0123456789")
    return POST_TOWNS.get(outward) or POST_TOWNS.get(area, "LEEDS")


@cache
def postcodes(authority: str) -> tuple[str, ...]:
    """Answer the town's postcodes in one authority; all exist (ONSPD, Open Government Licence)."""
    text = files("hub.demo").joinpath("postcodes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(row["postcode"] for row in rows if row["authority"] == authority)
