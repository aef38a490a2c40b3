-- NHS numbers that were replaced by others, as the national demographics service told.

CREATE TABLE superseded_number (
    fact_key  bytea PRIMARY KEY CHECK (length(fact_key) = 16),
    former    bytea NOT NULL CHECK (length(former) = 16),
    now       bytea NOT NULL CHECK (length(now) = 16),
    epoch     smallint NOT NULL,
    sealed    bytea NOT NULL,
    revision  bigint NOT NULL,
    standing  text NOT NULL CHECK (standing IN ('told', 'in_force', 'asked', 'refused', 'withdrawn'))
);
COMMENT ON TABLE superseded_number IS 'Which NHS number was replaced by which; both only sealed, and as keyed digests like every key that people are found by.';
COMMENT ON COLUMN superseded_number.former IS 'Digest of the number that was replaced, under the identity key of the epoch.';
COMMENT ON COLUMN superseded_number.standing IS 'told: not looked at yet; in_force: records are read under the present number; asked: people must say whether two children are one; refused: it would find an adopted child under the number from before; withdrawn: taken back.';
CREATE INDEX superseded_number_former ON superseded_number (former);
CREATE INDEX superseded_number_now ON superseded_number (now);

ALTER TABLE operator_fault DROP CONSTRAINT operator_fault_code_check;
ALTER TABLE operator_fault ADD CONSTRAINT operator_fault_code_check CHECK
    (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide', 'push_undelivered', 'timer_parked',
              'decision_unsigned', 'numbers_at_odds'));
