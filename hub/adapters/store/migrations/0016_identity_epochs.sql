-- The identity key can be changed while the hub runs: what is searched for lies under numbered keys.

CREATE TABLE identity_epoch (
    epoch       smallint PRIMARY KEY CHECK (epoch >= 1),
    fingerprint bytea CHECK (length(fingerprint) = 16),
    since       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE identity_epoch IS 'The epochs of the identity key in force: keys are written under the newest and looked for under each.';
COMMENT ON COLUMN identity_epoch.fingerprint IS 'Digest of nothing under that key, so that another key of the same number is noticed; null until it is first noted.';
INSERT INTO identity_epoch (epoch) VALUES (1);

ALTER TABLE record_key ADD COLUMN epoch smallint NOT NULL DEFAULT 1;
ALTER TABLE withheld_address
    ADD COLUMN epoch smallint NOT NULL DEFAULT 1,
    ADD COLUMN sealed bytea;
COMMENT ON COLUMN withheld_address.sealed IS 'The address itself, sealed: it outlives what any record says, and must be found under the next key too.';

ALTER TABLE record
    ADD COLUMN key_epoch smallint NOT NULL DEFAULT 1,
    ADD COLUMN key_scheme smallint NOT NULL DEFAULT 1,
    ADD COLUMN former_keys bytea;
COMMENT ON COLUMN record.key_epoch IS 'No key of the record and no digest of its home lies under an older epoch, but for keys whose value nobody holds.';
COMMENT ON COLUMN record.key_scheme IS 'Which kinds of keys it has: those that its words gave in that version (KEY_SCHEME in hub/core/identity_keys.py).';
COMMENT ON COLUMN record.former_keys IS 'Sealed: keys of names, places and numbers that it was known by before. They stay, and its words no longer give them.';
CREATE INDEX record_keyed ON record (key_epoch, key_scheme);
