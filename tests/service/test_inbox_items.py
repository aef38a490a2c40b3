"""What a list tells of who has dealt with an alert, and to whom: without a database."""

from datetime import UTC, datetime

import pytest

from hub.core.disclosure import Role
from hub.core.due import Clocks
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.ports import ChildInBrief, InboxAlert
from hub.service.asker import Asker
from hub.service.inbox_items import InboxItems
from tests.core.builders import BRADFORD, a_policy
from tests.core.test_disclosure import LEEDS, an_alert

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Fixed:
    """A clock that stands still."""

    def now(self):
        return NOW


class Asked:
    """A question that knows one child."""

    def __init__(self, *, shielded):
        self._shielded = shielded

    def in_brief(self, refs):
        return tuple(
            ChildInBrief(
                child_ref=ref,
                ledgers=(),
                unsure=False,
                shielded=self._shielded,
                perhaps_shielded=False,
            )
            for ref in refs
        )

    def known(self, refs):
        assert refs == []
        return ()


def listed(authority, *, shielded):
    policies = Policies(hub=a_policy(clocks=Clocks()), authorities={}, version="1")
    asker = Asker(
        user_id="reader",
        role=Role.DUTY_WORKER,
        organisation=authority.reveal(),
        authority=GssCode(authority.reveal()),
    )
    found = InboxAlert(
        alert=an_alert(), acknowledged_at=NOW, acknowledged_by=f"duty-worker-{BRADFORD.reveal()}"
    )
    (item,) = InboxItems(policies, Fixed()).listed(Asked(shielded=shielded), asker, [found])
    return item


def test_a_name_does_not_tell_the_informed_which_authority_acts_for_a_shielded_child():
    item = listed(LEEDS, shielded=True)
    assert item.acknowledged_at == NOW
    assert item.acknowledged_by is None


@pytest.mark.parametrize(("authority", "shielded"), [(BRADFORD, True), (LEEDS, False)])
def test_everybody_else_who_is_concerned_reads_who_acknowledged(authority, shielded):
    assert listed(authority, shielded=shielded).acknowledged_by is not None
