-- A rule on what has not happened looks again at a time; that time waits for the feeds it needs.

ALTER TABLE timer ADD COLUMN rule text;
ALTER TABLE timer ADD COLUMN cause bytea;
ALTER TABLE timer ADD COLUMN need_agencies text[];
ALTER TABLE timer ADD COLUMN need_feeds text[];
ALTER TABLE timer ADD COLUMN waits_until timestamptz;
ALTER TABLE timer ADD COLUMN late_after timestamptz;
ALTER TABLE timer ADD COLUMN silent text[];
ALTER TABLE timer ADD COLUMN late boolean;
COMMENT ON COLUMN timer.cause IS 'Of a wake: the event that it follows from.';
COMMENT ON COLUMN timer.need_agencies IS 'Of a wake, with need_feeds: whose feeds must have told of the time up to due_at.';
COMMENT ON COLUMN timer.waits_until IS 'Of a wake: until when it waits for them.';
COMMENT ON COLUMN timer.late_after IS 'Of a wake: from when what it finds is told for information.';
COMMENT ON COLUMN timer.silent IS 'Of a wake that fired: kinds of feeds that were waited for in vain.';
COMMENT ON COLUMN timer.late IS 'Of a wake that fired: whether that was after late_after.';
ALTER TABLE timer ADD CONSTRAINT timer_wake_whole CHECK (kind <> 'wake' OR
    (rule IS NOT NULL AND cause IS NOT NULL AND need_agencies IS NOT NULL AND need_feeds IS NOT NULL
     AND waits_until IS NOT NULL AND late_after IS NOT NULL
     AND cardinality(need_agencies) = cardinality(need_feeds)));
CREATE INDEX timer_wakes_of ON timer (child_ref) WHERE kind = 'wake';
