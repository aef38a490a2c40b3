"""Every column of the database that can hold a text, and what may stand in it.

None may hold a word about a child or an adult of a family; a whole day is searched for them in
every column. Beside that a column of codes must hold codes, so that a name would be seen of which
nobody thought. Who adds a column says here which kind it is.
"""

import re

import psycopg

CODE = re.compile(r"[a-z0-9][a-z0-9_.:/@|+-]*( [a-z0-9_.:/@|+-]+)*|[A-Z][A-Z0-9]{1,19}|")
"""Lower-case words, numbers and dots, or an agency's code; no word that begins with a capital."""


def _names(text):
    return frozenset(text.split())


CODES = _names(
    """
    alert.informed alert.outcome alert.owner alert.rule alert.severity alert.state
    alert_ground.agency alert_ground.kind alert_ground.role alert_step.code
    alert_step.kind alert_step.organisation
    answer_changed.organisation answer_changed.part answer_changed.role
    answer_given.organisation answer_given.role answer_given.site
    attempt.topic attendance_register.agency attendance_register.session audit_leaf.action
    audit_leaf.organisation audit_leaf.purpose audit_leaf.request_id audit_leaf.role
    encompass_notice.council encompass_notice.force encompass_notice.level encompass_notice.reason
    encompass_notice.recipient encompass_notice.recipient_kind encompass_notice.state
    encompass_step.kind event.agency event.audience event.cleared event.feed event.kind
    event.state event.topic event_problem.agency event_problem.feed event_problem.kind
    event_problem.outcome event_problem.reason event_problem.topic extract.agency
    extract.connector extract.publisher extract.state extract_entry.agency feed.agency feed.feed
    feed_fault.agency feed_fault.code feed_fault.feed identity_base.verdict
    identity_decision.cause identity_decision.kind identity_decision.organisation
    identity_decision.reversed_organisation identity_move.verdict identity_review.choice
    identity_review.desks identity_review.proposed identity_review.reason identity_review.state
    identity_review.unfinished identity_review.urgent identity_review_step.code
    identity_review_step.kind identity_review_step.organisation identity_told.agency
    identity_told.change identity_told.outcome identity_told.state inbox_entry.desk link.verdict
    link_history.verdict match_report.authority operator_fault.code operator_fault.feed
    outbox.authority outbox.kind outbox.recipient outbox.severity outbox.state plan.agency
    plan.authority plan.end_reason plan.kind
    plan.state position.topic process_seen.process publisher.publisher publisher_key.publisher
    publisher_reports_for.agency publisher_reports_for.feed publisher_reports_for.publisher
    record.agency record.said_fields record_key.kind refusal.agency refusal.feed refusal.topic
    register.agency register.baseline_connector register.baseline_publisher report.agency
    rule_yield_report.authority
    report.connector report.feed report.publisher report.reason report.state report.topic
    school_word.school school_word.source shared_incident.agency spool.agencies spool.connector
    spool.feed spool.publisher statement.agency statement_entry.agency
    superseded_number.standing timer.kind timer.need_agencies timer.need_feeds timer.rule
    timer.silent timer.state
    """
)
"""Closed vocabularies, and the codes of agencies, feeds, topics and connectors."""

SENTENCES = _names(
    """
    alert.not_known alert.policy_version alert.sentence alert_step.sentence audit_leaf.fields
    audit_leaf.outcome audit_leaf.policy_version encompass_notice.policy_version
    encompass_notice.seats event_problem.expected event_problem.field feed_fault.subject
    identity_base.evidence identity_move.evidence link.evidence link_history.evidence
    operator_fault.subject outbox.last_fault plan.category_latest refusal.expected refusal.field
    report.sentence schema_version.digest schema_version.name settlement.answerable
    settlement.reference timer.fault
    """
)
"""The hub's own words, put together from codes, days and counts."""

ACCOUNTS = _names(
    """
    alert.acknowledged_by alert.claimed_by alert.decided_by alert.ended_seen_by alert_step.by_whom
    alert_step.role answer_changed.asked_by
    answer_changed.seen_by answer_given.asked_by attempt.worker audit_leaf.actor
    encompass_notice.acknowledged_by encompass_step.by_whom extract.decided_by
    identity_decision.by_whom identity_decision.reversed_by identity_decision.reversed_role
    identity_decision.role identity_review.asked_by identity_review.claimed_by
    identity_review.proposed_by identity_review_step.by_whom identity_review_step.role
    notice_conflict.staff_id process_seen.worker school_word.said_by settlement.settled_by
    """
)
"""Who did something, of the people and processes that work with the hub."""

TOLD_BY_AGENCIES = _names(
    """
    extract.decision_reason extract.extract_id extract_entry.extract_id publisher.name
    refusal.reference register.baseline_extract register.statement_id settlement.reason
    statement.statement_id statement_entry.statement_id
    """
)
"""What agencies call their own extracts and rows, and why a person decided on a feed."""

JSON = _names("event.facts match_report.counted record.authorities rule_yield_report.counted")
"""Coded facts and counts; see ``leak_media.json_numbers`` for numbers that could be a day."""

EVERY = (CODES, SENTENCES, JSON, ACCOUNTS, TOLD_BY_AGENCIES)

_COLUMNS = """
SELECT table_name, column_name, udt_name FROM information_schema.columns
WHERE table_schema = 'public'
  AND ltrim(udt_name, '_') IN ('text', 'varchar', 'bpchar', 'json', 'jsonb')
"""


def columns_with_text(url):
    """Every column that can hold a text, as ``table.column``."""
    with psycopg.connect(url) as connection:
        return {f"{table}.{column}" for table, column, _ in connection.execute(_COLUMNS)}


def no_codes(url, columns=CODES):
    """Values in columns of codes that are none: column and value."""
    with psycopg.connect(url) as connection:
        kinds = {f"{table}.{column}": kind for table, column, kind in connection.execute(_COLUMNS)}
        for name in sorted(columns):
            table, column = name.split(".")
            value = f'unnest("{column}")' if kinds[name].startswith("_") else f'"{column}"'
            statement = f'SELECT DISTINCT {value} FROM "{table}"'
            for (found,) in connection.execute(statement).fetchall():
                if found is not None and not CODE.fullmatch(found):
                    yield name, found
