"""Locks the children concerned in a decision, and sees that what it rests on is still so."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from hub.core.event import PLAN_KINDS
from hub.core.intake import OpenedReport
from hub.errors import TransientFault
from hub.ports import ToldAgain, Transaction


class LinksChanged(TransientFault):
    """A record was linked anew between reading its link and locking its child: begin again."""


def lock_concerned(
    transaction: Transaction, refs: AbstractSet[bytes], fact_keys: AbstractSet[bytes]
) -> Mapping[bytes, bytes]:
    """Lock every child concerned; answer the child of each record, but of those that wait.

    Raises:
        LinksChanged: a record is not linked and does not wait, or its link is no longer what it
            was when its child was locked.
    """
    before = transaction.concerned(sorted(refs), sorted(fact_keys))
    missing = refs - before.keys()
    if missing and transaction.waiting_among(sorted(missing)) != missing:
        raise LinksChanged("a record of the batch is not linked yet")
    if not before:
        return before
    transaction.lock_children(sorted(set(before.values())))
    after = transaction.children_of(sorted(before))
    if after != before:
        raise LinksChanged("a record of the batch was linked to another child meanwhile")
    return after


def check_links(
    transaction: Transaction,
    refs: AbstractSet[bytes],
    fact_keys: AbstractSet[bytes],
    children: Mapping[bytes, bytes],
) -> None:
    """See, once events of records that wait are stored, that those wait still.

    Raises:
        LinksChanged: one was linked to a child meanwhile, which nobody has looked at.
    """
    if transaction.concerned(sorted(refs), sorted(fact_keys)) != children:
        raise LinksChanged("a record that waited was linked to a child meanwhile")


def note_told_again(transaction: Transaction, told: Sequence[ToldAgain]) -> None:
    """Note the newer revision of records that were told again in the words they hold.

    Raises:
        LinksChanged: other words have been said of one meanwhile.
    """
    if told and len(transaction.tell_again(told)) != len(told):
        raise LinksChanged("a record of the batch was told other words meanwhile")


def councils_told(reports: Sequence[OpenedReport]) -> list[str]:
    """Whose registers these reports tell of: they are locked before any child."""
    told = {
        report.header.agency
        for report in reports
        for valid in report.events
        if valid.event.kind in PLAN_KINDS
    }
    spoke = {
        report.header.agency
        for report in reports
        if report.header.extract is not None or report.statement is not None
    }
    return sorted(told | spoke)
