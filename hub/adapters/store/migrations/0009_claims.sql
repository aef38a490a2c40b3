-- Who of the team that acts on an alert has taken it, and finding who is possibly the same child.

ALTER TABLE alert ADD COLUMN claimed_at timestamptz;
ALTER TABLE alert ADD COLUMN claimed_by text;
ALTER TABLE alert ADD CONSTRAINT alert_claimed_by_somebody
    CHECK ((claimed_at IS NULL) = (claimed_by IS NULL));
COMMENT ON COLUMN alert.claimed_by IS 'The user of the owning team who has it in hand; apart from who has acknowledged it.';

-- A history asks which records are possibly of a child and held as another's.
CREATE INDEX link_possible ON link USING gin (possible) WHERE verdict IN ('possible', 'many');
