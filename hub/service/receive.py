"""Receives a batch of reports: the whole hub for them, whoever calls.

The worker, the bulk path, the reconciler, the benchmark and the tests all call ``Receive``. It
returns only when every report of the batch has its row, its events theirs, and every alert that
follows is written, all in one committed transaction; or it raises ``TransientFault`` and nothing
of the deciding transaction is kept. Redelivery is harmless.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from hub.core.intake import (
    Intake,
    OpenedReport,
    ParkedReport,
    RawReport,
    open_report,
    verified_header,
)
from hub.core.reasons import ParkReason
from hub.core.report import Feed, ReportHeader
from hub.core.superseded import NATIONAL_DEMOGRAPHICS
from hub.errors import TransientFault
from hub.ports import Clock, Store
from hub.service.decide import Decide
from hub.service.failing import place_of
from hub.service.linking import Linking, Observation
from hub.service.received import Received
from hub.service.rows import parked_by_us, position_of

REPORTS_PER_TRANSACTION_MAX = 200
EVENTS_PER_TRANSACTION_MAX = 500
PENDING_MAX = 20
"""Children whose links changed, looked at again after a batch."""

OWN_FAULTS_IN_A_ROW_MAX = 20
"""More reports than this failing one after the other is a fault of the hub: it parks no more."""

log = logging.getLogger(__name__)


class Receive:
    """The use case. ``intake`` is asked for at each batch, so that a registry change counts."""

    def __init__(
        self,
        *,
        store: Store,
        intake: Callable[[], Intake],
        linking: Linking,
        decide: Decide,
        clock: Clock,
    ) -> None:
        self._store = store
        self._intake = intake
        self._linking = linking
        self._decide = decide
        self._clock = clock
        self._own_faults = 0

    def __call__(self, batch: Sequence[RawReport]) -> Received:
        """Receive a batch in transactions of bounded size.

        Raises:
            TransientFault: the database was away or busy; call again with the same batch.
        """
        intake = self._intake()
        stored = self._store.stored_positions(position_of(raw) for raw in batch)
        new = [raw for raw in batch if position_of(raw) not in stored]
        opened = [self._open(raw, intake) for raw in new]
        received = Received(known=len(batch) - len(new))
        for some in _bounded(opened):
            received += self._receive_some(some, intake)
        if received.children_pending or not new:
            self.settle_pending()
        return received

    def settle_pending(self) -> int:
        """Look again at children whose links changed; one that fails waits and costs nobody else.

        Answers how many were looked at.

        Raises:
            TransientFault: the database was away or busy.
        """
        settled = 0
        for child_ref in self._decide.pending(PENDING_MAX):
            try:
                self._decide.recorrelate(child_ref)
                settled += 1
            except TransientFault:
                raise
            except Exception as error:  # noqa: BLE001  # told, and tried again later
                log.error("child waits: %s in %s", type(error).__name__, place_of(error))  # noqa: TRY400  # the trace may hold content
                self._decide.defer(child_ref)
        return settled

    def retry(self, parked: Iterable[RawReport]) -> Received:
        """Try parked reports again, one by one; one that still cannot be used stays parked.

        Raises:
            TransientFault: the database was away or busy.
        """
        intake = self._intake()
        received = Received()
        for raw in parked:
            opened = self._open(raw, intake)
            try:
                told_again = self._linking.link(observations([opened]))
                received += self._decide([opened], intake, told_again, again=True)
            except TransientFault:
                raise
            except Exception as error:  # noqa: BLE001  # it stays parked, and the next is tried
                still = self._ours(raw, error, opened.header)
                received += self._decide([still], intake, again=True)
        return received

    def park(self, raw: RawReport, reason: ParkReason, sentence: str) -> Received:
        """Park one report for a reason of the hub's own, keeping its sealed bytes."""
        intake = self._intake()
        digest = hashlib.sha256(raw.value or b"").digest()
        header = verified_header(raw, intake)
        return self._set_aside(parked_by_us(raw, reason, sentence, digest, header), intake)

    def _open(self, raw: RawReport, intake: Intake) -> OpenedReport | ParkedReport:
        try:
            return open_report(raw, intake)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # any bug of ours costs this report only, and it is kept
            return self._ours(raw, error, verified_header(raw, intake))

    def _receive_some(
        self, some: Sequence[OpenedReport | ParkedReport], intake: Intake
    ) -> Received:
        """Decide these reports; a fault of ours is narrowed down to the one report it is about."""
        try:
            told_again = self._linking.link(observations(some))
            received = self._decide(some, intake, told_again)
            self._own_faults = 0
            return received  # noqa: TRY300  # the reset belongs to the success
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # narrowed down by halves, then parked and told
            if len(some) == 1:
                self._count_own_fault()
                parked = self._ours(some[0].raw, error, some[0].header)
                return self._set_aside(parked, intake)
            middle = len(some) // 2
            halves = (some[:middle], some[middle:])
            first, second = (self._receive_some(half, intake) for half in halves)
            return first + second + Received(bisected=1)

    def _set_aside(self, parked: ParkedReport, intake: Intake) -> Received:
        """Park a report; if even that fails by what its header says, its bytes alone are kept."""
        try:
            return self._decide([parked], intake)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # else it would stop its feed for everybody
            log.error("parked without its header: %s in %s", type(error).__name__, place_of(error))  # noqa: TRY400  # the trace may hold content
            return self._decide([replace(parked, verified=False, header=None)], intake)

    def _count_own_fault(self) -> None:
        self._own_faults += 1
        if self._own_faults > OWN_FAULTS_IN_A_ROW_MAX:
            raise TransientFault(
                f"the hub failed on more than {OWN_FAULTS_IN_A_ROW_MAX} reports in a row:"
                " it parks no more, for the fault is not theirs."
            )

    def _ours(self, raw: RawReport, error: Exception, header: ReportHeader | None) -> ParkedReport:
        """Park a report that the hub failed on; the error's text may hold content and is left."""
        log.error(
            "parked: %s in %s at %s[%d]@%d",
            type(error).__name__,
            place_of(error),
            raw.topic,
            raw.partition,
            raw.offset,
        )
        sentence = f"The hub failed on this report ({type(error).__name__}): it is tried again."
        digest = hashlib.sha256(raw.value or b"").digest()
        return parked_by_us(raw, ParkReason.HUB_FAULT, sentence, digest, header)


def observations(reports: Sequence[OpenedReport | ParkedReport]) -> Iterator[Observation]:
    """Answer what these reports say of people."""
    for report in reports:
        if isinstance(report, OpenedReport):
            for valid in report.events:
                yield Observation(
                    record_ref=valid.record_ref,
                    agency=report.header.agency,
                    subject=valid.event.subject,
                    revision=valid.event.revision,
                    shielded=valid.event.shielded,
                    waits=report.feed is Feed.SCHOOLS
                    or report.header.agency == NATIONAL_DEMOGRAPHICS,
                )


def _bounded(
    reports: Sequence[OpenedReport | ParkedReport],
) -> Iterator[Sequence[OpenedReport | ParkedReport]]:
    """Cut a batch into transactions of at most 200 reports and 500 events."""
    some: list[OpenedReport | ParkedReport] = []
    events = 0
    for report in reports:
        more = len(report.events) if isinstance(report, OpenedReport) else 0
        full = len(some) >= REPORTS_PER_TRANSACTION_MAX
        if some and (full or events + more > EVENTS_PER_TRANSACTION_MAX):
            yield some
            some, events = [], 0
        some.append(report)
        events += more
    if some:
        yield some
