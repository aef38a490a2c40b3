-- Who acknowledged an alert is told when it is taken back, until somebody of the team says that they know.

ALTER TABLE alert ADD COLUMN ended_seen_at timestamptz;
ALTER TABLE alert ADD COLUMN ended_seen_by text;
ALTER TABLE alert ADD CONSTRAINT alert_ending_seen_by_somebody
    CHECK ((ended_seen_at IS NULL) = (ended_seen_by IS NULL));
COMMENT ON COLUMN alert.ended_seen_at IS 'When the team that had acknowledged it said that they know it was taken back.';
