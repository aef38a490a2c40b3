-- Children related by a shared incident and by a shared address: on records, so that merges and splits rewrite nothing.

CREATE TABLE home (
    record_ref  bytea PRIMARY KEY REFERENCES record,
    place       bytea NOT NULL CHECK (length(place) = 16),
    address     bytea CHECK (length(address) = 16),
    revision    bigint NOT NULL,
    since       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE home IS 'Where each agency last said that a child lives: keyed digests of postcode and of address, never words. A move replaces it: no former address is kept.';
COMMENT ON COLUMN home.address IS 'Null where only a postcode was said: many homes share one.';
CREATE INDEX home_address ON home (address) WHERE address IS NOT NULL;

CREATE TABLE withheld_address (
    address     bytea PRIMARY KEY CHECK (length(address) = 16)
);
COMMENT ON TABLE withheld_address IS 'Addresses that a shielded record has had, refuges among them: they never make a household again.';

CREATE TABLE shared_incident (
    fact_key    bytea PRIMARY KEY,
    record_ref  bytea NOT NULL REFERENCES record,
    agency      text NOT NULL,
    occurrence  bytea NOT NULL,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz
);
COMMENT ON TABLE shared_incident IS 'Which children a force lists in one occurrence, by the last revision of each; ended when that was withdrawn or names no occurrence.';
CREATE INDEX shared_incident_occurrence ON shared_incident (agency, occurrence) WHERE ended_at IS NULL;
CREATE INDEX shared_incident_record ON shared_incident (record_ref);
