-- Whoever reported a concern hears what became of it: whose report a ground is, and words that are meant for them.

ALTER TABLE alert_ground ADD COLUMN agency text;
ALTER TABLE alert_ground ADD COLUMN feedback_id uuid NOT NULL
    GENERATED ALWAYS AS (encode(substring(sha256(uuid_send(alert_id) || fact_key) FROM 1 FOR 16), 'hex')::uuid) STORED;
COMMENT ON COLUMN alert_ground.agency IS 'Whose report it is.';
COMMENT ON COLUMN alert_ground.feedback_id IS 'By what the agency asks what became of this report of its own; it tells nothing of the alert.';
UPDATE alert_ground SET agency = (SELECT event.agency FROM event WHERE event.fact_key = alert_ground.fact_key LIMIT 1);
CREATE UNIQUE INDEX alert_ground_feedback ON alert_ground (feedback_id);
CREATE INDEX alert_ground_reporter ON alert_ground (agency, occurred_at DESC) WHERE role = 'trigger' AND live;

ALTER TABLE alert_step ADD COLUMN told bytea;
COMMENT ON COLUMN alert_step.told IS 'What whoever decided wrote for those whose reports it rests on, sealed.';
