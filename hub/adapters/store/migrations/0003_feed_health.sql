-- What keeps a feed from being relied on, for how long, and who has settled it.

CREATE TABLE operator_fault (
    code       text NOT NULL CHECK (code IN ('offsets_removed', 'unverified_over_quota', 'identity_key_wide')),
    feed       text NOT NULL DEFAULT '',
    subject    text NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    count      bigint NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (code, feed, subject)
);
COMMENT ON TABLE operator_fault IS 'Faults of no one agency, for the operator; each stands until a person settles it, and again when it comes again.';

CREATE TABLE settlement (
    settlement_id uuid PRIMARY KEY,
    at            timestamptz NOT NULL,
    reference     text NOT NULL,
    settled_by    text NOT NULL,
    reason        text NOT NULL,
    answerable    text[] NOT NULL
);
COMMENT ON TABLE settlement IS 'Who has said, and why, that something missing no longer stands against an answer, and what could be answered then.';

ALTER TABLE spool ADD COLUMN settled int8multirange NOT NULL DEFAULT '{}';
COMMENT ON COLUMN spool.settled IS 'Missing numbers that a named person has settled; a report that comes later under one of them counts as any.';

ALTER TABLE report ADD COLUMN left_bytes bigint;
COMMENT ON COLUMN report.left_bytes IS 'How long the value was, where it was not kept because its sender is not known and the quota of the day was used up.';
ALTER TABLE report ADD COLUMN settled_at timestamptz;
COMMENT ON COLUMN report.settled_at IS 'Since when a parked report stands against no answer, because a named person has settled it; it is still kept.';

CREATE INDEX report_unverified_kept ON report (topic, partition, received_at)
    WHERE state = 'parked' AND publisher IS NULL AND left_bytes IS NULL;
CREATE INDEX report_parked_since ON report (received_at) WHERE state = 'parked';
