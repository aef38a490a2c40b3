"""Who at the council works with a person as at an extract. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from connectors.social_care.cells import plain_text
from connectors.social_care.findings import Findings
from connectors.social_care.people import Terms
from connectors.social_care.tables import Row
from connectors.social_care.validity import in_force
from hub.core.event import Contact

CONTACTS_MAX: Final = 10
ROLE_NOT_SAID: Final = "worker"


def read_contacts(rows: Sequence[Row], terms: Terms, findings: Findings) -> tuple[Contact, ...]:
    """Answer the involvements in force, the newest first, at most ten.

    An involvement of which neither worker nor team can be named is left out.
    """
    standing, _ = in_force(
        rows,
        "invo_involvement_start_date",
        "invo_involvement_end_date",
        terms.day,
        findings,
    )
    told = [_contact(row, since, terms) for since, row in standing]
    named = sorted(
        {contact for contact in told if contact.name or contact.team},
        key=lambda c: (-(c.since or date.min).toordinal(), c.role, c.name or "", c.team or ""),
    )
    return tuple(named[:CONTACTS_MAX])


def _contact(row: Row, since: date | None, terms: Terms) -> Contact:
    team = row.text("invo_professional_team")
    return Contact(
        role=plain_text(row.text("invo_professional_role_id")) or ROLE_NOT_SAID,
        name=terms.workers.get(row.text("invo_professional_id")),
        team=terms.teams.get(team, plain_text(team)) or None,
        since=since,
    )
