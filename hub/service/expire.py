"""Removes what has waited its time: marks of absence that no child ever called for."""

from datetime import date

from hub.core.clock import london_date
from hub.core.school_calendar import SchoolCalendars, waits_from
from hub.ports import Clock, Expired, Store

SCHOOL_DAYS = 20
"""For how long the record of a mark waits (design 2.3)."""

DAYS_MAX = 100
"""The end of waiting whatever the calendar says: 20 school days and the longest holiday fit in."""

RECORDS_PER_TRANSACTION = 1000


class ExpireWaiting:
    """The use case, once a day or when asked; harmless to repeat, and two at once are too."""

    def __init__(self, *, store: Store, calendars: SchoolCalendars, clock: Clock) -> None:
        self._store = store
        self._calendars = calendars
        self._clock = clock
        self._done_on: date | None = None

    def if_due(self) -> Expired:
        """Remove what has waited its time, once on each day in London.

        Raises:
            TransientFault: the database was away or busy; the next time tries again.
        """
        today = london_date(self._clock.now())
        if self._done_on == today:
            return Expired()
        expired = self()
        self._done_on = today
        return expired

    def __call__(self) -> Expired:
        """Remove what has waited its time; answer what that was.

        Raises:
            TransientFault: the database was away or busy; what was removed until then is.
        """
        today = london_date(self._clock.now())
        before = self._before(today)
        own = [
            (school.agency, waits_from(calendar, today, school_days=SCHOOL_DAYS, days_max=DAYS_MAX))
            for school, calendar in self._calendars.schools.items()
        ]
        expired, after = Expired(), b""
        while True:
            last, some = self._store.expire_waiting(after, before, own, RECORDS_PER_TRANSACTION)
            expired += some
            if last is None:
                break
            after = last
        earliest = min([before, *(day for _, day in own)])
        return expired + Expired(sessions=self._store.expire_registers(earliest))

    def _before(self, today: date) -> date:
        usual = self._calendars.usual
        return waits_from(usual, today, school_days=SCHOOL_DAYS, days_max=DAYS_MAX)
