"""The town's agencies as publishers, and the commands of the demo's processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.core.report import Feed
from hub.demo.places import BRADFORD, LEEDS, RAE, RR8
from hub.settings import LOOPBACK, PROJECT_ROOT

MAPPINGS: Final = PROJECT_ROOT / "deploy" / "demo"
MLLP_PORT_FIRST: Final = 12575
"""The first listener's port, unless HUB_DEMO_MLLP_PORT says otherwise; the next has the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency of the town: who signs, and for which feed."""

    code: str
    feed: Feed
    publisher: str
    name: str

    @property
    def mapping(self) -> Path | None:
        """The hospital's mapping file; councils have none."""
        return MAPPINGS / f"{self.code}.toml" if self.feed is Feed.HEALTH else None


HOSPITALS: Final = (
    Agency(code=RAE.code, feed=Feed.HEALTH, publisher="bradford-teaching", name=RAE.name),
    Agency(code=RR8.code, feed=Feed.HEALTH, publisher="leeds-teaching", name=RR8.name),
)
COUNCIL_AGENCIES: Final = (
    Agency(code=BRADFORD, feed=Feed.SOCIAL_CARE, publisher="bradford-council", name="Bradford"),
    Agency(code=LEEDS, feed=Feed.SOCIAL_CARE, publisher="leeds-council", name="Leeds"),
)
AGENCIES: Final = (*HOSPITALS, *COUNCIL_AGENCIES)
FEEDS: Final = tuple(dict.fromkeys(agency.feed for agency in AGENCIES))
"""The feeds on which the town speaks: each has a worker; one for a silent feed would only wait."""


def agency_of(code: str) -> Agency:
    """Answer the agency with this ODS or GSS code.

    Raises:
        KeyError: the town has none.
    """
    return {agency.code: agency for agency in AGENCIES}[code]


def mllp_port(agency: Agency, first: int) -> int:
    """Answer the port of a hospital's listener on 127.0.0.1."""
    return first + HOSPITALS.index(agency)


def mllp_address(agency: Agency, first: int) -> str:
    """Answer host and port of a hospital's listener."""
    return f"{LOOPBACK}:{mllp_port(agency, first)}"
