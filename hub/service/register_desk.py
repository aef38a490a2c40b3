"""The desk of a council's register team: what waits for its decision, and how its records match."""

from hub.core.disclosure import Role
from hub.ports import AuditRow, ExtractTold, Store
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.match_reporting import KeptReport, MatchReporting
from hub.service.registers import Decided, DecideExtract, NothingWaits


class RegisterDesk:
    """The use case; every view and every decision commits its audit row before it answers."""

    def __init__(
        self,
        around: Surroundings,
        *,
        store: Store,
        decide: DecideExtract,
        reports: MatchReporting | None = None,
    ) -> None:
        self._reports = reports
        self._around = around
        self._store = store
        self._decide = decide

    def extracts(self, asker: Asker) -> tuple[ExtractTold, ...]:
        """The extracts of the asker's own council: those that wait, then decisions.

        Raises:
            HubError: they could not be read or audited; nothing may be shown then.
        """
        agency = _council(asker)
        with self._store.transaction() as transaction:
            found = transaction.extracts_told(agency) if agency else ()
            waiting = sum(one.state == "waiting" for one in found)
            transaction.write_audit(self._row(asker, "extracts", f"{waiting} wait"))
        return found

    def match_reports(self, asker: Asker) -> tuple[KeptReport, ...]:
        """How well the records of the asker's own council are matched, the latest report first.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        return self._reports.told(asker) if self._reports else ()

    def decide(
        self, asker: Asker, extract_id: str, *, approve: bool, by: str, reason: str
    ) -> Decided | None:
        """Approve or refuse one of the asker's own council; ``None`` if none such waits.

        Raises:
            ConfigurationError: name or reason is blank.
            TransientFault: the database was away or busy; nothing was decided then.
        """
        agency = _council(asker)
        if agency is None:
            return None
        try:
            return self._decide(
                agency,
                extract_id,
                approve=approve,
                by=by,
                reason=reason,
                audit=lambda outcome: self._row(asker, "decide extract", outcome),
            )
        except NothingWaits:
            with self._store.transaction() as transaction:  # the id is left out: it was typed
                transaction.write_audit(self._row(asker, "decide extract", "none such waits"))
            return None

    def _row(self, asker: Asker, action: str, outcome: str) -> AuditRow:
        return audit_row(
            self._around.new_id(),
            asker,
            at=self._around.clock.now(),
            action=action,
            subjects=(),
            outcome=outcome,
            fields=(),
            policies=self._around.policies,
        )


def _council(asker: Asker) -> str | None:
    """The council whose register the asker answers for: only a named person of it decides."""
    if asker.role is not Role.AGENCY_STAFF or asker.authority is None:
        return None
    return asker.authority.reveal()
