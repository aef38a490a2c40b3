-- What is decided about two records, and the links that records have by it beside their own.

CREATE TABLE identity_decision (
    decision_id  bytea PRIMARY KEY CHECK (length(decision_id) = 16),
    kind         text NOT NULL CHECK (kind IN ('same', 'different', 'adopted')),
    one          bytea NOT NULL,
    other        bytea NOT NULL,
    cause        text NOT NULL CHECK (cause IN ('person', 'agency', 'bridged', 'born')),
    by_whom      text NOT NULL,
    role         text NOT NULL,
    organisation text NOT NULL,
    sealed       bytea NOT NULL,
    decided_at   timestamptz NOT NULL,
    signature    bytea NOT NULL,
    reversed_at  timestamptz,
    reversed_by  text,
    reversed_role text,
    reversed_organisation text,
    reversed_sealed bytea,
    reversed_signature bytea,
    CHECK (one < other)
);
COMMENT ON TABLE identity_decision IS 'That two records are of one child, or of two; holds whatever is learnt later, until it is reversed.';
COMMENT ON COLUMN identity_decision.sealed IS 'The reason, in words.';
COMMENT ON COLUMN identity_decision.signature IS 'Ed25519 by the hub''s key for decisions over every field.';
CREATE INDEX identity_decision_one ON identity_decision (one);
CREATE INDEX identity_decision_other ON identity_decision (other);

CREATE TABLE identity_base (
    record_ref bytea PRIMARY KEY,
    child_ref  bytea NOT NULL REFERENCES child,
    verdict    text NOT NULL CHECK (verdict IN ('matched', 'possible', 'many', 'new')),
    possible   bytea[] NOT NULL,
    evidence   text[] NOT NULL
);
COMMENT ON TABLE identity_base IS 'The link that a record has by its own evidence, where by a decision another one stands in link.';
CREATE INDEX identity_base_child ON identity_base (child_ref);
CREATE INDEX identity_base_possible ON identity_base USING gin (possible);
CREATE INDEX link_naming ON link USING gin (possible) WHERE possible <> '{}';

CREATE TABLE identity_move (
    decision_id bytea NOT NULL REFERENCES identity_decision,
    record_ref  bytea NOT NULL,
    child_ref   bytea NOT NULL,
    verdict     text NOT NULL,
    possible    bytea[] NOT NULL,
    evidence    text[] NOT NULL,
    PRIMARY KEY (decision_id, record_ref)
);
COMMENT ON TABLE identity_move IS 'The links that records had before a decision moved them.';

ALTER TABLE correlation_pending ADD COLUMN together bytea;
COMMENT ON COLUMN correlation_pending.together IS 'Children with the same value are looked at again in one transaction.';
CREATE INDEX correlation_pending_together ON correlation_pending (together) WHERE together IS NOT NULL;

ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK
    (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide', 'push_undelivered', 'timer_parked',
              'decision_unsigned'));
