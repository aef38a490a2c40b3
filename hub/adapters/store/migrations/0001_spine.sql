-- The spine: who may report, every report, every event, records, links, children, the registers, alerts, audit.
-- No column here holds a name, a number, an address or a birth date in clear: what is personal is sealed
-- (AES-256-GCM, bound to table, column and row) or is a keyed digest.

CREATE TABLE publisher (
    publisher   text PRIMARY KEY,
    name        text NOT NULL,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
COMMENT ON TABLE publisher IS 'Who signs reports: a trust, a council, a vendor.';

CREATE TABLE publisher_key (
    publisher   text NOT NULL REFERENCES publisher,
    public_key  bytea NOT NULL CHECK (length(public_key) = 32),
    not_before  timestamptz NOT NULL,
    not_after   timestamptz,
    revoked_at  timestamptz,
    PRIMARY KEY (publisher, public_key)
);

CREATE TABLE publisher_reports_for (
    publisher   text NOT NULL REFERENCES publisher,
    feed        text NOT NULL,
    agency      text NOT NULL,
    PRIMARY KEY (publisher, feed, agency)
);

-- ------------------------------------------------------------------ reports

CREATE TABLE report (
    topic        text NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint NOT NULL,
    state        text NOT NULL CHECK (state IN ('accepted', 'duplicate', 'parked')),
    reason       text,
    sentence     text,
    publisher    text,
    report_id    bytea,
    agency       text,
    feed         text,
    connector    text,
    epoch        bigint,
    sequence     bigint,
    value_digest bytea NOT NULL,
    created_at   timestamptz,
    source_as_of timestamptz,
    received_at  timestamptz NOT NULL,
    decided_at   timestamptz NOT NULL,
    backfill     boolean NOT NULL DEFAULT false,
    events_stored   integer NOT NULL DEFAULT 0,
    events_rejected integer NOT NULL DEFAULT 0,
    events_conflict integer NOT NULL DEFAULT 0,
    message_key   bytea,
    parked_value  bytea,
    parked_signatures bytea[],
    retried_at    timestamptz,
    PRIMARY KEY (topic, partition, kafka_offset)
);
COMMENT ON COLUMN report.publisher IS 'Only from a verified signature; null for bytes that nobody signed.';
CREATE INDEX report_identity ON report (publisher, report_id) WHERE report_id IS NOT NULL;
CREATE INDEX report_parked ON report (agency, feed) WHERE state = 'parked';

CREATE TABLE attempt (
    attempt_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker      text NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    position    bigint NOT NULL,
    single      boolean NOT NULL DEFAULT false,
    begun_at    timestamptz NOT NULL,
    ended_at    timestamptz
);
COMMENT ON TABLE attempt IS 'Written when a partition is assigned and, one report at a time, before each report; a row without an end is a death.';
CREATE INDEX attempt_position ON attempt (topic, partition, position) WHERE ended_at IS NULL;

CREATE TABLE position (
    topic       text NOT NULL,
    partition   integer NOT NULL,
    verified_to bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
COMMENT ON COLUMN position.verified_to IS 'Every offset below has its row in report, or was seen to hold no message.';

-- ------------------------------------------------------------------ feeds

CREATE TABLE feed (
    agency       text NOT NULL,
    feed         text NOT NULL,
    last_received_at timestamptz NOT NULL,
    source_as_of timestamptz NOT NULL,
    first_occurred_at timestamptz,
    PRIMARY KEY (agency, feed)
);

CREATE TABLE spool (
    publisher   text NOT NULL,
    connector   text NOT NULL,
    epoch       bigint NOT NULL,
    feed        text NOT NULL,
    agencies    text[] NOT NULL,
    received    int8multirange NOT NULL,
    PRIMARY KEY (publisher, connector, epoch, feed)
);
COMMENT ON TABLE spool IS 'Which sequence numbers of each connector spool have arrived; what is missing below the highest is a gap.';

CREATE TABLE feed_fault (
    agency   text NOT NULL,
    feed     text NOT NULL,
    code     text NOT NULL,
    subject  text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    count    bigint NOT NULL,
    PRIMARY KEY (agency, feed, code, subject)
);

CREATE TABLE refusal (
    topic        text NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint NOT NULL,
    position     integer NOT NULL,
    agency       text NOT NULL,
    feed         text NOT NULL,
    refused_at   timestamptz NOT NULL,
    reference    text NOT NULL,
    field        text NOT NULL,
    expected     text NOT NULL,
    PRIMARY KEY (topic, partition, kafka_offset, position)
);
COMMENT ON TABLE refusal IS 'Records that a connector could not use, as it told them in its heartbeat.';
CREATE INDEX refusal_agency ON refusal (agency, feed, refused_at DESC);

-- ------------------------------------------------------------------ identity

CREATE TABLE record (
    record_ref  bytea PRIMARY KEY,
    agency      text NOT NULL,
    sealed      bytea NOT NULL,
    shielded    boolean NOT NULL DEFAULT false,
    authorities jsonb NOT NULL DEFAULT '{}',
    version     bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE record IS 'What one agency knows of one person; record_ref is a keyed digest of agency and local id.';
COMMENT ON COLUMN record.authorities IS 'Authorities of the addresses the record has had: {gss: latest revision}.';

CREATE TABLE record_key (
    kind        text NOT NULL,
    digest      bytea NOT NULL CHECK (length(digest) = 16),
    record_ref  bytea NOT NULL REFERENCES record,
    PRIMARY KEY (kind, digest, record_ref)
);
CREATE INDEX record_key_record ON record_key (record_ref);

CREATE TABLE child (
    child_ref   bytea PRIMARY KEY,
    founded_by  bytea NOT NULL REFERENCES record,
    created_at  timestamptz NOT NULL
);

CREATE TABLE link (
    record_ref  bytea PRIMARY KEY REFERENCES record,
    child_ref   bytea NOT NULL REFERENCES child,
    verdict     text NOT NULL CHECK (verdict IN ('matched', 'possible', 'many', 'new')),
    possible    bytea[] NOT NULL DEFAULT '{}',
    evidence    text[] NOT NULL DEFAULT '{}',
    version     bigint NOT NULL DEFAULT 1,
    linked_at   timestamptz NOT NULL
);
CREATE INDEX link_child ON link (child_ref);
CREATE INDEX link_unsure ON link (verdict) WHERE verdict IN ('possible', 'many');

CREATE TABLE correlation_pending (
    child_ref   bytea PRIMARY KEY REFERENCES child,
    since       timestamptz NOT NULL,
    version     bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE correlation_pending IS 'Children whose links changed and whose alerts have not been looked at since.';

CREATE TABLE link_history (
    record_ref  bytea NOT NULL,
    version     bigint NOT NULL,
    child_ref   bytea NOT NULL,
    verdict     text NOT NULL,
    possible    bytea[] NOT NULL,
    evidence    text[] NOT NULL,
    linked_at   timestamptz NOT NULL,
    PRIMARY KEY (record_ref, version)
);

-- ------------------------------------------------------------------ events

CREATE TABLE event (
    event_id     bytea PRIMARY KEY CHECK (length(event_id) = 16),
    fact_key     bytea NOT NULL,
    record_ref   bytea NOT NULL REFERENCES record,
    agency       text NOT NULL,
    feed         text NOT NULL,
    kind         text NOT NULL,
    revision     bigint NOT NULL,
    state        text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    facts        jsonb NOT NULL,
    cleared      text[] NOT NULL DEFAULT '{}',
    audience     text NOT NULL,
    not_before   timestamptz,
    not_to_family boolean NOT NULL,
    shielded     boolean NOT NULL,
    backfill     boolean NOT NULL,
    content_digest bytea NOT NULL,
    sealed       bytea,
    detail       bytea,
    topic        text NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint NOT NULL
);
COMMENT ON COLUMN event.sealed IS 'Source key and contacts, sealed.';
CREATE INDEX event_record ON event (record_ref, kind);
CREATE INDEX event_fact ON event (fact_key);

CREATE TABLE event_problem (
    topic        text NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint NOT NULL,
    position     integer NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('rejected', 'conflict')),
    agency       text NOT NULL,
    feed         text NOT NULL,
    kind         text NOT NULL,
    reason       text NOT NULL,
    field        text NOT NULL,
    expected     text NOT NULL,
    event_id     bytea,
    fact_key     bytea,
    sealed       bytea,
    found_at     timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, kafka_offset, position)
);
CREATE INDEX event_problem_agency ON event_problem (agency, feed, kind);
CREATE INDEX event_problem_fact ON event_problem (fact_key) WHERE fact_key IS NOT NULL;

-- ------------------------------------------------------------------ registers

CREATE TABLE plan (
    fact_key     bytea PRIMARY KEY,
    event_id     bytea NOT NULL,
    record_ref   bytea NOT NULL REFERENCES record,
    agency       text NOT NULL,
    kind         text NOT NULL,
    revision     bigint NOT NULL,
    state        text NOT NULL,
    authority    text,
    started_on   date,
    ended_on     date,
    end_reason   text,
    category_latest text,
    held_for_another boolean NOT NULL,
    shielded     boolean NOT NULL,
    backfill     boolean NOT NULL,
    as_at        timestamptz NOT NULL,
    omitted_as_at timestamptz,
    sealed       bytea
);
COMMENT ON TABLE plan IS 'The registers as last told; the row of the highest revision, and since when a full extract no longer lists it.';
CREATE INDEX plan_record ON plan (record_ref);
CREATE INDEX plan_agency ON plan (agency) WHERE ended_on IS NULL AND state <> 'withdrawn';

CREATE TABLE register (
    agency       text PRIMARY KEY,
    as_of        timestamptz,
    baseline_extract text,
    baseline_as_at timestamptz,
    baseline_publisher text,
    baseline_connector text,
    baseline_epoch bigint,
    baseline_sequence bigint,
    baseline_received_at timestamptz,
    statement_id text,
    statement_as_at timestamptz,
    statement_agrees boolean,
    statement_missing integer,
    statement_surplus integer
);
COMMENT ON COLUMN register.baseline_as_at IS 'The newest full extract that was applied whole: what it does not list is no longer listed.';
COMMENT ON COLUMN register.baseline_received_at IS 'When and where the last full extract came that was the newest of all begun: losses before it no longer matter.';

CREATE TABLE extract (
    agency       text NOT NULL,
    extract_id   text NOT NULL,
    as_at        timestamptz NOT NULL,
    complete_list boolean NOT NULL,
    slices       integer NOT NULL CHECK (slices > 0),
    received     int4multirange NOT NULL,
    state        text NOT NULL CHECK (state IN ('collecting', 'whole', 'waiting', 'applied', 'superseded', 'refused')),
    publisher    text NOT NULL,
    connector    text NOT NULL,
    epoch        bigint NOT NULL,
    sequence     bigint NOT NULL,
    first_received_at timestamptz NOT NULL,
    would_close  integer,
    open_before  integer,
    decided_by   text,
    decided_at   timestamptz,
    decision_reason text,
    flawed       boolean NOT NULL DEFAULT false,
    contradicted_as_at timestamptz,
    PRIMARY KEY (agency, extract_id)
);
COMMENT ON COLUMN extract.flawed IS 'A row or an event of it could not be used: what it leaves out may still stand, so it closes nothing by itself.';
COMMENT ON COLUMN extract.contradicted_as_at IS 'A slice bore its id with another as_at, kind or count of slices: the later as_at of the two.';

CREATE TABLE extract_entry (
    agency       text NOT NULL,
    extract_id   text NOT NULL,
    fact_key     bytea NOT NULL,
    PRIMARY KEY (agency, extract_id, fact_key)
);

CREATE TABLE statement (
    agency       text NOT NULL,
    statement_id text NOT NULL,
    as_at        timestamptz NOT NULL,
    slices       integer NOT NULL,
    received     int4multirange NOT NULL,
    PRIMARY KEY (agency, statement_id)
);

CREATE TABLE statement_entry (
    agency       text NOT NULL,
    statement_id text NOT NULL,
    fact_key     bytea NOT NULL,
    PRIMARY KEY (agency, statement_id, fact_key)
);

-- ------------------------------------------------------------------ alerts

CREATE TABLE alert (
    alert_id     uuid PRIMARY KEY,
    child_ref    bytea NOT NULL REFERENCES child,
    rule         text NOT NULL,
    severity     text NOT NULL,
    state        text NOT NULL CHECK (state IN ('standing', 'withdrawn', 'superseded')),
    sentence     text NOT NULL,
    not_known    text[] NOT NULL,
    owner        text,
    informed     text[] NOT NULL,
    delivered    boolean NOT NULL,
    policy_version text NOT NULL,
    raised_at    timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    superseded_by uuid,
    acknowledged_at timestamptz,
    acknowledged_by text
);
CREATE INDEX alert_child ON alert (child_ref) WHERE state = 'standing';
CREATE INDEX alert_owner ON alert (owner, changed_at DESC) WHERE delivered;
CREATE INDEX alert_informed ON alert USING gin (informed) WHERE delivered;

CREATE TABLE alert_ground (
    alert_id     uuid NOT NULL REFERENCES alert,
    fact_key     bytea NOT NULL,
    event_id     bytea NOT NULL,
    kind         text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    role         text NOT NULL,
    live         boolean NOT NULL,
    PRIMARY KEY (alert_id, fact_key)
);

CREATE TABLE alert_step (
    alert_id     uuid NOT NULL REFERENCES alert,
    step         integer NOT NULL,
    kind         text NOT NULL,
    at           timestamptz NOT NULL,
    by_whom      text,
    sentence     text NOT NULL,
    PRIMARY KEY (alert_id, step)
);
COMMENT ON TABLE alert_step IS 'What happened to an alert: raised, revised, withdrawn, superseded, acknowledged.';

-- ------------------------------------------------------------------ audit

CREATE TABLE audit_leaf (
    audit_id     uuid PRIMARY KEY,
    at           timestamptz NOT NULL,
    actor        text NOT NULL,
    role         text NOT NULL,
    organisation text NOT NULL,
    action       text NOT NULL,
    purpose      text NOT NULL,
    subjects     bytea[] NOT NULL,
    outcome      text NOT NULL,
    fields       text[] NOT NULL,
    policy_version text NOT NULL,
    request_id   text NOT NULL
);
COMMENT ON TABLE audit_leaf IS 'Every question and every view, committed before the answer leaves. Field names, never values.';
CREATE INDEX audit_leaf_at ON audit_leaf (at);
