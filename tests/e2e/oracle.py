"""The offline oracle: what must stand in the database, computed again from what was sent.

Every report is opened again by the pure core and every alert derived again from empty standing,
over the links that the hub has recorded. Grounds are compared, never ids. Of links it knows by
itself which records are one child's for certain, and which of a school's wait.

It covers reports, events, records, links, waiting marks, plans, sessions of registers, alerts and
their steps, and positions; not what goes out, and nothing that a clock alone brings about but the
end of waiting.
"""

from collections import Counter
from datetime import date
from itertools import combinations

from hub.adapters.identity_reference import shipped_matching
from hub.core.alert import GroundRole
from hub.core.alert_change import Raise
from hub.core.chronology import Listing, RegisterEntry
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.identity import Candidate, Verdict
from hub.core.identity_weighed import resolve_by_weights
from hub.core.intake import SIGNATURE_HEADER, OpenedReport, RawReport, open_report
from hub.core.person import subject_of
from hub.core.report import Feed
from hub.core.school_calendar import waits_from
from hub.ports import Known, Position
from hub.service import rows
from hub.service.correlating import Seen
from hub.service.expire import DAYS_MAX, SCHOOL_DAYS
from hub.service.records import evidence_in
from hub.service.school_sessions import session_rows

IN_CHRONOLOGY = {
    EventKind.EMERGENCY_ATTENDANCE,
    EventKind.DOMESTIC_ABUSE_INCIDENT,
    EventKind.SCHOOL_ABSENCE,
}
_ENDS = {"withdrawn", "superseded"}
_OF_PEOPLE = {
    *("acknowledged", "claimed", "released", "taken over", "decided", "disputed", "closed"),
    *("counted", "raised again", "ending seen"),
}
_PLAN_COLUMNS = (
    "fact_key", "event_id", "record_ref", "agency", "kind", "revision", "state", "authority",
    "started_on", "ended_on", "end_reason",   "category_latest",
    "held_for_another", "shielded", "backfill", "as_at",
)  # fmt: skip


class Oracle:
    """What follows from what was sent to one installation."""

    def __init__(self, installation, expired_on=None):
        self._hub, self._ask = installation.hub, installation.rows
        self._waits_from = self._first_that_waits(expired_on)
        self._reports = self._report_rows()
        assert set(self._reports) == set(installation.sent), "each report has one row, no other"
        self._opened = {
            at: self._open(at, message)
            for at, message in sorted(installation.sent.items(), key=_at)
        }

    def _first_that_waits(self, expired_on):
        """The first day of which marks wait still; none has gone unless that was seen to."""
        if expired_on is None:
            return date.min
        usual = self._hub.calendars.usual
        return waits_from(usual, expired_on, school_days=SCHOOL_DAYS, days_max=DAYS_MAX)

    def _report_rows(self):
        return {
            Position(topic=topic, partition=partition, offset=offset): rest
            for topic, partition, offset, *rest in self._ask(
                "SELECT topic, partition, kafka_offset, state, reason, sentence, value_digest,"
                " received_at, events_stored, events_rejected, events_conflict, parked_value"
                " FROM report"
            )
        }

    def _open(self, at, message):
        received_at = self._reports[at][4]
        raw = RawReport(
            topic=at.topic,
            partition=at.partition,
            offset=at.offset,
            key=message.agency.key,
            value=message.value,
            headers=((SIGNATURE_HEADER, message.signature),),
            received_at=received_at,
        )
        return open_report(raw, self._hub.receive._intake())

    def accepted(self):
        return [(at, one) for at, one in self._opened.items() if self._reports[at][0] == "accepted"]

    def check_reports(self):
        """Each is accepted, a duplicate of one accepted, or parked with its bytes and a reason."""
        accepted = {
            (o.header.publisher, o.header.report_id, o.value_digest) for _, o in self.accepted()
        }
        assert len(accepted) == len(self.accepted()), "no report is accepted twice"
        for at, one in self._opened.items():
            state, reason, sentence, digest, _, *_, parked = self._reports[at]
            assert digest == one.value_digest
            if state == "parked":
                assert reason
                assert sentence
                assert parked == one.raw.value
            else:
                assert isinstance(one, OpenedReport)
                assert (one.header.publisher, one.header.report_id, digest) in accepted

    def check_events(self):
        """Each event of an accepted report is stored, or rejected or in conflict for a reason."""
        stored = dict(self._ask("SELECT event_id, content_digest FROM event"))
        problems = {
            (Position(topic=t, partition=p, offset=o), index): (outcome, reason)
            for t, p, o, index, outcome, reason in self._ask(
                "SELECT topic, partition, kafka_offset, position, outcome, reason"
                " FROM event_problem"
            )
        }
        assert all(reason for _, reason in problems.values())
        linked = {ref for (ref,) in self._ask("SELECT record_ref FROM link")}
        gone = self._gone(linked)
        told = set()
        for at, report in self.accepted():
            counts = [0, 0, 0]
            for valid in report.events:
                told.add(valid.event_id)
                kept = valid.event_id in gone or stored.get(valid.event_id) == valid.content_digest
                assert kept != ((at, valid.index) in problems)
                counts[0 if kept else 2] += 1
            for one in report.rejected:
                assert problems[at, one.index] == ("rejected", one.reason.value)
                counts[1] += 1
            assert self._reports[at][5:8] == counts
        assert set(stored) == told - gone, "no event that no accepted report tells, or is gone"

    def check_links(self):
        """Every record has one link, to a child that is there; what one number names is one child.

        A record of a school has one only if it matches a child whom others know, and then it must.
        People of a report that was parked after they were linked may be known, and need not.
        """
        told = {v.record_ref for _, report in self.accepted() for v in report.events}
        opened = [one for one in self._opened.values() if isinstance(one, OpenedReport)]
        ever_told = {v.record_ref for report in opened for v in report.events}
        linked = dict(
            self._ask("SELECT record_ref, child_ref FROM link JOIN child USING (child_ref)")
        )
        waiting = {ref for (ref,) in self._ask("SELECT record_ref FROM record WHERE waits")}
        records = {ref for (ref,) in self._ask("SELECT record_ref FROM record")}
        marked = {
            v.record_ref for report in opened if report.feed is Feed.SCHOOLS for v in report.events
        }
        rows_of = self._hub.postgres.record_rows(sorted(records))
        self._check_numbers(linked, {ref: rows_of[ref] for ref in records - marked})
        evidence = {ref: evidence_in(row) for ref, row in rows_of.items()}
        matched = {}
        for ref in marked & records:
            others = {one: child for one, child in linked.items() if one != ref}
            known = [
                Candidate(
                    child_ref=child,
                    records=tuple(evidence[one] for one, whose in others.items() if whose == child),
                )
                for child in {others[one] for one in others.keys() - marked}
            ]
            found = resolve_by_weights(evidence[ref], known, shipped_matching())
            if found.verdict is Verdict.MATCHED:
                matched[ref] = found.child_ref
        assert {ref: linked[ref] for ref in marked & linked.keys()} == matched, "promoted, and only"
        assert waiting == (marked & records) - matched.keys()
        assert told - self._gone_records(matched) <= records <= ever_told
        assert not records & self._gone_records(matched)
        assert linked.keys() == records - waiting

    def _check_numbers(self, linked, records):
        """Agencies that tell one number and birth date tell of one child."""
        named = {}
        for ref, row in records.items():
            subject = subject_of(row.ledger, "record")
            if subject.nhs_number and subject.birth_date:
                who = subject.nhs_number.reveal(), subject.birth_date
                named.setdefault(who, set()).add(linked[ref])
        assert all(len(children) == 1 for children in named.values())

    def _marks(self):
        """Every mark of absence that an accepted report tells, with its report."""
        return [
            (report, valid)
            for _, report in self.accepted()
            if report.feed is Feed.SCHOOLS
            for valid in report.events
        ]

    def _gone_records(self, matched):
        """The records of which every mark has waited its time."""
        gone = self._gone(matched)
        kept = {v.record_ref for _, v in self._marks() if v.event_id not in gone}
        return {v.record_ref for _, v in self._marks()} - kept

    def _gone(self, linked):
        """The marks that have waited their time, where it was seen to that they go."""
        return {
            valid.event_id
            for _, valid in self._marks()
            if valid.record_ref not in linked and valid.event.facts.session_date < self._waits_from
        }

    def check_sessions(self):
        """Of each session that schools tell of it stands when it was last read whole."""
        expected = {}
        for _, report in self.accepted():
            for row in session_rows([report]):
                key = row.agency, row.session_date, row.session
                read = [at for at in (expected.get(key), row.complete_as_at) if at]
                expected[key] = max(read, default=None)
        stored = {ref for (ref,) in self._ask("SELECT event_id FROM event")}
        kept = {_session(r, v) for r, v in self._marks() if v.event_id in stored}
        expected = {k: at for k, at in expected.items() if k[1] >= self._waits_from or k in kept}
        columns = "agency, session_date, session, complete_as_at"
        rows = self._ask(f"SELECT {columns} FROM attendance_register")
        assert {tuple(row[:3]): row[3] for row in rows} == expected

    def check_registers(self):
        """Each plan stands as its highest revision tells it."""
        found = {
            row[0]: row[1:] for row in self._ask(f"SELECT {', '.join(_PLAN_COLUMNS)} FROM plan")
        }
        expected = {
            key: tuple(getattr(plan, name) for name in _PLAN_COLUMNS[1:])
            for key, plan in self._plans().items()
        }
        assert found == expected

    def _plans(self):
        stored = {ref for (ref,) in self._ask("SELECT content_digest FROM event")}
        highest = {}
        for _, report in self.accepted():
            for valid in report.events:
                plan = rows.plan_row(report, valid)
                if plan is not None and valid.content_digest in stored:
                    held = highest.get(plan.fact_key)
                    if held is None or held.revision < plan.revision:
                        highest[plan.fact_key] = plan
        return highest

    def expected_alerts(self):
        """(rule, child, trigger grounds) as the pure core concludes from empty standing."""
        now = self._hub.clock.now()
        return {
            (change.alert.rule, known.child_ref, _triggers(change.alert))
            for known in self._known()
            for change in self._hub.correlating.changes(Seen.of(known), now, now)
            if isinstance(change, Raise)
        }

    def _known(self):
        child_of = dict(self._ask("SELECT record_ref, child_ref FROM link"))
        omitted = dict(self._ask("SELECT fact_key, omitted_as_at FROM plan"))
        kept = dict(self._ask("SELECT event_id, content_digest FROM event"))
        stored = {}
        for _, report in self.accepted():
            for valid in report.events:
                if kept.get(valid.event_id) == valid.content_digest:
                    stored.setdefault(valid.event_id, rows.stored_event(report, valid))
        for child_ref in sorted(set(child_of.values())):
            records = [ref for ref, child in child_of.items() if child == child_ref]
            yield Known(
                child_ref=child_ref,
                records=tuple(self._hub.postgres.record_rows(records).values()),
                events=tuple(
                    event
                    for event in stored.values()
                    if event.record_ref in records and event.kind in IN_CHRONOLOGY
                ),
                register=tuple(
                    _entry(plan, omitted[plan.fact_key])
                    for plan in self._plans().values()
                    if plan.record_ref in records and plan.state != "withdrawn"
                ),
                registers_read=self._registers_read(stored.values()),
                standing=(),
            )

    def _registers_read(self, events):
        """For each mark of absence, when a complete register of its session was last read."""
        read = {}
        for _, report in self.accepted():
            register = report.attendance_register
            if register is not None and register.complete and not report.rejected:
                key = (report.header.agency, register.session_date.isoformat(), register.session)
                read[key] = max(register.as_at, read.get(key, register.as_at))
        return {
            one.fact_key: read[key]
            for one in events
            if one.kind is EventKind.SCHOOL_ABSENCE
            and (key := (one.agency, one.facts["session_date"], one.facts["session"])) in read
        }

    def standing_alerts(self):
        """(rule, child, trigger grounds) of each standing alert, doubled ones twice."""
        return [
            (rule, child, frozenset(grounds))
            for rule, child, grounds in self._ask(
                "SELECT rule, child_ref, array_agg(fact_key) FROM alert JOIN alert_ground"
                " USING (alert_id) WHERE state = 'standing' AND role = 'trigger'"
                " GROUP BY alert_id, rule, child_ref"
            )
        ]

    def standing_by_rule(self):
        """How many alerts of each rule stand."""
        return Counter(rule for rule, _, _ in self.standing_alerts())

    def check_alerts(self):
        """What stands is what the core concludes, and no two stand on the same ground."""
        standing = self.standing_alerts()
        expected = self.expected_alerts()
        assert set(standing) - expected == set(), "what stands and should not"
        assert expected - set(standing) == set(), "what should stand and does not"
        for (rule, child, grounds), (other_rule, other, others) in combinations(standing, 2):
            assert (rule, child) != (other_rule, other) or not grounds & others
        ids = self._ask("SELECT count(*) FROM alert WHERE state = 'standing'")
        assert ids == [(len(standing),)], "every standing alert has grounds"

    def check_steps(self):
        """An alert is raised before all else, again only after its end, and its state is its last.

        Whoever acknowledges or decides changes no state, nor does being counted on another.
        """
        steps = {}
        for alert, number, kind in self._ask(
            "SELECT alert_id, step, kind FROM alert_step ORDER BY alert_id, step"
        ):
            told = steps.setdefault(alert, [])
            assert number == len(told) + 1, "no step is missing, and none is twice"
            told.append(kind)
        states = dict(self._ask("SELECT alert_id, state FROM alert"))
        assert steps.keys() == states.keys()
        for alert, kinds in steps.items():
            told = [kind for kind in kinds if kind not in _OF_PEOPLE]
            raised = [place for place, kind in enumerate(told) if kind == "raised"]
            assert raised[0] == 0
            assert all(told[place - 1] in _ENDS for place in raised[1:])
            assert states[alert] == (told[-1] if told[-1] in _ENDS else "standing")

    def check_positions(self):
        """No position is verified beyond what was sent."""
        ends = {}
        for at in self._reports:
            place = at.topic, at.partition
            ends[place] = max(ends.get(place, 0), at.offset + 1)
        for topic, partition, verified in self._ask("SELECT * FROM position"):
            assert verified <= ends.get((topic, partition), 0)


def check(installation, expired_on=None):
    """See that everything that was sent is decided, rightly and once; answer the oracle.

    ``expired_on`` is the day on which what had waited its time was removed, if that was done.
    """
    oracle = Oracle(installation, expired_on)
    oracle.check_reports()
    oracle.check_events()
    oracle.check_links()
    oracle.check_sessions()
    oracle.check_registers()
    oracle.check_alerts()
    oracle.check_steps()
    oracle.check_positions()
    return oracle


def _at(item):
    return item[0].topic, item[0].partition, item[0].offset


def _session(report, valid):
    facts = valid.event.facts
    return report.header.agency, facts.session_date, facts.session.value


def _triggers(alert):
    return frozenset(one.fact_key for one in alert.grounds if one.role is GroundRole.TRIGGER)


def _entry(plan, omitted):
    gone = plan.ended_on is None and omitted is not None and omitted > plan.as_at
    return RegisterEntry(
        fact_key=plan.fact_key,
        event_id=plan.event_id,
        record_ref=plan.record_ref,
        agency=plan.agency,
        kind=EventKind(plan.kind),
        authority=GssCode(plan.authority) if plan.authority else None,
        started_on=plan.started_on,
        ended_on=plan.ended_on,
        end_reason=plan.end_reason,
        due_on=plan.due_on,
        born_on=plan.born_on,
        listing=Listing.NOT_LISTED if gone else Listing.LISTED,
        not_listed_since=omitted.date() if gone else None,
        as_at=plan.as_at,
    )
