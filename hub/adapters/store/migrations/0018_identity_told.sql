-- What agencies tell about who a person is, and what the hub has made of it.

CREATE TABLE identity_told (
    fact_key    bytea PRIMARY KEY CHECK (length(fact_key) = 16),
    event_id    bytea NOT NULL,
    agency      text NOT NULL,
    change      text NOT NULL,
    revision    bigint NOT NULL,
    state       text NOT NULL,
    record_ref  bytea NOT NULL REFERENCES record,
    former_ref  bytea CHECK (length(former_ref) = 16),
    visit_key   bytea CHECK (length(visit_key) = 16),
    recorded_at timestamptz NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('due', 'waits', 'decided', 'shared', 'asked', 'done')),
    due_at      timestamptz NOT NULL,
    decision_id bytea CHECK (length(decision_id) = 16)
);
COMMENT ON TABLE identity_told IS 'Mergers, new numbers, moved visits, births and adoptions as last told: the row of the highest revision.';
COMMENT ON COLUMN identity_told.former_ref IS 'The record before; a keyed digest, of a record that the hub may not know yet.';
COMMENT ON COLUMN identity_told.visit_key IS 'The fact of the visit that was moved; a keyed digest.';
COMMENT ON COLUMN identity_told.outcome IS 'due: to be looked at; waits: the record before is not known; decided; shared: a birth among several of one pregnancy; asked: a person must say; done: nothing more follows.';
CREATE INDEX identity_told_due ON identity_told (due_at) WHERE outcome = 'due';
CREATE INDEX identity_told_waits ON identity_told (former_ref) WHERE outcome = 'waits';
CREATE INDEX identity_told_born ON identity_told (former_ref) WHERE change = 'born';

CREATE TABLE moved_visit (
    fact_key    bytea PRIMARY KEY,
    record_ref  bytea NOT NULL REFERENCES record
);
COMMENT ON TABLE moved_visit IS 'Visits that are of another record than the one they were told of, whatever is told of them later.';
CREATE INDEX moved_visit_record ON moved_visit (record_ref);

CREATE TABLE born_of (
    record_ref  bytea NOT NULL REFERENCES record,
    former_ref  bytea NOT NULL REFERENCES record,
    PRIMARY KEY (record_ref, former_ref)
);
COMMENT ON TABLE born_of IS 'Of which unborn child a child was born: the plans of the one are read with the other, of twins with both.';
CREATE INDEX born_of_former ON born_of (former_ref);
