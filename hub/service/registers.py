"""A named person's decision on a full extract that would close too many plans by omission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hub.errors import ConfigurationError
from hub.ports import AuditRow, Clock, Store, WaitingExtract
from hub.service.decide import Decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did: how many plans it closed, and as at when they are no longer listed."""

    closed: int
    as_at: datetime

    @property
    def no_longer_listed_since(self) -> date:
        """The day since which the closed plans are no longer listed; on it they show as current."""
        return self.as_at.astimezone(UTC).date()

    @property
    def show_as_ended_from(self) -> date:
        """The first day on which the closed plans show as ended."""
        return self.no_longer_listed_since + timedelta(days=1)


class NothingWaits(ConfigurationError):  # noqa: N818  # named for what it says of the extract
    """There is no such extract of that council, or it does not wait (any longer)."""


class DecideExtract:
    """The use case: approve or refuse an extract that waits, by whom and why."""

    def __init__(self, *, store: Store, decide: Decide, clock: Clock) -> None:
        self._store = store
        self._decide = decide
        self._clock = clock

    def waiting(self) -> Sequence[WaitingExtract]:
        """The extracts that wait, the oldest first."""
        with self._store.transaction() as transaction:
            return transaction.waiting_extracts()

    def __call__(  # noqa: PLR0913  # a decision names who, what, why, and how it is recorded
        self,
        agency: str,
        extract_id: str,
        *,
        approve: bool,
        by: str,
        reason: str,
        audit: Callable[[str], AuditRow] | None = None,
    ) -> Decided:
        """Apply or refuse it in one transaction; answer what that closed.

        ``audit`` makes the audit row of what came of it, which is written in that transaction.

        Raises:
            ConfigurationError: there is no such extract, it does not wait, or name or reason is
                blank.
            TransientFault: the database was away or busy.
        """
        if not by.strip() or not reason.strip():
            raise ConfigurationError(
                "a decision on a register needs the name of a person of that authority and a"
                " reason: neither --by nor --reason may be blank."
            )
        with self._store.transaction() as transaction:
            transaction.lock_registers([agency])
            as_at = _as_at(transaction.waiting_extracts(), agency, extract_id)
            records = transaction.waiting_closings(agency, extract_id) if approve else ()
            links = transaction.links(records)
            transaction.lock_children(sorted({link.child_ref for link in links.values()}))
            touched = transaction.decide_extract(
                agency,
                extract_id,
                approve=approve,
                by=by,
                reason=reason,
                now=self._clock.now(),
            )
            transaction.compare_statements([agency])
            children = sorted({links[ref].child_ref for ref in touched if ref in links})
            self._decide.correlate(transaction, children, self._clock.now())
            if audit is not None:
                done = f"approved, {len(touched)} closed" if approve else "refused"
                transaction.write_audit(audit(f"{extract_id}: {done}"))
            return Decided(closed=len(touched), as_at=as_at)


def _as_at(waiting: Sequence[WaitingExtract], agency: str, extract_id: str) -> datetime:
    for one in waiting:
        if (one.agency, one.extract_id) == (agency, extract_id):
            return one.as_at
    raise NothingWaits(
        f"no extract {extract_id} of {agency} waits for a decision: see 'hub register list' for"
        " those that do."
    )
