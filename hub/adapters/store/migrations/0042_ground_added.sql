-- Since when a fact is a ground of an alert: what was decided of the alert before is about others.

ALTER TABLE alert_ground ADD COLUMN added_at timestamptz;
COMMENT ON COLUMN alert_ground.added_at IS 'Since when it has this part in the alert, by the hub''s clock. Empty: not known, as before this column.';
