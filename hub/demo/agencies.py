"""The town's agencies as publishers, and the commands of the demo's processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.core.report import Feed
from hub.demo.places import COUNCILS, RAE, RR8
from hub.demo.schools import SCHOOLS, VENDOR_NAME
from hub.settings import LOOPBACK, PROJECT_ROOT

MAPPINGS: Final = PROJECT_ROOT / "deploy" / "demo"
MLLP_PORT_FIRST: Final = 12575
"""The first listener's port, unless HUB_DEMO_MLLP_PORT says otherwise; the next has the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency of the town: who signs, and for which feed.

    ``code`` is the agency's own, or, of a vendor who speaks for others, what it is counted under.
    """

    code: str
    feed: Feed
    publisher: str
    name: str
    reader: str = ""
    """The connector that reads its files, where that is not the one of its feed."""

    @property
    def mapping(self) -> Path | None:
        """The mapping file of a hospital or a force; the others have none."""
        own = MAPPINGS / f"{self.code}.toml"
        return own if self.feed in (Feed.HEALTH, Feed.POLICE) and not self.reader else None

    @property
    def reports_for(self) -> tuple[tuple[str, Feed], ...]:
        """Of whom it may report."""
        if self.feed is Feed.SCHOOLS:
            return tuple((school.agency, self.feed) for school in SCHOOLS)
        return ((self.code, self.feed),)


HOSPITALS: Final = (
    Agency(code=RAE.code, feed=Feed.HEALTH, publisher="bradford-teaching", name=RAE.name),
    Agency(code=RR8.code, feed=Feed.HEALTH, publisher="leeds-teaching", name=RR8.name),
)
COUNCIL_AGENCIES: Final = tuple(
    Agency(code=code, feed=Feed.SOCIAL_CARE, publisher=f"{name.lower()}-council", name=name)
    for code, name in COUNCILS.items()
)
FORCE: Final = Agency(
    code="POL13", feed=Feed.POLICE, publisher="west-yorkshire-police", name="West Yorkshire Police"
)
VENDOR: Final = Agency(
    code="SCHOOLS",
    feed=Feed.SCHOOLS,
    publisher="loomfold-school-systems",
    name=f"{len(SCHOOLS)} schools, by {VENDOR_NAME}",
)
NUMBERS: Final = Agency(
    code="X26",
    feed=Feed.HEALTH,
    publisher="nhs-number-client",
    name="Keeper of the NHS numbers",
    reader="nhs_numbers",
)
AGENCIES: Final = (*HOSPITALS, *COUNCIL_AGENCIES, FORCE, VENDOR, NUMBERS)
FEEDS: Final = tuple(dict.fromkeys(agency.feed for agency in AGENCIES))
"""The feeds on which the town speaks: each has a worker; one for a silent feed would only wait."""


def agency_of(code: str) -> Agency:
    """Answer the agency of this code.

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
